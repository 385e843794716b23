"""A stand-in for the official ArcFace: a ResNet34 of its shape, 34 million parameters and 136 MB, all random.

Its vectors mean nothing; it takes as long and as much memory as the real one, and is prepared as that one is.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from lookout.vision.networks.models import RECORD, WEIGHTS
from stack.install.networks.preparing import prepare

STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Channels and blocks; each stage begins with half the width and height of the one before."""

FILE = "arcface_weights.onnx"


class _Graph:
    """Layers one after the other, with weights drawn at random (He et al.: activations keep their size)."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._chance = np.random.default_rng(34)

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = f"weights{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def random(self, *shape: int) -> str:
        spread = np.sqrt(2 / np.prod(shape[1:]))
        return self.constant((spread * self._chance.standard_normal(shape)).astype(np.float32))

    def conv(self, x: str, made: int, read: int, side: int, stride: int = 1) -> str:
        pads = [side // 2] * 4
        return self.add("Conv", [x, self.random(made, read, side, side)], strides=[stride] * 2, pads=pads)

    def norm(self, x: str, channels: int) -> str:
        gamma = np.full(channels, 0.8, np.float32)
        nothing = np.zeros(channels, np.float32)
        named = [self.constant(part) for part in (gamma, nothing, nothing, np.ones(channels, np.float32))]
        return self.add("BatchNormalization", [x, *named], epsilon=2e-5)

    def prelu(self, x: str, channels: int) -> str:
        return self.add("PRelu", [x, self.constant(np.full((channels, 1, 1), 0.25, np.float32))])

    def block(self, x: str, read: int, made: int, stride: int) -> str:
        beside = self.norm(self.conv(x, made, read, 1, stride), made) if stride > 1 or read != made else x
        y = self.conv(self.norm(x, read), made, read, 3)
        y = self.conv(self.prelu(self.norm(y, made), made), made, made, 3, stride)
        return self.add("Add", [self.norm(y, made), beside])


def network() -> onnx.ModelProto:
    """DeepFace's ``ArcFace`` as a graph: input ``(n, 112, 112, 3)``, output ``(n, 512)``."""
    graph = _Graph()
    x = graph.add("Transpose", ["faces"], perm=[0, 3, 1, 2])
    channels = 64
    x = graph.prelu(graph.norm(graph.conv(x, channels, 3, 3), channels), channels)
    for made, blocks in STAGES:
        for block in range(blocks):
            x = graph.block(x, channels, made, 2 if block == 0 else 1)
            channels = made
    x = graph.add("Flatten", [graph.norm(x, channels)])
    dense, bias = graph.random(channels * 7 * 7, 512), graph.constant(np.zeros(512, np.float32))
    x = graph.norm(graph.add("Gemm", [x, dense, bias]), 512)
    made_graph = helper.make_graph(
        graph.nodes,
        "ResNet34",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["n", 112, 112, 3])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["n", 512])],
        graph.weights,
    )
    return helper.make_model(made_graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def install(models: Path, folder: Path) -> Path:
    """A folder of networks like ``models``, with the large one in place of the small recogniser."""
    path = folder / WEIGHTS / FILE
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        ready, _ = prepare(network())
        onnx.save(ready, path)
    record = json.loads((models / RECORD).read_text())
    entry = record["embedders"]["ArcFace"]
    entry |= {"name": "resnet34-random", "bytes": path.stat().st_size, "min_length": 0.0, "clear_length": 0.0}
    entry["rule"].pop("cohort", None)
    for role in ("detector", "landmarks"):
        shutil.copy2(models / record[role]["path"], folder)
    (folder / RECORD).write_text(json.dumps(record))
    return folder

"""What networks are held against: their operations, and how fast this processor multiplies matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, TensorProto, helper, shape_inference

import lookout.vision  # noqa: F401 - which switches the telemetry of the runtime off
from bench.timing import TENTH, Times, by_turns

ROUNDS = 40
SIDE = 1024
"""Rows and columns of the matrices whose product is the measure."""


def operations(model: ModelProto, batch: int) -> Counter[str]:
    """Floating-point operations of a network's convolutions and products, by kind, for ``batch`` inputs."""
    for value in model.graph.input:
        value.type.tensor_type.shape.dim[0].dim_value = batch
    inferred = shape_inference.infer_shapes(model)
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*inferred.graph.value_info, *inferred.graph.output, *inferred.graph.input)
    }
    weights = {tensor.name: list(tensor.dims) for tensor in inferred.graph.initializer}
    counted: Counter[str] = Counter()
    for node in inferred.graph.node:
        if node.op_type == "Conv":
            kernel = weights[node.input[1]]
            groups = next((one.i for one in node.attribute if one.name == "group"), 1)
            kind = "depthwise" if groups > 1 else "1x1" if kernel[2:] == [1, 1] else "dense"
            counted[kind] += 2 * int(np.prod(shapes[node.output[0]])) * int(np.prod(kernel[1:]))
        elif node.op_type in ("Gemm", "MatMul"):
            counted["product"] += 2 * batch * int(np.prod(weights[node.input[1]]))
    return counted


def matrix_speed(path: Path) -> float:
    """1e9 floating-point operations a second of a product of two float32 matrices on one core, by the processor's
    time of the fastest tenth. ``path``: where the graph of the product is kept.

    By the networks' runtime: numpy would take every core, and wait in a loop for those that others are busy on.
    """
    return _per_second(_product(path, 1).processor)


def matrix_speed_on(path: Path, threads: int) -> float:
    """As :func:`matrix_speed`, on so many threads, by the clock."""
    return _per_second(_product(path, threads).clock)


def _per_second(milliseconds: Sequence[float]) -> float:
    return float(2 * SIDE**3 / np.percentile(milliseconds, TENTH) / 1e6)


def _product(path: Path, threads: int) -> Times:
    shape = [SIDE, SIDE]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "abc"]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["a", "b"], ["c"])], "product", values[:2], values[2:]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    session = onnxruntime.InferenceSession(str(path), options(threads), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(1)
    fed = {name: chance.random(shape, np.float32) for name in "ab"}
    return by_turns({"product": lambda: session.run(None, fed)}, ROUNDS)["product"]


def options(threads: int = 1) -> onnxruntime.SessionOptions:
    """Options of a silent session on so many threads."""
    chosen = onnxruntime.SessionOptions()
    chosen.log_severity_level = 4
    chosen.intra_op_num_threads = threads
    return chosen

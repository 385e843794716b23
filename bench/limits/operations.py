"""What networks are held against: their operations, and how fast this processor multiplies matrices."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, shape_inference

from bench.timing import TENTH, by_turns
from lookout.vision.networks.runtime import Frugal

if TYPE_CHECKING:
    import onnxruntime

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


def matrix_speed(path: Path, threads: int = 1) -> float:
    """1e9 floating-point operations a second of a product of two float32 matrices on so many threads, by the
    processor's time of the fastest tenth. ``path``: where the graph of the product is kept.

    By the networks' runtime: numpy would take every core, and wait in a loop for those that others are busy on.
    """
    shape = [SIDE, SIDE]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "abc"]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["a", "b"], ["c"])], "product", values[:2], values[2:]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    product = session(path, threads)
    chance = np.random.default_rng(1)
    fed = {name: chance.random(shape, np.float32) for name in "ab"}
    times = by_turns({"product": lambda: product.run(None, fed)}, ROUNDS)["product"]
    return float(2 * SIDE**3 * threads / np.percentile(times.processor, TENTH) / 1e6)


def session(path: Path, threads: int = 1, profile: Path | None = None) -> onnxruntime.InferenceSession:
    """A network opened as Lookout opens its own; with ``profile``, what begins the name of a file of its times."""
    # only now: Lookout's own module has switched its telemetry off before
    import onnxruntime

    options = Frugal()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    if profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = str(profile)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

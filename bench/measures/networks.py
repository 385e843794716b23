"""The networks against the processor: what share of a matrix product's speed they reach, on one core."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, TensorProto, helper, shape_inference

from bench.contenders import large_network
from bench.context import Context
from bench.result import Figure
from bench.timing import by_turns
from lookout.vision.networks.models import WEIGHTS
from stack.install.models import MODELS

ROUNDS = 40
SIDE = 1024
"""Rows and columns of the matrices whose product is the measure."""

SHARE = 50.0
"""Per cent of the matrix product's speed to reach."""

INPUTS = {
    "detector, one of 5 areas": ("fr_detect.onnx", (1, 3, 240, 320)),
    "landmarks": ("fr_landmark.onnx", (1, 1, 64, 64)),
    "recogniser arcface-mobile": (str(WEIGHTS / large_network.FILE), (1, 112, 112, 3)),
}


def run(context: Context) -> list[Figure]:
    """By the processor's time, the fastest tenth: the speed of a product of matrices, and each network's share."""
    large = large_network.install(MODELS, context.folder / "large")
    files = {name: (MODELS / file, shape) for name, (file, shape) in INPUTS.items()}
    files["recogniser ResNet34"] = (large / INPUTS["recogniser arcface-mobile"][0], (1, 112, 112, 3))
    speed = _matrix_speed(context.folder / "product.onnx")
    figures = [Figure("a product of float32 matrices, one core", speed, "GFLOP/s")]
    for name, (path, shape) in files.items():
        work = operations(onnx.load(path), shape[0])
        least, slowest = _profile(path, shape)
        reached = sum(work.values()) / least / 1e6
        note = f"{sum(work.values()) / 1e9:.2f} GFLOP in {least:.2f} ms; {_kinds(work)}; most time: {slowest}"
        figures.append(Figure(f"{name}: of that", 100 * reached / speed, "%", SHARE, True, note=note))
    return figures


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


def _matrix_speed(path: Path) -> float:
    """1e9 floating-point operations a second of a product of two float32 matrices on one core, by the same
    runtime: numpy would take every core, and wait in a loop for those that others are busy on."""
    shape = [SIDE, SIDE]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "abc"]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["a", "b"], ["c"])], "product", values[:2], values[2:]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    session = onnxruntime.InferenceSession(str(path), _options(), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(1)
    fed = {name: chance.random(shape, np.float32) for name in "ab"}
    times = by_turns({"product": lambda: session.run(None, fed)}, ROUNDS)["product"]
    return float(2 * SIDE**3 / np.percentile(times.processor, 10) / 1e6)


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return options


def _profile(path: Path, shape: tuple[int, ...]) -> tuple[float, str]:
    """Milliseconds of one run on one core, and the kinds of operators that take most of them."""
    with tempfile.TemporaryDirectory() as scratch:
        options = _options()
        plain = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(scratch) / "profile")
        watched = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        fed = {plain.get_inputs()[0].name: np.random.default_rng(2).random(shape, np.float32)}
        times = by_turns({"plain": lambda: plain.run(None, fed)}, ROUNDS)["plain"]
        for _ in range(ROUNDS):
            watched.run(None, fed)
        events = json.loads(Path(watched.end_profiling()).read_text())
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            spent[event["name"], event["args"]["op_name"]].append(event["dur"])
    kinds: Counter[str] = Counter()
    for (_, kind), durations in spent.items():
        kinds[kind] += round(float(np.percentile(durations, 10)))
    total = max(1, sum(kinds.values()))
    told = ", ".join(f"{kind} {100 * part / total:.0f} %" for kind, part in kinds.most_common(3))
    return float(np.percentile(times.processor, 10)), told


def _kinds(work: Counter[str]) -> str:
    total = max(1, sum(work.values()))
    return ", ".join(f"{kind} {100 * part / total:.0f} %" for kind, part in work.most_common(3))

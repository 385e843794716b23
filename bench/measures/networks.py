"""The networks against the processor: what share of a matrix product's speed they reach, on one core."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import onnx

from bench.contenders import large_network
from bench.context import Context
from bench.limits.operations import ROUNDS, matrix_speed, operations, session
from bench.result import Figure
from bench.timing import by_turns
from lookout.vision.networks.models import WEIGHTS
from stack.install.models import MODELS

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
    speed = matrix_speed(context.folder / "product.onnx")
    figures = [Figure("a product of float32 matrices, one core", speed, "GFLOP/s")]
    for name, (path, shape) in files.items():
        work = operations(onnx.load(path), shape[0])
        least, slowest = _profile(path, shape)
        reached = sum(work.values()) / least / 1e6
        note = f"{sum(work.values()) / 1e9:.2f} GFLOP in {least:.2f} ms; {_kinds(work)}; most time: {slowest}"
        figures.append(Figure(f"{name}: of that", 100 * reached / speed, "%", SHARE, True, note=note))
    return figures


def _profile(path: Path, shape: tuple[int, ...]) -> tuple[float, str]:
    """Milliseconds of one run on one core, and the kinds of operators that take most of them."""
    with tempfile.TemporaryDirectory() as scratch:
        plain, watched = session(path), session(path, profile=Path(scratch) / "profile")
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

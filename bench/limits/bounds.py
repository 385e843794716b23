"""What a frame takes at least, whatever is done about it: its networks at the speed of a product of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx

from bench.contenders.large_network import FILE
from bench.contenders.process import Answer
from bench.frames import FACES, SIZES
from bench.limits.operations import operations
from lookout.vision.networks.detector import regions
from lookout.vision.networks.models import WEIGHTS


def frame_work(models: Path, size: str, what: str) -> float:
    """Operations of a frame's networks in GFLOP: the detector on each area, the others on each face."""
    faces = FACES[what]
    runs = {
        models / "fr_detect.onnx": len(regions(*SIZES[size])),
        models / "fr_landmark.onnx": faces,
        models / WEIGHTS / FILE: faces,
    }
    return sum(count * operations(onnx.load(path), 1).total() for path, count in runs.items() if count) / 1e9


def milliseconds_at_least(work: float, speed: float) -> float:
    """What ``work`` in GFLOP takes at a ``speed`` in GFLOP/s."""
    return work / speed * 1000


def bound(work: float, speed: float) -> str:
    """That in words."""
    least = milliseconds_at_least(work, speed)
    return f"bound: {work:.2f} GFLOP of networks, {least:.1f} ms at the speed of a product of matrices"


def profile(answers: Sequence[Answer]) -> str:
    """The medians of a frame's stages, the longest first; empty where a contender tells of none."""
    medians = {name: float(np.median([one.stages[name] for one in answers])) for name in answers[0].stages}
    longest = sorted(medians.items(), key=lambda stage: -stage[1])
    return ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in longest)

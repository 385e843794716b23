"""Memory of one process of ``detect``: at its start, at rest, the most it takes, and after 2,000 frames."""

from __future__ import annotations

import itertools

from bench.contenders.instance import Instance, detect
from bench.contenders.process import memory
from bench.context import Context
from bench.result import Figure

FRAMES = 2_000
SETTLED = 200
"""Frames after which everything that is kept for long is there."""

GROWTH = 5.0
"""Megabytes that an allocator may take and give back as it pleases."""


def run(context: Context) -> list[Figure]:
    """The worker's memory while frames without, with one and with four faces come to it."""
    shown = itertools.cycle(["empty", "1 face", "empty", "4 faces"])
    with detect(context, 1) as instance:
        start = _now(instance)
        _post(instance, context, "1 face")
        rest = _now(instance)
        for _ in range(SETTLED):
            _post(instance, context, next(shown))
        settled = _now(instance)
        for _ in range(FRAMES - SETTLED):
            _post(instance, context, next(shown))
        after = _now(instance)
        peak = max(memory(pid, "VmHWM") for pid in instance.processes)
    note = (
        f"{start:.0f} MB before the first frame, {rest - start:.0f} with it (OpenCV, ONNX Runtime, the "
        f"networks, the stores' clients), {settled - rest:.0f} frames with up to four faces, "
        f"{max(0, peak - settled):.0f} while one is judged"
    )
    return [
        Figure("before the first frame", start, "MB"),
        Figure("after the first frame", rest, "MB"),
        Figure("the most within 2,000 frames, SVGA", peak, "MB", 190, note=note),
        Figure("after 2,000 frames, beyond those after 200", after - settled, "MB", GROWTH),
    ]


def _post(instance: Instance, context: Context, what: str) -> None:
    answer = instance.post(instance.cameras[0], context.frames["SVGA", what].read_bytes())
    if answer.status != 200:
        raise RuntimeError(f"the function did not answer as it should: {answer.status} {answer.body}")


def _now(instance: Instance) -> float:
    return max(memory(pid, "VmRSS") for pid in instance.processes)

"""A warm frame, from its bytes to names, without the stores: at three sizes, on all cores and on one."""

from __future__ import annotations

import os
from contextlib import ExitStack

import numpy as np

from bench.contenders.process import Answer, lookout
from bench.context import Context
from bench.limits.bounds import bound, frame_work, profile
from bench.limits.operations import matrix_speed
from bench.result import Figure
from bench.timing import Times
from stack.install.models import MODELS

ROUNDS = 40
WARM_UP = 5

TARGETS = {("SVGA", "empty", 1): 12.0, ("SVGA", "empty", 2): 8.0}


def run(context: Context) -> list[Figure]:
    """Medians of frames that take turns, and the stages of one with a face."""
    every = sorted({1, min(2, len(os.sched_getaffinity(0)))}, reverse=True)
    answers: dict[tuple[str, str, int], list[Answer]] = {}
    with ExitStack() as running:
        contenders = {
            cores: running.enter_context(
                lookout(f"lookout on {cores}", context.people, cores, context.folder)
            )
            for cores in every
        }
        for turn in range(WARM_UP + ROUNDS):
            for key, path in context.frames.paths.items():
                for cores, contender in contenders.items():
                    answer = contender.ask(path)
                    if turn >= WARM_UP:
                        answers.setdefault((*key, cores), []).append(answer)
    speeds = {cores: matrix_speed(context.folder / "product.onnx", cores) for cores in every}
    figures = [_figure(key, found, speeds[key[2]]) for key, found in answers.items()]
    return figures + _stages(answers["SVGA", "1 face", every[0]])


def _figure(key: tuple[str, str, int], answers: list[Answer], speed: float) -> Figure:
    size, what, cores = key
    times = Times([one.milliseconds for one in answers], [one.processor for one in answers])
    name = f"{size}, {what}, {cores} {'thread' if cores == 1 else 'threads'}"
    note = f"{profile(answers)}; {bound(frame_work(MODELS, size, what), speed)}" if key in TARGETS else ""
    return Figure(
        name, times.median, "ms", TARGETS.get(key), least=times.least, processor=times.busy, note=note
    )


def _stages(answers: list[Answer]) -> list[Figure]:
    names = answers[0].stages
    medians = {name: float(np.median([one.stages[name] for one in answers])) for name in names}
    return [Figure(f"SVGA, 1 face: {name}", value, "ms") for name, value in medians.items()]

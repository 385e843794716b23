"""Lookout beside the original's recipe, ``DeepFace.find`` on TensorFlow, frame by frame in turns."""

from __future__ import annotations

from contextlib import ExitStack

from bench.contenders import large_network
from bench.contenders.environment import recipe
from bench.contenders.process import Answer, lookout
from bench.context import Context
from bench.limits.bounds import bound, frame_work, milliseconds_at_least, profile
from bench.limits.operations import matrix_speed
from bench.result import Figure
from bench.timing import Times, ratio
from stack.install.models import MODELS

ROUNDS = 25
WARM_UP = 3
CORES = 2

LARGE = "Lookout, ResNet34"

TARGETS = {
    ("Lookout", "1 face"): 20.0,
    ("Lookout", "empty"): 30.0,
    (LARGE, "1 face"): 9.0,
}
"""How many times faster than the recipe."""

UNTRAINED = "weights of the untrained network: as fast as trained ones, its names mean nothing"


def run(context: Context) -> list[Figure]:
    """Milliseconds and peak memory of each, and how many times faster Lookout is: medians over pairs."""
    large = large_network.install(MODELS, context.folder / "large")
    answers: dict[tuple[str, str], list[Answer]] = {}
    with ExitStack() as running:
        contenders = {
            "recipe": running.enter_context(recipe(context.people)),
            "Lookout": running.enter_context(lookout("Lookout", context.people, CORES, context.folder)),
            LARGE: running.enter_context(lookout(LARGE, context.people, CORES, context.folder, large)),
        }
        for turn in range(WARM_UP + ROUNDS):
            for what in ("1 face", "empty"):
                for name, contender in contenders.items():
                    answer = contender.ask(context.frames["SVGA", what])
                    if turn >= WARM_UP:
                        answers.setdefault((name, what), []).append(answer)
        peaks = {name: contender.peak() for name, contender in contenders.items()}
    speed = matrix_speed(context.folder / "product.onnx", CORES)
    folders = {"Lookout": MODELS, LARGE: large}
    return [
        *(_figure(name, what, found) for (name, what), found in answers.items()),
        Figure(f"a product of float32 matrices, {CORES} threads", speed, "GFLOP/s"),
        *(
            _faster(key, answers, target, frame_work(folders[key[0]], "SVGA", key[1]), speed)
            for key, target in TARGETS.items()
        ),
        *(Figure(f"{name}: peak memory", peak, "MB") for name, peak in peaks.items()),
    ]


def _figure(name: str, what: str, answers: list[Answer]) -> Figure:
    times = _times(answers)
    note = profile(answers)
    if (name, what) == ("recipe", "1 face"):
        note = UNTRAINED
    return Figure(
        f"{name}: SVGA, {what}", times.median, "ms", least=times.least, processor=times.busy, note=note
    )


def _faster(
    key: tuple[str, str],
    answers: dict[tuple[str, str], list[Answer]],
    target: float,
    work: float,
    speed: float,
) -> Figure:
    """How many times faster, and how many it could be: ``work`` in GFLOP, ``speed`` in GFLOP/s."""
    name, what = key
    slow, fast = _times(answers["recipe", what]), _times(answers[key])
    by_processor = ratio(slow.processor, fast.processor)
    by_least = slow.least / fast.least
    most = slow.median / milliseconds_at_least(work, speed)
    note = (
        f"by the fastest tenth {by_least:.1f} times, by the processor's time {by_processor:.1f} times; "
        f"{bound(work, speed)}, {most:.1f} times at most"
    )
    value = ratio(slow.clock, fast.clock)
    return Figure(f"{name}: SVGA, {what}, faster than the recipe", value, "x", target, True, note=note)


def _times(answers: list[Answer]) -> Times:
    return Times([one.milliseconds for one in answers], [one.processor for one in answers])

"""One process of ``detect`` under several cameras at one frame a second each, its stores on the same cores."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bench.contenders.instance import Instance, detect
from bench.context import Context
from bench.result import Figure
from stack.fake_camera.client import Answer
from stack.local.info import CameraKey

COUNTS = (1, 2, 4, 8)
FRAMES = 20
"""Of each camera: one a second."""

SHOWN = ("empty", "1 face", "empty", "empty")
"""What cameras see, one after the other; each begins elsewhere."""

TARGETS = {8: (250.0, 0.0)}


def run(context: Context) -> list[Figure]:
    """The 95th percentile of the answers' times, and frames that were rejected or not answered."""
    shown = [context.frames["SVGA", what].read_bytes() for what in SHOWN]
    figures = []
    with detect(context, max(COUNTS)) as instance:
        for frame in shown:  # the networks are loaded, and the gallery read
            instance.post(instance.cameras[0], frame)
        for count in COUNTS:
            answers = _posted(instance, instance.cameras[:count], shown)
            spent = [answer.milliseconds for answer in answers]
            slow, rejected = TARGETS.get(count, (None, None))
            name = f"{count} {'camera' if count == 1 else 'cameras'}"
            figures += [
                Figure(f"{name}: median of an answer", float(np.median(spent)), "ms"),
                Figure(f"{name}: 95th percentile", float(np.percentile(spent, 95)), "ms", slow),
                Figure(f"{name}: frames rejected", sum(one.status != 200 for one in answers), "", rejected),
            ]
    return figures


def _posted(instance: Instance, cameras: Sequence[CameraKey], shown: Sequence[bytes]) -> list[Answer]:
    ready = threading.Barrier(len(cameras))

    def camera(number: int) -> list[Answer]:
        ready.wait()
        begun = time.monotonic() + number / len(cameras)
        answers = []
        for turn in range(FRAMES):
            time.sleep(max(0.0, begun + turn - time.monotonic()))
            answers.append(instance.post(cameras[number], shown[(turn + number) % len(shown)]))
        return answers

    with ThreadPoolExecutor(len(cameras)) as pool:
        return [answer for answers in pool.map(camera, range(len(cameras))) for answer in answers]

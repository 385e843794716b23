"""A cold instance of ``detect``: from the start of its process to the first answer over HTTP, stores included."""

from __future__ import annotations

import numpy as np

from bench.contenders.first_answer import cold_detect
from bench.context import Context
from bench.result import Figure

STARTS = 5


def run(context: Context) -> list[Figure]:
    """The median of some starts with a face in the first frame, each with the weights in the disk's cache."""
    frame = context.frames["SVGA", "1 face"].read_bytes()
    starts = [cold_detect(context.stack, frame) for _ in range(STARTS)]
    seconds = [start.seconds for start in starts]
    return [
        Figure(
            "process start to first answer over HTTP",
            float(np.median(seconds)),
            "s",
            1.5,
            least=min(seconds),
            processor=float(np.median([start.processor for start in starts])),
        ),
    ]

"""The ``next`` of an answer to a camera: when to post again, with which light and frame size, turned where."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lookout.domain.recognition.reason import Reason

WATCHING_MS = 1000
"""Somebody is there: post again soon, for a better picture."""

IDLE_MS = 2000
"""Nobody is there, for the first time."""

SLOWER = 1.5
"""While nobody comes, each pause is so many times the one before, up to the site's ``idleSeconds``."""

FRAMESIZE = "SVGA"
"""800x600: sharp enough for a face across a room, about 60 KB. Names, not numbers: esp32-camera renumbered
its frame sizes in v2.0.14."""

LARGER_FRAMESIZE = "UXGA"
"""1600x1200, for a face too small to be told."""


SHARE = 0.5
"""Share of the way to the face: the next frame comes during the turn, and the whole way would overshoot."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whole degrees to turn from where the camera looks: ``pan`` to the right of its picture, ``tilt`` up."""

    pan: int
    tilt: int


def turn_towards(x: float, y: float, width: int, height: int, fov: float) -> Turn:
    """Half of the way that brings the point (``x``, ``y``) to the middle of a frame of ``width`` x ``height``.

    ``fov``: degrees that the lens sees along the longer side of the frame, more than 0 and less than 180.
    """
    focal = max(width, height) / 2 / math.tan(math.radians(fov) / 2)

    def degrees(offset: float) -> int:
        return round(SHARE * math.degrees(math.atan2(offset, focal)))

    return Turn(degrees(x - width / 2), degrees(height / 2 - y))


def idle_interval(before_ms: int | None, idle_seconds: int) -> int:
    """Milliseconds until the next frame while nobody is there.

    ``before_ms``: what the last empty frame was told; None after somebody was there.
    """
    longer = IDLE_MS if before_ms is None else round(before_ms * SLOWER)
    return max(WATCHING_MS, min(longer, idle_seconds * 1000))


def next_instructions(
    reasons: Iterable[Reason], led: int, turn: Turn | None = None, idle_ms: int = IDLE_MS
) -> dict[str, int | str]:
    """The ``next`` of an answer, from every face's reason (none for an empty frame) and the camera's ``led``.

    ``idle_ms`` is when to post again where nobody is there. ``turn`` is where a camera that follows is to look;
    without it there is no ``pan`` and no ``tilt``.
    A sketch may ignore it.
    """
    seen = set(reasons) - {Reason.NO_FACE}
    step: dict[str, int | str] = {
        "interval_ms": WATCHING_MS if seen else idle_ms,
        "flash": int(led > 0 or Reason.TOO_DARK in seen),
        "framesize": LARGER_FRAMESIZE if Reason.TOO_SMALL in seen else FRAMESIZE,
    }
    return step if turn is None else step | {"pan": turn.pan, "tilt": turn.tilt}

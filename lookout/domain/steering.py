"""What a camera is told to do next: how soon to post again, with light or without, in which size."""

from __future__ import annotations

from collections.abc import Iterable

from lookout.domain.reason import Reason

WATCHING_MS = 1000
"""Somebody is there: post again soon, for a better shot."""

IDLE_MS = 2000
"""Nobody there. ESP32 sketches post every 2 to 120 s; this is the lively end of it."""

FRAMESIZE = "SVGA"
"""800x600: sharp enough for a face across a room, about 60 KB. Names, not numbers: esp32-camera renumbered
its frame sizes in v2.0.14."""

LARGER_FRAMESIZE = "UXGA"
"""1600x1200, for a face too small to be told."""


def next_step(reasons: Iterable[Reason], led: int) -> dict[str, int | str]:
    """The ``next`` of an answer, from every face's reason (none for an empty frame) and the camera's ``led``.

    A sketch that ignores it loses nothing.
    """
    seen = set(reasons) - {Reason.NO_FACE}
    return {
        "interval_ms": WATCHING_MS if seen else IDLE_MS,
        "flash": int(led > 0 or Reason.TOO_DARK in seen),
        "framesize": LARGER_FRAMESIZE if Reason.TOO_SMALL in seen else FRAMESIZE,
    }

"""Guesses how a camera is mounted, from a few of its frames looked at turned, at a bounded cost."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lookout.vision.image.frame import turned
from lookout.vision.recogniser import Recogniser

EVERY = 20
"""One in so many frames that show nobody known is looked at turned, in one direction: about 5 % more work."""

FINDS = 3
"""So often a turned frame has to show a face: somebody may be lying on a sofa."""

CLEARLY = 1.25
"""How many times longer a vector is, at least, of a face seen upright. Measured on samples: 1.4 to 2 times that of
the same face upside down, and twice the shortest that counts as a face's."""

SIDEWAYS_OR_OVER = (90, 270, 180)


@dataclass(slots=True)
class _Guess:
    """``wait``: frames until the next look; ``looks``: how many there were; ``next``: what to look at first."""

    wait: int = 0
    looks: int = 0
    next: int | None = None
    finds: Counter[int] = field(default_factory=Counter)
    suggested: bool = False


class Mountings:
    """Guesses for many cameras; its threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._guesses: dict[str, _Guess] = {}

    def forget(self, camera_id: str) -> None:
        """Forget a camera's guess: its rotation was set, or its frames are upright."""
        if camera_id in self._guesses:
            with self._lock:
                self._guesses.pop(camera_id, None)

    def guess(
        self, camera_id: str, recogniser: Recogniser, pixels: NDArray[np.uint8], shows_faces: bool
    ) -> int | None:
        """By how many degrees to turn the camera's frames clockwise, once that is quite sure; None otherwise, and
        when it was answered before.

        ``pixels`` of shape ``(h, w, 3)`` show nobody known; ``shows_faces`` says whether they show anybody.
        """
        with self._lock:
            guess = self._guesses.setdefault(camera_id, _Guess())
            if guess.suggested:
                return None
            if guess.wait > 0:
                guess.wait -= 1
                return None
            # faces are found upside down too, but not on their side
            rotation = 180 if shows_faces else guess.next or SIDEWAYS_OR_OVER[guess.looks % 3]
            guess.looks += 1
            guess.wait, guess.next = EVERY - 1, None
        found = _upright_at(recogniser, pixels, rotation)
        with self._lock:
            if found is None:
                if shows_faces:
                    guess.finds.clear()
                return None
            guess.finds[found] += 1
            # the face that was found is there for a moment only
            guess.wait, guess.next = 0, found
            guess.suggested = guess.finds[found] >= FINDS
            return found if guess.suggested else None


def _upright_at(recogniser: Recogniser, pixels: NDArray[np.uint8], rotation: int) -> int | None:
    """Which of ``rotation`` and its opposite shows a face that is clearly upright; None if neither does."""
    opposite = (rotation + 180) % 360
    least = recogniser.card.min_length
    length = recogniser.surest(turned(pixels, rotation))
    if length < least:
        return None
    # turned the wrong way round, somebody lying on the side is upside down, and may look like a face
    other = recogniser.surest(turned(pixels, opposite))
    found, length, other = (rotation, length, other) if length >= other else (opposite, other, length)
    return found if found != 0 and length >= CLEARLY * max(other, least) else None

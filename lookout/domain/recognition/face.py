"""What a frame's faces are, in plain data: box, quality, reason, embedding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.reason import Reason

Embedding = NDArray[np.float32]
"""An L2-normalised vector of shape ``(512,)`` (the model's own length for other models), float32."""


@dataclass(frozen=True, slots=True)
class Box:
    """A face's rectangle in pixels of the decoded frame; ``score`` is the detector's, 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    score: float = 1.0

    def scaled(self, across: float, down: float) -> Box:
        """The box in a picture so many times as wide and as high."""
        return Box(self.x * across, self.y * down, self.width * across, self.height * down, self.score)

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    def overlap(self, other: Box) -> float:
        """How much of the smaller of the two boxes the other one covers, 0 to 1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        smaller = min(self.area, other.area)
        return 0.0 if width <= 0 or height <= 0 or smaller <= 0 else width * height / smaller


NOWHERE = Box(0.0, 0.0, 0.0, 0.0)
"""The box of a face of which only the vector matters."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a shot of a face is.

    ``pixels``: shorter side of the box; ``sharpness``: variance of the Laplacian on the aligned crop;
    ``brightness``: mean grey of it, 0 to 255; ``turn``: 0 frontal to 1 profile, from the landmarks;
    ``score``: 0 to 1, by which the better of two shots is chosen; that of an embedded face comes from the length
    of its raw vector, which tells best how well the face will be known by it; ``yaw``: the turn with its side,
    from -1, a profile that looks to the left of the picture, to 1; ``light``: the brightness before a dim frame
    was lifted.
    """

    pixels: float
    sharpness: float
    brightness: float
    turn: float
    score: float
    yaw: float = 0.0
    light: float = 0.0

    def with_length(self, length: float, full: float | None) -> Quality:
        """The same with the score of a raw vector of ``length``; of a model for which nobody knows the length of a
        very good shot, as it is."""
        return self if full is None else replace(self, score=min(1.0, length / full))


CUT_SCORE = 0.5
"""Share of its score that a cut face keeps as a picture: a whole one soon replaces it."""


@dataclass(frozen=True, slots=True, eq=False)
class GoodFace:
    """A face that may be matched by its ``embedding``.

    ``is_cut``: a border of the frame probably cuts it, so that it may resemble nobody any more. Not ``is_clear``:
    a mask, a cap or a grimace hides so much of it that it may resemble nobody either. ``spoof``: how probably it
    is that of a photo held up, 0 to 1; None where nobody looked.
    """

    box: Box
    quality: Quality
    embedding: Embedding
    is_cut: bool = False
    is_clear: bool = True
    spoof: float | None = None

    @property
    def doubt(self) -> Reason | None:
        """Why the face says little unless it is known: ``cut_off`` or ``unclear``."""
        if self.is_cut:
            return Reason.CUT_OFF
        return None if self.is_clear else Reason.UNCLEAR

    @property
    def picture_score(self) -> float:
        """By which the best picture of a visit is chosen, 0 to 1."""
        return self.quality.score * (CUT_SCORE if self.is_cut else 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class RejectedFace:
    """A face that must not be matched; ``flaw`` says why."""

    box: Box
    quality: Quality
    flaw: Reason


Face = GoodFace | RejectedFace
"""One face of a frame."""


def good_faces(faces: Iterable[Face]) -> list[GoodFace]:
    """Those of the faces that may be matched, in their order."""
    return [face for face in faces if isinstance(face, GoodFace)]

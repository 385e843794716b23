"""Photos made worse in one way at a time, as cameras make them: the points of a curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box

Pixels = NDArray[np.uint8]
Change = Callable[[Pixels], Pixels]

WIDTH, HEIGHT = 800, 600
FACE = 110.0
"""Width of a face in a frame, where its size is not what is changed."""


def framed(photo: Pixels, box: Box, face: float) -> Pixels:
    """A grey frame of 800x600 with the photo in it, so that its face in ``box`` becomes ``face`` wide."""
    scale = face / box.width
    shift = [
        [scale, 0, WIDTH / 2 - (box.x + box.width / 2) * scale],
        [0, scale, HEIGHT / 2 - (box.y + box.height / 2) * scale],
    ]
    smooth = cv2.GaussianBlur(photo, (0, 0), 0.5 / scale) if scale < 0.7 else photo
    frame = cv2.warpAffine(
        smooth, np.array(shift), (WIDTH, HEIGHT), borderMode=cv2.BORDER_CONSTANT, borderValue=(110, 110, 110)
    )
    return np.asarray(frame, np.uint8)


def curves() -> Iterator[tuple[str, float, float, Change]]:
    """Of each point: the kind, how much, the width of the face, and what is done to the frame."""
    for width in (20, 22, 24, 28, 32, 40, 48, 64, 96):
        yield "face width", width, width, _same
    for kind, change, amounts in (
        ("jpeg", _jpeg, (80, 40, 20, 10)),
        ("blur", _blurred, (1, 2, 3, 4)),
        ("motion", _moved, (5, 9, 15)),
        ("light", _dimmed, (0.5, 0.25, 0.125)),
        ("grey", _grey, (1,)),
        ("rotation", _turned, (15, 30, 45, 60, 75)),
    ):
        for amount in amounts:
            yield kind, amount, FACE, partial(change, amount=amount)


def _same(frame: Pixels) -> Pixels:
    return frame


def _jpeg(frame: Pixels, amount: float) -> Pixels:
    data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, int(amount)])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _blurred(frame: Pixels, amount: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), amount), np.uint8)


def _moved(frame: Pixels, amount: float) -> Pixels:
    return np.asarray(cv2.blur(frame, (int(amount), 1)), np.uint8)


def _dimmed(frame: Pixels, amount: float) -> Pixels:
    return (frame * amount).astype(np.uint8)


def _grey(frame: Pixels, amount: float) -> Pixels:
    grey = frame.mean(axis=2, keepdims=True)
    return np.asarray(frame * (1 - amount) + grey * amount, np.uint8)


def _turned(frame: Pixels, amount: float) -> Pixels:
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), amount, 1)
    return np.asarray(cv2.warpAffine(frame, turn, (WIDTH, HEIGHT), borderValue=(110, 110, 110)), np.uint8)

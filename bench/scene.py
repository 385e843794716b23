"""Frames as a camera takes them, made of the sample photos: a room, with people in it or empty."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.vision.image.frame import decode, encode_jpeg

WIDTH, HEIGHT = 800, 600


def room(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A wall, a floor, a door and a window, with a sensor's noise: shape ``(height, width, 3)``, BGR."""
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = np.linspace(150, 110, width)[None, :, None]
    picture[int(height * 0.7) :] *= (0.55, 0.6, 0.7)
    for left, top, right, bottom, colour in (
        (0.08, 0.2, 0.22, 0.72, (60, 80, 110)),
        (0.3, 0.12, 0.45, 0.4, (210, 200, 190)),
        (0.8, 0.55, 0.97, 0.8, (50, 60, 50)),
    ):
        corner = (round(right * width), round(bottom * height))
        cv2.rectangle(picture, (round(left * width), round(top * height)), corner, colour, cv2.FILLED)
    noise = np.random.default_rng(7).normal(0, 5, picture.shape)
    lit = np.clip(picture + cv2.GaussianBlur(noise, (0, 0), 0.8) * 2, 0, 255)
    return np.asarray(lit, np.uint8)


def with_person(
    photo: Path, face: float, box_width: float, left: int = 440, top: int = 40
) -> NDArray[np.uint8]:
    """A room with the person of ``photo`` in it, whose face of ``box_width`` pixels becomes ``face`` wide."""
    picture = room()
    person = cv2.imread(str(photo))
    assert person is not None, photo
    scale = face / box_width
    small = cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = small[: HEIGHT - top, : WIDTH - left]
    picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    return picture


def entering(
    photo: Path, face: tuple[int, int, int, int], size: float, border: str, visible: float
) -> NDArray[np.uint8]:
    """A grey frame that the person of ``photo`` enters over a border: ``left``, ``right``, ``top``, ``bottom``.

    ``face`` is the box of the face in the photo and becomes ``size`` pixels wide; ``visible`` of its width, or
    height, are within the frame, and above 1 there is that much room beside it.
    """
    scale = size / face[2]
    small = _scaled(photo, scale)
    left, top, wide, high = (scale * side for side in face)
    x, y = {
        "left": ((visible - 1) * wide, (HEIGHT - high) / 2),
        "right": (WIDTH - visible * wide, (HEIGHT - high) / 2),
        "top": ((WIDTH - wide) / 2, (visible - 1) * high),
        "bottom": ((WIDTH - wide) / 2, HEIGHT - visible * high),
    }[border]
    place = np.array([[1, 0, round(x - left)], [0, 1, round(y - top)]], np.float32)
    frame = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    cv2.warpAffine(small, place, (WIDTH, HEIGHT), dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
    return frame


@cache
def _scaled(photo: Path, scale: float) -> NDArray[np.uint8]:
    person = decode(photo.read_bytes()).pixels
    return cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def posted(picture: NDArray[np.uint8]) -> bytes:
    """As the JPEG an ESP32-CAM would post."""
    return encode_jpeg(picture, 80)

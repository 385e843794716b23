"""Dim frames, lifted to the light that the networks were trained in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

DIM = 128.0
"""A frame whose brightest parts are darker than this is lifted."""

LIT = 220.0
"""What its brightest parts become."""

MAX_GAIN = 10.0
"""Beyond it there is more noise than face."""

BRIGHTEST = 0.98
"""Share of the pixels that are darker than "the brightest parts": a lamp in the picture is no light on a face."""

STEP = 8
"""Every so many pixels are looked at."""


def lifted(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``pixels`` of shape ``(h, w, 3)``, brighter where the frame is dim; the very same where it is not."""
    sample = np.ascontiguousarray(pixels[::STEP, ::STEP]).max(axis=2).ravel()
    rank = int(BRIGHTEST * (len(sample) - 1))
    brightest = float(np.partition(sample, rank)[rank])
    if brightest >= DIM:
        return pixels
    gain = min(MAX_GAIN, LIT / max(brightest, 1.0))
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=gain), np.uint8)

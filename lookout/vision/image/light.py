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


def gain(pixels: NDArray[np.uint8]) -> float:
    """By how much ``pixels`` of shape ``(h, w, 3)`` should be brighter: 1 where the frame is not dim."""
    sample = np.ascontiguousarray(pixels[::STEP, ::STEP]).max(axis=2).ravel()
    rank = int(BRIGHTEST * (len(sample) - 1))
    brightest = float(np.partition(sample, rank)[rank])
    if brightest >= DIM:
        return 1.0
    return min(MAX_GAIN, LIT / max(brightest, 1.0))


def lifted(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``pixels`` of shape ``(h, w, 3)``, brighter where the frame is dim; the very same where it is not."""
    return brightened(pixels, gain(pixels))


def brightened(pixels: NDArray[np.uint8], by: float) -> NDArray[np.uint8]:
    """``pixels`` so many times as bright; the very same where that is 1."""
    return pixels if by == 1.0 else np.asarray(cv2.convertScaleAbs(pixels, alpha=by), np.uint8)

"""How good a shot of a face is, and whether it is good enough to be matched."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box, Quality
from lookout.domain.recognition.reason import Reason
from lookout.settings import Settings
from lookout.vision.geometry import TEMPLATE_SIDE

GOOD_SHARPNESS = 200.0
GOOD_BRIGHTNESS = 90.0
"""Where more sharpness and light stop to make a shot better: what well-lit sample photos have."""

USUAL_CONTRAST = 50.0
"""Standard deviation of the grey of a well-lit face."""

LEAST_CONTRAST = 10.0
"""Below it there is nothing but noise to be sharp."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a face must have to be matched; see the settings of the same names."""

    min_face_pixels: float
    min_sharpness: float
    min_brightness: float
    max_turn: float

    @classmethod
    def from_settings(cls, settings: Settings) -> Gate:
        """The gate for frames of a camera."""
        return cls(
            settings.recognition.min_face_pixels,
            settings.recognition.min_sharpness,
            settings.recognition.min_brightness,
            settings.recognition.max_turn,
        )

    def flaw(self, quality: Quality) -> Reason | None:
        """Why a face must not be matched; None when it may."""
        if quality.pixels < self.min_face_pixels:
            return Reason.TOO_SMALL
        if quality.brightness < self.min_brightness:
            return Reason.TOO_DARK
        if quality.sharpness < self.min_sharpness:
            return Reason.TOO_BLURRED
        if quality.turn > self.max_turn:
            return Reason.TURNED_AWAY
        return None


OPEN_GATE = Gate(0.0, 0.0, 0.0, 1.0)
"""Lets every face through: for measuring the recognition itself."""


def assess(aligned: NDArray[np.uint8], box: Box, yaw: float, brighter: float = 1.0) -> Quality:
    """Judge a face by its aligned crop of shape ``(112, 112, 3)``, its box in the frame, and its yaw, -1 to 1.

    The crop is ``brighter`` than the frame as it was taken, so many times.

    Sharpness is the variance of the Laplacian as it would be at a usual contrast: it falls with the square of the
    light alone. The score is the geometric mean of size, sharpness and light, each against a good shot's and at
    most 1, and of how frontal the face is (the cosine of its turn).
    """
    grey = cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY)
    pixels = min(box.width, box.height)
    _, spread = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))
    mean, contrast = cv2.meanStdDev(grey)
    relative = USUAL_CONTRAST / max(float(contrast[0, 0]), LEAST_CONTRAST)
    sharpness = (float(spread[0, 0]) * relative) ** 2
    brightness = float(mean[0, 0])
    turn = abs(yaw)
    score = looks(pixels, sharpness, brightness, turn)
    return Quality(pixels, sharpness, brightness, turn, score, yaw, brightness / brighter)


def looks(pixels: float, sharpness: float, brightness: float, turn: float) -> float:
    """How good a shot looks, 0 to 1: the score of a face as long as it is not embedded."""
    parts = (
        min(1.0, pixels / TEMPLATE_SIDE),
        min(1.0, sharpness / GOOD_SHARPNESS),
        min(1.0, brightness / GOOD_BRIGHTNESS),
        math.cos(turn * math.pi / 2),
    )
    return math.prod(max(0.0, part) for part in parts) ** (1 / len(parts))

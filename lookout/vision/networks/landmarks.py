"""Five points of a face, out of the 68 that the landmark network gives."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box
from lookout.vision.geometry import Points, square, warp
from lookout.vision.networks.runtime import Network

SIDE = 64

GROUPS = ((37, 38, 40, 41), (43, 44, 46, 47), (30,), (48, 60), (54, 64))
"""Which of the 68 points (iBUG 300-W order) are averaged to the eyes, the nose's tip, the mouth's corners."""

AVERAGE: NDArray[np.float32] = np.zeros((len(GROUPS), 68), np.float32)
for _row, _group in enumerate(GROUPS):
    AVERAGE[_row, list(_group)] = 1 / len(_group)


LEAN = math.radians(15)
"""A face that leans more is looked at again, turned upright: the network was trained on upright ones."""

LOOKS = 3
"""The first look at a head that lies on its side sees less lean than there is."""


class Landmarker:
    """Finds the five points of a face in its box."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def find(self, pixels: NDArray[np.uint8], box: Box) -> Points:
        """The five points in pixels of the frame, shape ``(5, 2)``."""
        area, lean = square(box), 0.0
        for _ in range(LOOKS):
            points = self._look(pixels, area, lean)
            across, down = (points[1] - points[0]).tolist()
            seen = math.atan2(down, across)
            if abs(seen - lean) <= LEAN:
                break
            lean = seen
        return points

    def _look(self, pixels: NDArray[np.uint8], area: Box, lean: float) -> Points:
        points = AVERAGE @ self.network.run(prepare(pixels, area, lean))[0].reshape(68, 2)
        aside = (points - np.float32(0.5)) * np.float32(area.width)
        centre = np.array([area.x, area.y], np.float32) + np.float32(area.width / 2)
        return np.asarray(aside @ _turn(lean).T + centre, np.float32)


def prepare(pixels: NDArray[np.uint8], area: Box, lean: float = 0.0) -> NDArray[np.float32]:
    """The network's input of shape ``(1, 1, 64, 64)`` out of the square ``area``, which may leave the frame.

    ``lean``: by how much, in radians, the face is turned clockwise about the middle of the area.
    """
    # half a pixel, so that the centres of pixels fall on each other
    middle = np.array([area.x, area.y]) + (area.width - 1) / 2
    linear = SIDE / area.width * _turn(-lean)
    shift = (SIDE - 1) / 2 - linear @ middle
    transform = np.column_stack([linear, shift]).astype(np.float32)
    grey = cv2.cvtColor(warp(pixels, transform, SIDE, SIDE), cv2.COLOR_BGR2GRAY)
    return np.multiply(grey, 1 / 256, dtype=np.float32)[None, None]


def _turn(angle: float) -> NDArray[np.float32]:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]], np.float32)

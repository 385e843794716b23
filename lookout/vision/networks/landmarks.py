"""Five points of a face, out of the 68 that the landmark network gives."""

from __future__ import annotations

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


class Landmarker:
    """Finds the five points of a face in its box."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def find(self, pixels: NDArray[np.uint8], box: Box) -> Points:
        """The five points in pixels of the frame, shape ``(5, 2)``."""
        area = square(box)
        points = self.network.run(prepare(pixels, area))[0].reshape(68, 2)
        corner = np.array([area.x, area.y], np.float32)
        return np.asarray(AVERAGE @ points * np.float32(area.width) + corner, np.float32)


def prepare(pixels: NDArray[np.uint8], area: Box) -> NDArray[np.float32]:
    """The network's input of shape ``(1, 1, 64, 64)`` out of the square ``area``, which may leave the frame."""
    scale = SIDE / area.width
    # half a pixel, so that the centres of pixels fall on each other
    half = (scale - 1) / 2
    shift = np.array([[scale, 0, half - area.x * scale], [0, scale, half - area.y * scale]], np.float32)
    grey = cv2.cvtColor(warp(pixels, shift, SIDE, SIDE), cv2.COLOR_BGR2GRAY)
    return np.multiply(grey, 1 / 256, dtype=np.float32)[None, None]

"""Whether a face is a photo that is held up: a print, or the screen of a phone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box
from lookout.domain.recognition.rule import Calibration
from lookout.vision.networks.runtime import Network

SIDE = 128

AROUND = 2.7
"""So many times as wide and high as the face is what is looked at: borders and hands tell more than the skin."""


class Liveness:
    """The network, and how its answer is made a probability: ``calibration`` falls with how alive a face looks."""

    def __init__(self, network: Network, calibration: Calibration) -> None:
        self.network = network
        self._calibration = calibration

    def spoof(self, pixels: NDArray[np.uint8], box: Box) -> float:
        """Probability from 0 to 1 that the face in ``box`` of a frame ``(h, w, 3)``, BGR, is that of a photo."""
        return self.probability(self.aliveness(pixels, box))

    def probability(self, aliveness: float) -> float:
        """What an :meth:`aliveness` means, from 0 to 1."""
        return self._calibration.confidence(aliveness)

    def aliveness(self, pixels: NDArray[np.uint8], box: Box) -> float:
        """The logarithm of the network's odds that somebody is really there."""
        alive, *other = self.network.run(prepare(pixels, box))[0].reshape(-1).astype(float).tolist()
        return float(alive - np.logaddexp.reduce(other))


def prepare(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    """The network's input, shape ``(1, 3, 128, 128)``, BGR, 0 to 255: the face and what is around it.

    At a border the part is moved into the frame; it is smaller where the frame has not so much.
    """
    height, width = pixels.shape[:2]
    around = min(AROUND, (width - 1) / box.width, (height - 1) / box.height)
    wide, high = max(1, int(box.width * around)), max(1, int(box.height * around))
    left = min(max(0, round(box.x + (box.width - wide) / 2)), width - wide)
    top = min(max(0, round(box.y + (box.height - high) / 2)), height - high)
    part = cv2.resize(pixels[top : top + high, left : left + wide], (SIDE, SIDE))
    return np.ascontiguousarray(part.transpose(2, 0, 1)[None], np.float32)

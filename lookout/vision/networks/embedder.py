"""Faces to vectors: DeepFace's model, a few faces of a frame at once."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box
from lookout.errors import SettingsError
from lookout.vision.geometry import TEMPLATE, TEMPLATE_SIDE, Points, Transform, umeyama, upright, warp
from lookout.vision.networks.deepface import build
from lookout.vision.networks.models import Installed

AT_ONCE = 4
"""Faces in one run of the model, whose layers take memory for each. With the large network, four frames of 32
faces in one run each had a function of 1 GiB killed; runs of four faces, one at a time, take it to 0.7 GB."""


class Embedder:
    """DeepFace's recognition model, fed as DeepFace feeds it: BGR in [0, 1], float32, channels last."""

    def __init__(self, installed: Installed) -> None:
        try:
            self.model: Any = build("facial_recognition", installed.deepface_name, installed.home)
        except ImportError as error:
            raise SettingsError(f"MODEL_NAME={installed.deepface_name} needs a package: {error}") from error
        self._width, self._height = self.model.input_shape
        # a run uses all processors by itself: two at a time would take twice the memory, and as long
        self._turn = threading.Lock()
        self._template = installed.template

    def align(
        self, pixels: NDArray[np.uint8], box: Box, points: Points, on_template: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        """The face as the model wants it, ``(h, w, 3)``; ``on_template`` is the 112x112 crop made already."""
        if self._template and (self._width, self._height) == (TEMPLATE_SIDE, TEMPLATE_SIDE):
            return on_template
        transform = upright(box, points, self._width, self._height)
        return warp(pixels, transform, self._width, self._height)

    def embed(self, faces: list[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Vectors of length 1, shape ``(n, d)``, of aligned faces of shape ``(h, w, 3)``, uint8, BGR.

        With them the lengths they had before, shape ``(n,)``: the surer the network is that it sees a face, the
        longer (Meng et al., "MagFace", CVPR 2021, build on it).
        """
        runs = (faces[start : start + AT_ONCE] for start in range(0, len(faces), AT_ONCE))
        vectors = np.concatenate([self._run(some) for some in runs])
        lengths = np.linalg.norm(vectors, axis=1)
        return vectors / np.maximum(lengths, np.float32(1e-12))[:, None], lengths

    def _run(self, faces: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        batch = np.multiply(np.stack(faces), np.float32(1 / 255), dtype=np.float32)
        with self._turn:
            return np.asarray(self.model.forward(batch), np.float32).reshape(len(faces), -1)


def template_transform(points: Points) -> Transform:
    """The similarity that lays five points onto the ArcFace template."""
    return umeyama(points, TEMPLATE)

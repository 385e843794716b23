"""Holds a prepared network against the published one, on real faces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_COSINE = 0.9999

Run = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Faces of shape ``(n, 112, 112, 3)``, uint8, BGR, to one row of numbers each."""


class Disagreement(ValueError):
    """A prepared network does not answer as the published one does."""


def check_faces() -> NDArray[np.uint8]:
    """Real faces on the ArcFace template, shape ``(n, 112, 112, 3)``, uint8, BGR: official portraits of the White
    House, in the public domain, as they are, mirrored, dark and blurred."""
    strip = cv2.imread(str(Path(__file__).with_name("check_faces.png")))
    assert strip is not None  # noqa: S101 - it lies beside this file
    faces = np.stack(np.split(np.asarray(strip, np.uint8), strip.shape[1] // strip.shape[0], axis=1))
    blurred = np.stack([cv2.GaussianBlur(face, (0, 0), 1.5) for face in faces])
    return np.concatenate([faces, faces[:, :, ::-1], faces // 3, blurred]).astype(np.uint8)


def agreement(published: Run, prepared: Run) -> float:
    """The lowest cosine between the answers of two networks to the same real faces.

    Raises:
        Disagreement: below 0.9999.
    """
    faces = check_faces()
    one, other = published(faces).astype(np.float64), prepared(faces).astype(np.float64)
    if one.shape != other.shape:
        raise Disagreement(f"it answers with shape {other.shape} instead of {one.shape}")
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine = float(((one * other).sum(axis=1) / lengths).min())
    if not cosine >= LEAST_COSINE:
        raise Disagreement(f"its answers have a cosine of {cosine:.6f} to the published network's")
    return cosine

"""The crowd: average faces of strangers, by which faces that lie close to everybody's are told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEAREST = 3
"""Members of the crowd whose distances are averaged."""


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """``centroids`` of shape ``(c, d)``, float32, of length 1; ``median``: how far adults are from the nearest.

    Networks are trained on adults, and put children close together: what is near for two adults is far for two
    children. So distances between faces that lie close to the crowd are made larger, by ``weights[0]`` times how
    much closer than adults they lie. The smaller ``weights`` are for people whose own photos would be missed.
    """

    centroids: NDArray[np.float32]
    median: float
    weights: tuple[float, ...]

    def closeness(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """How much closer to the crowd than adults: shape ``(n,)`` for ``vectors`` of shape ``(n, d)``."""
        distances = 1.0 - vectors @ self.centroids.T
        nearest = np.partition(distances, NEAREST - 1, axis=1)[:, :NEAREST]
        return np.asarray(np.float32(self.median) - nearest.mean(axis=1), np.float32)

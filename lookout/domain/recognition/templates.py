"""What people are matched by: one mean vector each, and what their own photos say of how near is near enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.rule import Rule

ROOM = 0.2
"""How much farther than a person's own photos from one another a later face of the person may be expected."""

SHARE = 0.8
"""Share of a person's photos that has to be near the others: one bad photo among five asks for nothing."""

BLOCK = 8192
"""Rows worked on at once, so that a large gallery takes no second copy of itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """Row ``i`` is person ``i``: ``means`` of shape ``(n, d)``, of length 1, of so many ``photos``;
    ``thresholds``, ``weights`` of the cohort's shift, and ``closeness`` to the crowd, of shape ``(n,)``."""

    means: NDArray[np.float32]
    photos: NDArray[np.intp]
    thresholds: NDArray[np.float32]
    weights: NDArray[np.float32]
    closeness: NDArray[np.float32]

    def distances(self, embeddings: NDArray[np.float32], rule: Rule) -> NDArray[np.float32]:
        """Shape ``(n, f)``: of each person to each of ``embeddings``, rows of length 1, shape ``(f, d)``."""
        distances = np.subtract(np.float32(1), self.means @ embeddings.T)
        if rule.cohort is not None:
            faces = rule.cohort.closeness(embeddings)
            distances += (self.weights / 2)[:, None] * (self.closeness[:, None] + faces)
        # rounding can push the distance of a vector to itself just below zero
        return np.asarray(np.maximum(distances, 0), np.float32)


def templates(matrix: NDArray[np.float32], starts: NDArray[np.intp], rule: Rule) -> Templates:
    """Of the people whose vectors are the rows of ``matrix`` from ``starts[i]`` up to the next start."""
    counts = np.diff(np.append(starts, len(matrix)))
    means = matrix if (counts == 1).all() else _unit(np.add.reduceat(matrix, starts, axis=0))
    cohort = rule.cohort
    weight = cohort.weights[0] if cohort is not None and cohort.weights else 0.0
    closeness = np.zeros(len(means), np.float32)
    if cohort is not None:
        for at in range(0, len(means), BLOCK):
            closeness[at : at + BLOCK] = cohort.closeness(means[at : at + BLOCK])
    thresholds = np.where(counts == 1, rule.one_photo, rule.threshold).astype(np.float32)
    weights = np.full(len(means), weight, np.float32)
    several = np.flatnonzero(counts > 1)
    if several.size and (rule.stricter or rule.wider or cohort is not None):
        distances, shifts = left_out(matrix, starts, rule)
        for person in several:
            own = slice(starts[person], starts[person] + counts[person])
            weights[person], thresholds[person] = personal(distances[own], shifts[own], rule)
    return Templates(means, counts, thresholds, weights, closeness)


def left_out(
    matrix: NDArray[np.float32], starts: NDArray[np.intp], rule: Rule
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The distance of each photo to the mean of the same person's others, and the shift of that distance at a
    cohort's weight of 1, both of shape ``(n,)``; 1 and 0 for a person's only photo."""
    counts = np.diff(np.append(starts, len(matrix)))
    sums = np.add.reduceat(matrix, starts, axis=0)
    owner = np.repeat(np.arange(len(starts)), counts)
    distances, shifts = np.ones(len(matrix), np.float32), np.zeros(len(matrix), np.float32)
    for at in range(0, len(matrix), BLOCK):
        rows = np.flatnonzero(counts[owner[at : at + BLOCK]] > 1) + at
        if not rows.size:
            continue
        photos = matrix[rows]
        others = _unit(sums[owner[rows]] - photos)
        distances[rows] = 1.0 - (photos * others).sum(axis=1)
        if rule.cohort is not None:
            shifts[rows] = (rule.cohort.closeness(photos) + rule.cohort.closeness(others)) / 2
    return distances, shifts


def personal(distances: NDArray[np.float32], shifts: NDArray[np.float32], rule: Rule) -> tuple[float, float]:
    """The cohort's weight and the threshold that a person's own photos ask for, by what :func:`left_out` says of
    them.

    The weight is the largest with which the photos would be known by one another. The threshold falls where they
    lie close together, and rises where they would still be missed, within the rule's bounds.
    """
    weights = rule.cohort.weights if rule.cohort is not None else (0.0,)
    weight = farthest = 0.0
    rank = int(SHARE * (len(distances) - 1))
    for weight in weights:
        # as np.quantile does it with method="lower", which takes ten times as long for a few numbers
        farthest = float(np.sort(distances + np.float32(weight) * shifts)[rank])
        if farthest <= rule.threshold:
            break
    if farthest > rule.threshold:
        return weight, min(farthest, rule.threshold + rule.wider)
    return weight, max(min(farthest + ROOM, rule.threshold), rule.threshold - rule.stricter)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-12)), np.float32)

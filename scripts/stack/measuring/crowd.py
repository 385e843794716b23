"""The average crowd of a model, made out of a folder of faces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.cohort import NEAREST, Cohort
from lookout.domain.recognition.face import GoodFace
from lookout.errors import RequestError
from lookout.vision.networks.models import COHORT_WEIGHTS
from lookout.vision.recogniser import Recogniser
from stack.console import fail, say
from stack.tools.known import SUFFIXES, read_frame

CENTROIDS = 128
ROUNDS = 50
PEOPLE_EACH = 2
"""Fewer faces than this in one average would be somebody's."""


def vectors_of(folder: Path, engine: Recogniser, max_side: int) -> NDArray[np.float32]:
    """The vectors of the largest face of each photo below ``folder``, shape ``(n, d)``.

    Raises:
        SystemExit: there are too few; one line says so.
    """
    vectors = []
    for photo in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        try:
            faces = engine.see(read_frame(photo, max_side)).faces
        except RequestError as error:
            say(f"skipped {photo}: {error.message}")
            continue
        if faces and isinstance(faces[0], GoodFace):
            vectors.append(faces[0].embedding)
    if len(vectors) < NEAREST * PEOPLE_EACH:
        raise fail(f"{folder} has {len(vectors)} photos with a face; a crowd needs many, of many people.")
    return np.stack(vectors)


def averaged(everybody: NDArray[np.float32], adults: NDArray[np.float32]) -> Cohort:
    """At most 128 averages of the vectors, by k-means on their directions, and how far ``adults`` are from them.

    The start is drawn with a fixed seed: the same photos make the same crowd.
    """
    rng = np.random.default_rng(1)
    count = max(NEAREST, min(CENTROIDS, len(everybody) // PEOPLE_EACH))
    centroids = everybody[rng.choice(len(everybody), count, replace=False)]
    for _ in range(ROUNDS):
        nearest = (everybody @ centroids.T).argmax(axis=1)
        sums = np.zeros_like(centroids)
        np.add.at(sums, nearest, everybody)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        moved = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centroids)
        if np.allclose(moved, centroids, atol=1e-5):
            break
        centroids = moved.astype(np.float32)
    away = -Cohort(centroids, 0.0, COHORT_WEIGHTS).closeness(adults)
    return Cohort(centroids, float(np.median(away)), COHORT_WEIGHTS)


def write(path: Path, crowd: Cohort, model_id: str) -> None:
    """Write the crowd so that the functions read it.

    Raises:
        SystemExit: the file cannot be written.
    """
    try:
        np.savez(
            path,
            centroids=crowd.centroids.astype(np.float16),
            median_adult=np.float32(crowd.median),
            model=np.array(model_id),
        )
    except OSError as error:
        raise fail(f"{path} cannot be written: {error.strerror}.") from None

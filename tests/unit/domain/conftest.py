"""Faces as vectors: any two of different seeds are as far apart as strangers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lookout.domain.recognition.face import NOWHERE, Embedding, GoodFace, Quality

DIMENSION = 512


def unit(vector: Embedding) -> Embedding:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def face(seed: int, dimension: int = DIMENSION) -> Embedding:
    """A face of its own."""
    return unit(np.random.default_rng(seed).standard_normal(dimension).astype(np.float32))


def at(distance: float, of: Embedding, towards: int = 0) -> Embedding:
    """A face at exactly this cosine distance of another one, in a direction of its own."""
    aside = face(100_000 + towards, of.shape[0])
    aside = unit(aside - (aside @ of) * of)
    cosine = 1.0 - distance
    return unit(np.asarray(cosine * of + np.sqrt(1.0 - cosine**2) * aside, np.float32))


def good(embedding: Embedding, score: float = 0.5) -> GoodFace:
    """A face that may be matched, of which only the vector and the score matter."""
    return GoodFace(NOWHERE, Quality(100, 100, 100, 0.0, score), embedding)


Faces = Callable[..., Embedding]


@pytest.fixture
def alice() -> Embedding:
    return face(1)


@pytest.fixture
def bob() -> Embedding:
    return face(2)

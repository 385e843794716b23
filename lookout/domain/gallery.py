"""The known faces, in memory: one matrix of all vectors, and how a person's vectors are packed for storage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookout.domain.face import Embedding
from lookout.errors import CorruptGallery

PACKED_DTYPE = np.dtype("<f2")
"""Vectors are stored as little-endian float16: half the bytes, and a cosine distance changes by < 0.001."""

LENGTH_TOLERANCE = 0.05
"""What a stored vector's length may be off; beyond it the bytes are damaged."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonVectors:
    """One person's vectors: ``vectors`` of shape ``(n, d)``, float32, row ``i`` from photo ``photo_ids[i]``."""

    person_id: str
    name: str
    model_id: str
    vectors: NDArray[np.float32]
    photo_ids: tuple[str, ...]

    def with_photo(self, photo_id: str, vector: Embedding) -> PersonVectors:
        """The same person with the vector of ``photo_id`` added, or replaced when it is there already."""
        rest = self.without_photo(photo_id)
        stacked = np.vstack([rest.vectors.reshape(-1, vector.shape[0]), vector[None, :]])
        return PersonVectors(self.person_id, self.name, self.model_id, stacked, (*rest.photo_ids, photo_id))

    def without_photo(self, photo_id: str) -> PersonVectors:
        """The same person without ``photo_id``; unchanged when it has no vector."""
        kept = [row for row, known in enumerate(self.photo_ids) if known != photo_id]
        photo_ids = tuple(self.photo_ids[row] for row in kept)
        return PersonVectors(self.person_id, self.name, self.model_id, self.vectors[kept], photo_ids)


def pack(vectors: NDArray[np.float32]) -> bytes:
    """Vectors of shape ``(n, d)`` as bytes, row by row, float16."""
    return np.ascontiguousarray(vectors, dtype=PACKED_DTYPE).tobytes()


def unpack(data: bytes, count: int, dimension: int | None = None) -> NDArray[np.float32]:
    """The ``count`` vectors of :func:`pack` again, shape ``(count, d)``, float32, each of length 1.

    ``dimension`` is the ``d`` there must be; without it any ``d`` will do that divides the bytes.

    Raises:
        CorruptGallery: the bytes do not divide into ``count`` vectors, or hold something that is no vector.
    """
    if count == 0 and not data:
        return np.empty((0, 0), np.float32)
    if count <= 0 or not data or len(data) % (count * PACKED_DTYPE.itemsize):
        raise CorruptGallery(
            f"{len(data)} bytes are not {count} vectors; delete and upload the photos again."
        )
    vectors = np.frombuffer(data, PACKED_DTYPE).reshape(count, -1).astype(np.float32)
    if dimension is not None and vectors.shape[1] != dimension:
        raise CorruptGallery(
            f"the stored vectors have {vectors.shape[1]} numbers instead of {dimension}; "
            "delete and upload the photos again."
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # float16 moves a length by less than 0.001; a NaN fails the comparison
    if not (np.abs(lengths - 1.0) < LENGTH_TOLERANCE).all():
        raise CorruptGallery("a stored vector is not of length 1; delete and upload the photos again.")
    unit: NDArray[np.float32] = vectors / lengths
    return unit


class Gallery:
    """All people of one model, ready to be matched. Immutable: a change makes a new one.

    ``matrix`` has shape ``(n, d)``, float32, C-contiguous, people after one another; person ``i`` owns the
    rows from ``starts[i]`` up to the next start.
    """

    def __init__(self, model_id: str, people: Iterable[PersonVectors] = ()) -> None:
        self.model_id = model_id
        # a person without vectors, or with another model's, can never match: kept out, not compared
        self.people = tuple(p for p in people if p.model_id == model_id and len(p.vectors))
        counts = [len(person.vectors) for person in self.people]
        self.starts: NDArray[np.intp] = np.cumsum([0, *counts[:-1]], dtype=np.intp)[: len(counts)]
        self.matrix: NDArray[np.float32] = (
            np.ascontiguousarray(np.vstack([person.vectors for person in self.people]))
            if self.people
            else np.empty((0, 0), np.float32)
        )

    def __len__(self) -> int:
        """How many people can be recognised."""
        return len(self.people)

    def updated(self, changed: Iterable[PersonVectors], removed: Iterable[str] = ()) -> Gallery:
        """A gallery in which ``changed`` people replace their old selves and ``removed`` ids are gone."""
        people = {person.person_id: person for person in self.people}
        people.update((person.person_id, person) for person in changed)
        for person_id in removed:
            people.pop(person_id, None)
        return Gallery(self.model_id, people.values())

"""The known faces, in memory: one matrix of all vectors, and how a person's vectors are packed for storage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.rule import Rule
from lookout.domain.recognition.templates import Templates, templates
from lookout.errors import CorruptGallery

PACKED_DTYPE = np.dtype("<f2")
"""Vectors are stored as little-endian float16: half the bytes, and a cosine distance changes by < 0.001."""

LENGTH_TOLERANCE = 0.05
"""What a stored vector's length may be off; beyond it the bytes are damaged."""


NEGATIVES_KEPT = 50
"""Corrections remembered per person, the latest ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Negative:
    """A face that an owner said is not the person: that of alert ``alert_id``, its ``vector`` of shape ``(d,)``.

    ``person_id`` is whose face it is, None when that was not said.
    """

    alert_id: str
    person_id: str | None
    model_id: str
    vector: Embedding


@dataclass(frozen=True, slots=True, eq=False)
class PersonVectors:
    """One person's vectors: ``vectors`` of shape ``(n, d)``, float32, row ``i`` from photo ``photo_ids[i]``.

    A ``muted`` person is recognised and makes no alerts. After ``consent_ends`` nobody is matched with the person.
    ``lookalikes`` are the people whose photos are hard to tell from this one's: id to the distance of the closest.
    """

    person_id: str
    name: str
    model_id: str
    vectors: NDArray[np.float32]
    photo_ids: tuple[str, ...]
    muted: bool = False
    consent_ends: datetime | None = None
    negatives: tuple[Negative, ...] = ()
    lookalikes: Mapping[str, float] = field(default_factory=dict)

    def with_photo(self, photo_id: str, vector: Embedding) -> PersonVectors:
        """The same person with the vector of ``photo_id`` added, or replaced when it is there already."""
        rest = self.without_photo(photo_id)
        stacked = np.vstack([rest.vectors.reshape(-1, vector.shape[0]), vector[None, :]])
        return replace(rest, vectors=stacked, photo_ids=(*rest.photo_ids, photo_id))

    def without_photo(self, photo_id: str) -> PersonVectors:
        """The same person without ``photo_id``; unchanged when it has no vector."""
        kept = [row for row, known in enumerate(self.photo_ids) if known != photo_id]
        photo_ids = tuple(self.photo_ids[row] for row in kept)
        return replace(self, vectors=self.vectors[kept], photo_ids=photo_ids)


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
        self._templates: tuple[Rule, Templates] | None = None
        self._negatives = {
            person.person_id: np.vstack(own)
            for person in self.people
            if (own := [negative.vector for negative in person.negatives if negative.model_id == model_id])
        }
        self._muted = {person.person_id for person in self.people if person.muted}
        self._lookalikes = {
            frozenset((person.person_id, other)): distance
            for person in self.people
            for other, distance in person.lookalikes.items()
        }
        ends = [person.consent_ends for person in self.people if person.consent_ends is not None]
        self._next_end = min(ends, default=None)

    def __len__(self) -> int:
        """How many people can be recognised."""
        return len(self.people)

    def templates(self, rule: Rule) -> Templates:
        """What the people are matched by, one row each in their order; kept for the rule asked for last."""
        # two threads that ask at once work it out twice, and alike
        kept = self._templates
        if kept is None or kept[0] != rule:
            self._templates = kept = rule, templates(self.matrix, self.starts, rule)
        return kept[1]

    def is_muted(self, person_id: str | None) -> bool:
        """Whether it is a muted person."""
        return person_id in self._muted

    def negative_distance(self, person_id: str, embedding: Embedding) -> float:
        """Cosine distance of the nearest face that is known not to be the person; infinite without one."""
        negatives = self._negatives.get(person_id)
        return float("inf") if negatives is None else float(1.0 - (negatives @ embedding).max())

    def lookalike_distance(self, one: str, other: str) -> float | None:
        """How close the photos of two people come to one another; None for two who are told apart easily."""
        return self._lookalikes.get(frozenset((one, other)))

    def consenting(self, at: datetime) -> Gallery:
        """The people whose consent has not ended ``at`` a moment: mostly this very gallery."""
        if self._next_end is None or at < self._next_end:
            return self
        kept = [person for person in self.people if person.consent_ends is None or at < person.consent_ends]
        return Gallery(self.model_id, kept)

    def updated(self, changed: Iterable[PersonVectors], removed: Iterable[str] = ()) -> Gallery:
        """A gallery in which ``changed`` people replace their old selves and ``removed`` ids are gone."""
        people = {person.person_id: person for person in self.people}
        people.update((person.person_id, person) for person in changed)
        for person_id in removed:
            people.pop(person_id, None)
        return Gallery(self.model_id, people.values())

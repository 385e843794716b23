"""Strangers: unknown faces that come back, recognised by the faces of their earlier visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import Match, match, one_face_each
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Rule
from lookout.domain.visits.visit import Sighting

VECTORS_KEPT = 8
"""Faces remembered of a stranger, one a visit."""


@dataclass(frozen=True, slots=True, eq=False)
class Stranger:
    """``vectors`` of shape ``(n, d)``, float32, row ``i`` from alert ``alert_ids[i]``.

    No alerts are made of a ``muted`` one (stored as ``ignored``). ``person``: id and name of the person that the
    stranger is being made; ``muted`` is then whether that person is.
    """

    id: str
    vectors: NDArray[np.float32]
    alert_ids: tuple[str, ...]
    muted: bool
    person: tuple[str, str] | None
    expire_at: datetime

    def with_face(self, alert_id: str, vector: Embedding) -> Stranger:
        """The same stranger seen once more. Of too many faces, one of the two most alike is dropped."""
        vectors, alert_ids = np.vstack([self.vectors, vector[None, :]]), (*self.alert_ids, alert_id)
        if len(vectors) > VECTORS_KEPT:
            likeness = np.triu(vectors @ vectors.T, 1) - np.tri(len(vectors)) * 4.0
            one, _ = divmod(int(likeness.argmax()), len(vectors))
            vectors, alert_ids = np.delete(vectors, one, 0), (*alert_ids[:one], *alert_ids[one + 1 :])
        return replace(self, vectors=vectors, alert_ids=alert_ids)


class Strangers:
    """The strangers of one model that are remembered ``at`` a moment. Immutable."""

    def __init__(self, model_id: str, strangers: Iterable[Stranger], at: datetime) -> None:
        self._of_id = {one.id: one for one in strangers if one.expire_at > at}
        self._gallery = Gallery(
            model_id,
            (PersonVectors(one.id, "", model_id, one.vectors, one.alert_ids) for one in self._of_id.values()),
        )

    def __len__(self) -> int:
        return len(self._of_id)

    def __getitem__(self, stranger_id: str) -> Stranger:
        return self._of_id[stranger_id]

    def __contains__(self, stranger_id: object) -> bool:
        return stranger_id in self._of_id

    def recognise(self, sightings: Sequence[Sighting], rule: Rule, room: int) -> list[Sighting]:
        """The sightings of one frame, the unknown ones with the stranger that each is.

        A stranger is one face of a frame, the nearest. One who is being named is that person already, and the
        person is one face of the frame too. With no ``room`` left for more strangers, a face that was never seen
        is not remembered.
        """
        unknown = [index for index, one in enumerate(sightings) if one.match.reason is Reason.UNKNOWN]
        faces = [sightings[index].embedding for index in unknown]
        found = match(faces, self._gallery, rule, 0.0)
        recognised = list(sightings)
        taken: set[str] = set()
        for index, nearest in sorted(zip(unknown, found, strict=True), key=_distance):
            stranger = self._of_id.get(nearest.person_id or "")
            sighting = sightings[index]
            if stranger is None:
                recognised[index] = replace(sighting, may_be_stranger=room > len(self))
            elif stranger.person is not None:
                person_id, name = stranger.person
                named = replace(nearest, person_id=person_id, name=name, candidates=())
                recognised[index] = replace(sighting, match=named, muted=stranger.muted, is_being_named=True)
            elif stranger.id in taken:
                recognised[index] = replace(sighting, may_be_stranger=False, muted=stranger.muted)
            else:
                taken.add(stranger.id)
                recognised[index] = replace(sighting, stranger_id=stranger.id, muted=stranger.muted)
        distinct = one_face_each([one.match for one in recognised], [one.face.box for one in recognised])
        return [
            one if match is one.match else replace(one, match=match)
            for one, match in zip(recognised, distinct, strict=True)
        ]


def _distance(found: tuple[int, Match]) -> float:
    distance = found[1].distance
    return float("inf") if distance is None else distance

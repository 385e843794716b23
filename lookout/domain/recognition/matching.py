"""Who is it? Embeddings against the gallery: per-person distance, threshold, margin, confidence."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lookout.domain.people.requests import same_name
from lookout.domain.recognition.face import Box, Embedding
from lookout.domain.recognition.gallery import Gallery
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Rule

SHORTLIST = 16
"""The nearest people, among whom those are sought whom no correction keeps away."""

LOOKALIKE_SHARE = 0.5
"""Two people whose photos come closer than the threshold need a larger margin: by this share of how much closer.
Below the threshold their distances say little; the closer they are, the less."""

ONE_FACE_OVERLAP = 0.2
"""Two boxes are one face, found twice or doubled by a pane of glass, when this share of the smaller is covered.
The faces of two people cheek to cheek cover less of each other."""

UNKNOWN_NAME = "Unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person a face may be, how far away, and how near is near enough. ``photos``: how many the person has."""

    person_id: str
    name: str
    distance: float
    threshold: float
    photos: int


@dataclass(frozen=True, slots=True)
class Match:
    """What a face was found to be.

    ``reason`` is ``known``, ``unknown`` or ``ambiguous``. ``distance`` and ``confidence`` are those of the
    nearest person, also when that is too far to be named; with an empty gallery None and 0.
    ``candidates`` are the nearest people, closest first: two where the gallery has them.
    """

    reason: Reason
    person_id: str | None
    name: str
    distance: float | None
    confidence: float
    candidates: tuple[Candidate, ...]

    @property
    def is_known(self) -> bool:
        """Whether the face has been given a name."""
        return self.reason is Reason.KNOWN


NOBODY = Match(Reason.UNKNOWN, None, UNKNOWN_NAME, None, 0.0, ())
"""A face that is like nobody's."""


def match(
    embeddings: Sequence[Embedding] | NDArray[np.float32], gallery: Gallery, rule: Rule, margin: float
) -> list[Match]:
    """Match each of ``embeddings``, rows of shape ``(d,)``, L2-normalised, against the gallery.

    A person's distance is that to the mean of the person's vectors. Known when the nearest person is near enough
    by the ``rule`` and the second-nearest at least ``margin`` farther, more for two look-alikes; ``ambiguous``
    when only the margin is missing. A face that is nearer to one that an owner said is not the person than to the
    person is not that person. People whose names look alike are one and the same here: none keeps another from
    being named.
    """
    if not len(embeddings):
        return []
    if not len(gallery):
        return [NOBODY] * len(embeddings)
    faces = np.asarray(embeddings, np.float32)
    distances = gallery.templates(rule).distances(faces, rule)
    return [
        _verdict(_nearest(row, distances[:, index], gallery, rule), gallery, rule, margin)
        for index, row in enumerate(faces)
    ]


def one_face_each(matches: Sequence[Match], boxes: Sequence[Box]) -> list[Match]:
    """The matches of the faces of one frame, so that a person is one face of it: the nearest.

    Nobody is in two places, so that of two faces with one name one is a photo, a mirror or a look-alike. The
    others are ``ambiguous``, but for those whose box overlaps that of the person's face: they are the same face.
    """
    distinct = list(matches)
    of_person: dict[str | None, int] = {}
    known = [index for index, one in enumerate(matches) if one.is_known]
    for index in sorted(known, key=lambda index: (matches[index].distance or 0.0, index)):
        first = of_person.setdefault(matches[index].person_id, index)
        if first != index and boxes[first].overlap(boxes[index]) < ONE_FACE_OVERLAP:
            distinct[index] = replace(
                matches[index], reason=Reason.AMBIGUOUS, person_id=None, name=UNKNOWN_NAME
            )
    return distinct


def _nearest(
    embedding: NDArray[np.float32], distances: NDArray[np.float32], gallery: Gallery, rule: Rule
) -> list[Candidate]:
    """Who the face may be, closest first."""
    people = gallery.templates(rule)
    count = min(SHORTLIST, len(distances))
    shortlist = np.argpartition(distances, count - 1)[:count]
    candidates = []
    for index in shortlist:
        person = gallery.people[index]
        negative = gallery.negative_distance(person.person_id, embedding)
        # that to a correction is not shifted, so neither is what it is held against
        if negative < 1.0 - float(people.means[index] @ embedding):
            continue
        candidates.append(
            Candidate(
                person.person_id,
                person.name,
                float(distances[index]),
                float(people.thresholds[index]),
                int(people.photos[index]),
            )
        )
    # the id breaks a tie, so that the same frame gets the same answer on every instance
    candidates.sort(key=lambda candidate: (candidate.distance, candidate.person_id))
    return candidates


def _verdict(ranked: Sequence[Candidate], gallery: Gallery, rule: Rule, margin: float) -> Match:
    if not ranked:
        return NOBODY
    best, *rest = ranked
    others = (one for one in rest if not same_name(one.name, best.name))
    nearest = (best, *itertools.islice(others, 1))
    confidence = rule.confidence(best.distance, best.photos)
    if best.distance > best.threshold:
        return Match(Reason.UNKNOWN, None, UNKNOWN_NAME, best.distance, confidence, nearest)
    if len(nearest) > 1:
        closest = gallery.lookalike_distance(best.person_id, nearest[1].person_id)
        if closest is not None:
            margin += LOOKALIKE_SHARE * max(0.0, rule.threshold - closest)
        if nearest[1].distance - best.distance < margin:
            return Match(Reason.AMBIGUOUS, None, UNKNOWN_NAME, best.distance, confidence, nearest)
    # always the same one of those of a name, so that a visit stays one
    alike = [one for one in ranked if one.distance <= one.threshold and same_name(one.name, best.name)]
    named = min(alike, key=lambda one: one.person_id)
    return Match(Reason.KNOWN, named.person_id, named.name, best.distance, confidence, nearest)

"""Who is it? Embeddings against the gallery: per-person distance, threshold, margin, confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lookout.domain.face import Box, Embedding
from lookout.domain.gallery import Gallery
from lookout.domain.reason import Reason

CLOSEST = 3
"""A person's distance is the mean over this many closest vectors: one lucky photo does not make a match."""

OUTLIER = 0.15
"""Of those, a vector this much farther than the closest is dropped: one bad photo does not spoil a match."""

SHORTLIST = 16
"""People whose distance is worked out exactly: those with the closest single vectors. A person's distance is
never below that of the closest vector, so only near-ties beyond the sixteenth person could be missed."""

LOOKALIKE_SHARE = 0.5
"""Two people whose photos come closer than the threshold need a larger margin: by this share of how much closer.
Below the threshold their distances say little; the closer they are, the less."""

ONE_FACE_OVERLAP = 0.2
"""Two boxes are one face, found twice or doubled by a pane of glass, when this share of the smaller is covered.
The faces of two people cheek to cheek cover less of each other."""

UNKNOWN_NAME = "Unknown"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a cosine distance into the probability that two faces are the same person.

    A logistic curve, falling with the distance: 0.5 at ``midpoint``, and the steeper the larger ``slope``.
    Both belong to a model and stand, with their source, in ``models/manifest.json``.
    """

    midpoint: float
    slope: float

    def confidence(self, distance: float) -> float:
        """Probability from 0 to 1 of a cosine distance from 0 to 2."""
        return 1.0 / (1.0 + math.exp(min(60.0, self.slope * (distance - self.midpoint))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person a face may be, and how far away."""

    person_id: str
    name: str
    distance: float


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
    embeddings: Sequence[Embedding] | NDArray[np.float32],
    gallery: Gallery,
    threshold: float,
    margin: float,
    calibration: Calibration,
) -> list[Match]:
    """Match each of ``embeddings``, rows of shape ``(d,)``, L2-normalised, against the gallery.

    Known when the nearest person is at most ``threshold`` away (cosine distance) and the second-nearest at
    least ``margin`` farther, more for two look-alikes; ``ambiguous`` when only the margin is missing. A face that
    is nearer to one that an owner said is not the person than to the person's own photos is not that person.
    """
    if not len(embeddings):
        return []
    if not len(gallery):
        return [NOBODY] * len(embeddings)
    return [_verdict(_nearest(row, gallery), gallery, threshold, margin, calibration) for row in embeddings]


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


def _nearest(embedding: NDArray[np.float32], gallery: Gallery) -> tuple[Candidate, ...]:
    similarity = gallery.matrix @ embedding
    best = np.maximum.reduceat(similarity, gallery.starts)
    count = min(SHORTLIST, len(best))
    shortlist = np.argpartition(-best, count - 1)[:count]
    ends = np.append(gallery.starts[1:], len(similarity))
    candidates = []
    for index in shortlist:
        person = gallery.people[index]
        distance = person_distance(1.0 - similarity[gallery.starts[index] : ends[index]])
        if gallery.negative_distance(person.person_id, embedding) < distance:
            continue
        candidates.append(Candidate(person.person_id, person.name, distance))
    # the id breaks a tie, so that the same frame gets the same answer on every instance
    candidates.sort(key=lambda candidate: (candidate.distance, candidate.person_id))
    return tuple(candidates[:2])


def person_distance(distances: NDArray[np.float32]) -> float:
    """One distance out of those to each vector of a person, shape ``(n,)``: the closest few, outliers dropped."""
    closest = np.sort(distances)[:CLOSEST]
    kept = closest[closest <= closest[0] + OUTLIER]
    # rounding can push the distance of a vector to itself just below zero
    return max(0.0, float(kept.mean()))


def _verdict(
    nearest: tuple[Candidate, ...],
    gallery: Gallery,
    threshold: float,
    margin: float,
    calibration: Calibration,
) -> Match:
    if not nearest:
        return NOBODY
    best = nearest[0]
    confidence = calibration.confidence(best.distance)
    if best.distance > threshold:
        return Match(Reason.UNKNOWN, None, UNKNOWN_NAME, best.distance, confidence, nearest)
    if len(nearest) > 1:
        closest = gallery.lookalike_distance(best.person_id, nearest[1].person_id)
        if closest is not None:
            margin += LOOKALIKE_SHARE * max(0.0, threshold - closest)
        if nearest[1].distance - best.distance < margin:
            return Match(Reason.AMBIGUOUS, None, UNKNOWN_NAME, best.distance, confidence, nearest)
    return Match(Reason.KNOWN, best.person_id, best.name, best.distance, confidence, nearest)

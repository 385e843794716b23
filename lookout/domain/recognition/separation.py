"""How far apart one's own people are: the distances within and between them, and who is near whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookout.domain.people.requests import same_name
from lookout.domain.recognition.gallery import Gallery
from lookout.domain.recognition.rule import Rule
from lookout.domain.recognition.templates import left_out

PEOPLE = 1000
"""People who are compared, the first by their ids."""

PHOTOS = 20
"""Photos of one person that are compared with the others, the first ones."""

PAIRS = 50
"""Pairs of people that are told, the nearest ones."""

FARTHEST = 5
"""Photos of one person that are told, those that are farthest from the person's others."""

WIDTH = 0.02
BINS = 60
"""Distances are counted in bins of ``WIDTH`` from 0 on; the last one has all that are farther."""

BLOCK = 4096
"""Photos that are compared at once: with 1,000 people 16 MB."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two people. ``distance``: of the photo of either that is nearest to the other. ``gap``: by how much at least
    a photo of either is nearer to its own person, negative where one is nearer to the other; None where neither
    has a second photo to tell by."""

    person_id: str
    other_id: str
    distance: float
    gap: float | None


@dataclass(frozen=True, slots=True)
class OwnPhotos:
    """A person's photos, each against the person's others: the ``farthest`` by their ids, farthest first; none of
    a person with one photo. ``threshold`` is the largest distance at which the person is known."""

    person_id: str
    photos: int
    threshold: float
    farthest: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Separation:
    """``within``: each photo's distance to its person's others; ``between``: to every other person. Both as counts
    by :data:`BINS`. ``left_out``: people beyond :data:`PEOPLE`."""

    within: tuple[int, ...]
    between: tuple[int, ...]
    nearest: tuple[NearPair, ...]
    people: tuple[OwnPhotos, ...]
    left_out: int


def separation(gallery: Gallery, rule: Rule) -> Separation:
    """The separation of the people of a gallery, by the distances that the ``rule`` takes faces for people by."""
    everybody = sorted(gallery.people, key=lambda person: person.person_id)
    some = Gallery(gallery.model_id, everybody[:PEOPLE])
    if not len(some):
        return Separation((0,) * BINS, (0,) * BINS, (), (), 0)
    own = _own(some, rule)
    nearest, gaps, between = _between(some, rule, own)
    return Separation(
        within=_counted(own[np.isfinite(own)]),
        between=tuple(int(count) for count in between),
        nearest=_pairs(some, nearest, gaps),
        people=_photos(some, rule, own),
        left_out=len(everybody) - len(some),
    )


def _own(gallery: Gallery, rule: Rule) -> Floats:
    """Each photo's distance to its person's others, shape ``(n,)``; NaN for an only photo."""
    templates = gallery.templates(rule)
    distances, shifts = left_out(gallery.matrix, gallery.starts, rule)
    weights = np.repeat(templates.weights, templates.photos)
    own = np.maximum(distances + weights * shifts, 0).astype(np.float32)
    own[np.repeat(templates.photos, templates.photos) == 1] = np.nan
    return own


def _between(gallery: Gallery, rule: Rule, own: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Of each person (column) to each other one (row), shape ``(p, p)``: the smallest distance of a photo, and
    the smallest gap to the photo's own person (infinite without one); and how many distances each bin has."""
    templates = gallery.templates(rule)
    count = len(gallery)
    rows = [
        int(start) + photo
        for start, photos in zip(gallery.starts, templates.photos, strict=True)
        for photo in range(min(int(photos), PHOTOS))
    ]
    owner = np.repeat(np.arange(count), np.minimum(templates.photos, PHOTOS))
    nearest = np.full((count, count), np.inf, np.float32)
    gaps = np.full((count, count), np.inf, np.float32)
    bins = np.zeros(BINS, np.int64)
    for at in range(0, len(rows), BLOCK):
        block, owners = rows[at : at + BLOCK], owner[at : at + BLOCK]
        distances = templates.distances(gallery.matrix[block], rule)
        distances[owners, np.arange(len(block))] = np.inf
        bins += _counted_array(distances[np.isfinite(distances)])
        gap = distances - np.nan_to_num(own[block], nan=-np.inf)
        # a person's photos follow one another, and may go on in the next block
        people, starts = np.unique(owners, return_index=True)
        for found, values in ((nearest, distances), (gaps, gap)):
            smallest = np.minimum.reduceat(values, starts, axis=1)
            found[:, people] = np.minimum(found[:, people], smallest)
    return nearest, gaps, bins


def _pairs(gallery: Gallery, nearest: Floats, gaps: Floats) -> tuple[NearPair, ...]:
    nearest, gaps = np.minimum(nearest, nearest.T), np.minimum(gaps, gaps.T)
    first, second = np.triu_indices(len(gallery), 1)
    order = np.argsort(nearest[first, second], kind="stable")
    found: list[NearPair] = []
    for pair in order:
        one, other = gallery.people[first[pair]], gallery.people[second[pair]]
        # people whose names look alike are one and the same
        if same_name(one.name, other.name):
            continue
        distance, gap = (float(values[first[pair], second[pair]]) for values in (nearest, gaps))
        told = round(gap, 4) if np.isfinite(gap) else None
        found.append(NearPair(one.person_id, other.person_id, round(distance, 4), told))
        if len(found) == PAIRS:
            break
    return tuple(found)


def _photos(gallery: Gallery, rule: Rule, own: Floats) -> tuple[OwnPhotos, ...]:
    templates = gallery.templates(rule)
    return tuple(
        OwnPhotos(
            person.person_id,
            len(person.photo_ids),
            round(float(threshold), 4),
            _farthest(person.photo_ids, own[start : start + len(person.photo_ids)]),
        )
        for person, start, threshold in zip(gallery.people, gallery.starts, templates.thresholds, strict=True)
    )


def _farthest(photo_ids: Sequence[str], own: Floats) -> tuple[tuple[str, float], ...]:
    known = [(one, round(float(distance), 4)) for one, distance in zip(photo_ids, own, strict=True)]
    told = sorted((one for one in known if one[1] == one[1]), key=lambda one: (-one[1], one[0]))
    return tuple(told[:FARTHEST])


def _counted(distances: Floats) -> tuple[int, ...]:
    return tuple(int(count) for count in _counted_array(distances))


def _counted_array(distances: Floats) -> NDArray[np.int64]:
    index = np.minimum((distances / WIDTH).astype(np.int64), BINS - 1)
    return np.bincount(index, minlength=BINS)

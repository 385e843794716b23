"""How far apart people are, as owners see it: by the very distances that faces are named by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lookout.domain.recognition import separation as subject
from lookout.domain.recognition.cohort import Cohort
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import match
from lookout.domain.recognition.rule import Calibration, Rule
from lookout.domain.recognition.separation import BINS, PAIRS, WIDTH, NearPair, separation
from lookout.domain.recognition.templates import left_out

CURVE = Calibration(0.5, 50.0)
PLAIN = Rule.plain(0.5, CURVE)


def person(person_id: str, vectors: NDArray[np.floating[Any]], name: str | None = None) -> PersonVectors:
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    photos = tuple(f"{number}.jpg" for number in range(len(unit)))
    return PersonVectors(person_id, name or person_id, "m", unit, photos)


def at(*degrees: float) -> NDArray[np.float32]:
    """Faces in a plane, so that their distances are known."""
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def distance(degrees: float) -> float:
    return float(1 - np.cos(np.radians(degrees)))


def crowd(seed: int, people: int, photos: int, dimension: int = 32) -> Gallery:
    """People whose photos scatter about a face of their own."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(people):
        face = random.normal(size=dimension)
        count = int(random.integers(1, photos + 1))
        made.append(person(f"p{number:03}", face + random.normal(size=(count, dimension)) * 0.6))
    return Gallery("m", made)


def a_cohort(seed: int = 5, dimension: int = 32) -> Cohort:
    faces = np.random.default_rng(seed).normal(size=(16, dimension)).astype(np.float32)
    return Cohort(faces / np.linalg.norm(faces, axis=1, keepdims=True), 0.6, (0.35, 0.15))


def test_nobody_and_one_photo_have_nothing_to_be_told_apart() -> None:
    nobody = separation(Gallery("m"), PLAIN)
    assert (sum(nobody.within), sum(nobody.between), nobody.nearest, nobody.people) == (0, 0, (), ())
    alone = separation(Gallery("m", [person("Anna", at(0))]), PLAIN)
    assert (sum(alone.within), sum(alone.between), alone.nearest) == (0, 0, ())
    assert [(one.person_id, one.photos, one.farthest) for one in alone.people] == [("Anna", 1, ())]


def test_people_of_one_photo_each_are_compared_and_nobody_can_say_how_far_their_own_photos_are() -> None:
    found = separation(Gallery("m", [person("Anna", at(0)), person("Beth", at(30))]), PLAIN)
    assert sum(found.within) == 0
    assert sum(found.between) == 2
    assert found.between[int(distance(30) / WIDTH)] == 2
    assert found.nearest == (NearPair("Anna", "Beth", round(distance(30), 4), None),)


def test_a_photo_that_is_nearer_to_somebody_else_has_a_gap_below_zero() -> None:
    # of Anna's photos one lies where Beth is
    people = [person("Anna", at(0, 0, 60)), person("Beth", at(62, 62))]
    found = separation(Gallery("m", people), PLAIN)
    (pair,) = found.nearest
    assert pair.distance == pytest.approx(distance(2), abs=1e-3)
    assert pair.gap is not None
    assert pair.gap == pytest.approx(distance(2) - distance(60), abs=1e-3)
    anna = found.people[0]
    assert anna.farthest[0][0] == "2.jpg"
    assert anna.farthest[0][1] == pytest.approx(distance(60), abs=1e-3)


def test_people_whose_names_look_alike_are_one_and_are_not_confused() -> None:
    people = [person("Anna", at(0)), person("a", at(1), name="ANNA"), person("Beth", at(50))]
    pairs = {(pair.person_id, pair.other_id) for pair in separation(Gallery("m", people), PLAIN).nearest}
    assert pairs == {("Anna", "Beth"), ("Beth", "a")}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cohort", [None, a_cohort()])
def test_every_distance_is_the_one_that_faces_are_named_by(seed: int, cohort: Cohort | None) -> None:
    rule = Rule(0.5, 0.52, 0.5, CURVE, CURVE, 0.02, 0.05, cohort)
    gallery = crowd(seed, 12, 6)
    found = separation(gallery, rule)
    between: list[float] = []
    pairs: dict[tuple[str, str], float] = {}
    for one in gallery.people:
        for other in gallery.people:
            if one is other:
                continue
            # alone in the gallery, the other's distance is what the match says
            matches = match(one.vectors, gallery_of(gallery, other), rule, 0.0)
            distances = [found.distance for found in matches if found.distance is not None]
            between += distances
            key = (min(one.person_id, other.person_id), max(one.person_id, other.person_id))
            pairs[key] = min([pairs.get(key, 9.0), *distances])
    assert found.between == counted(between)
    told = {(pair.person_id, pair.other_id): pair.distance for pair in found.nearest}
    nearest = dict(sorted(pairs.items(), key=lambda item: item[1])[:PAIRS])
    assert told == pytest.approx(nearest, abs=1e-3)
    assert [one.threshold for one in found.people] == pytest.approx(
        list(gallery.templates(rule).thresholds), abs=1e-4
    )
    assert sum(found.within) == sum(one.photos for one in found.people if one.photos > 1)


def gallery_of(gallery: Gallery, one: PersonVectors) -> Gallery:
    return Gallery(gallery.model_id, [one])


def counted(distances: list[float]) -> tuple[int, ...]:
    bins = [0] * BINS
    for one in distances:
        bins[min(int(np.float32(one) / WIDTH), BINS - 1)] += 1
    return tuple(bins)


def test_own_photos_are_measured_with_the_weight_that_the_person_has() -> None:
    rule = Rule(0.3, 0.3, 0.3, CURVE, CURVE, 0.0, 0.0, a_cohort())
    gallery = crowd(3, 5, 6)
    found = separation(gallery, rule)
    templates = gallery.templates(rule)
    distances, shifts = left_out(gallery.matrix, gallery.starts, rule)
    for row, one in enumerate(found.people):
        start, photos = int(gallery.starts[row]), one.photos
        own = distances[start : start + photos] + templates.weights[row] * shifts[start : start + photos]
        expected = [] if photos == 1 else sorted(np.maximum(own, 0), reverse=True)[:5]
        assert [far for _, far in one.farthest] == pytest.approx(expected, abs=1e-4)


def test_so_many_people_and_photos_are_compared_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PEOPLE", 5)
    monkeypatch.setattr(subject, "PHOTOS", 2)
    monkeypatch.setattr(subject, "BLOCK", 3)
    gallery = crowd(1, 8, 4)
    found = separation(gallery, PLAIN)
    assert found.left_out == 3
    assert [one.person_id for one in found.people] == [f"p{number:03}" for number in range(5)]
    compared = sum(min(one.photos, 2) for one in found.people)
    assert sum(found.between) == compared * 4


def test_a_thousand_people_are_compared_and_fifty_pairs_are_told() -> None:
    random = np.random.default_rng(0)
    people = [person(f"p{number:04}", random.normal(size=(2, 512))) for number in range(1000)]
    found = separation(Gallery("m", people), PLAIN)
    assert found.left_out == 0
    assert sum(found.between) == 2 * 1000 * 999
    assert len(found.nearest) == PAIRS
    assert [pair.distance for pair in found.nearest] == sorted(pair.distance for pair in found.nearest)

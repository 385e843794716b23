"""What a person's own photos, and the crowd, say of how near is near enough."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lookout.domain.recognition.cohort import Cohort
from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import match
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Calibration, Rule
from lookout.domain.recognition.templates import templates
from tests.unit.domain.conftest import at, face

CURVE = Calibration(0.55, 50.0)
RULE = Rule(0.5, 0.45, 0.5, CURVE, CURVE, stricter=0.04, wider=0.03)


def crowd(centre: Embedding, spread: float = 0.3) -> NDArray[np.float32]:
    """Twenty faces about ``centre``."""
    return np.stack([at(spread, centre, towards=200 + step) for step in range(20)])


def of(*vectors: Embedding, rule: Rule = RULE) -> tuple[float, float]:
    """The threshold and the cohort's weight of one person."""
    found = templates(np.stack(vectors), np.zeros(1, np.intp), rule)
    return float(found.thresholds[0]), float(found.weights[0])


def photos(count: int, apart: float, centre: Embedding) -> list[Embedding]:
    return [at(apart, centre, towards=60 + step) for step in range(count)]


def test_a_single_photo_has_a_threshold_of_its_own(alice: Embedding) -> None:
    assert of(alice)[0] == pytest.approx(0.45)


def test_photos_close_to_one_another_ask_for_less_within_bounds(alice: Embedding) -> None:
    assert of(*photos(3, 0.02, alice))[0] == pytest.approx(0.46)


def test_photos_as_they_usually_are_leave_the_threshold(alice: Embedding) -> None:
    assert of(*photos(4, 0.25, alice))[0] == pytest.approx(0.5)


def test_photos_that_would_be_missed_ask_for_more_within_bounds(alice: Embedding) -> None:
    assert of(at(0.0, alice), at(0.515, alice))[0] == pytest.approx(0.515, abs=1e-3)
    assert of(at(0.0, alice), at(0.9, alice))[0] == pytest.approx(0.53)


def test_one_bad_photo_among_five_asks_for_nothing(alice: Embedding) -> None:
    assert of(*photos(4, 0.25, alice), face(50))[0] == pytest.approx(0.5)


def test_an_owners_threshold_holds_for_everybody(alice: Embedding) -> None:
    rule = RULE.with_threshold(0.3)
    assert of(alice, rule=rule)[0] == pytest.approx(0.3)
    assert of(*photos(3, 0.02, alice), rule=rule)[0] == pytest.approx(0.3)
    assert RULE.with_threshold(None) is RULE


def test_faces_close_to_the_crowd_are_moved_apart_and_others_hardly(alice: Embedding, bob: Embedding) -> None:
    """What keeps a neighbour's child from getting the name of one's own."""
    cohort = Cohort(crowd(alice), median=0.8, weights=(0.35, 0.25))
    rule = replace(RULE, cohort=cohort)
    child, adult = at(0.3, alice, towards=1), bob
    near_child, near_adult = at(0.4, child, towards=2), at(0.4, adult, towards=3)
    gallery = Gallery(
        "m", [PersonVectors(name, name, "m", v[None, :], ("1",)) for name, v in (("c", child), ("a", adult))]
    )
    for_child, for_adult = match([near_child, near_adult], gallery, rule, 0.05)
    assert for_child.reason is Reason.UNKNOWN
    assert for_adult.person_id == "a"
    assert for_child.distance == pytest.approx(
        0.4 + 0.35 * float(cohort.closeness(np.stack([child, near_child])).mean()), abs=1e-4
    )
    plainly = match([near_child, near_adult], gallery, replace(rule, cohort=None), 0.05)
    assert [one.person_id for one in plainly] == ["c", "a"]


def test_a_person_whose_own_photos_would_be_missed_is_moved_less(alice: Embedding) -> None:
    rule = replace(RULE, cohort=Cohort(crowd(alice), median=0.9, weights=(0.35, 0.25, 0.0)))
    near = photos(3, 0.1, at(0.3, alice, towards=1))
    assert of(*near, rule=rule)[1] == pytest.approx(0.35)
    apart = [at(0.45, near[0], towards=5), near[0]]
    threshold, weight = of(*apart, rule=rule)
    assert weight < 0.35
    assert threshold == pytest.approx(0.5, abs=0.03)


def test_the_templates_of_many_people_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(4)
    counts = rng.integers(1, 6, 200)
    centres = np.repeat(np.stack([face(1000 + seed, 64) for seed in range(200)]), counts, axis=0)
    vectors = (centres + 0.09 * rng.standard_normal(centres.shape)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
    cohort = Cohort(np.stack([face(seed, 64) for seed in range(12)]), 0.8, (0.35, 0.25))
    rule = replace(RULE, cohort=cohort)
    together = templates(vectors, starts, rule)
    for row, (start, count) in enumerate(zip(starts, counts, strict=True)):
        alone = templates(vectors[start : start + count], np.zeros(1, np.intp), rule)
        assert together.means[row] == pytest.approx(alone.means[0], abs=1e-5)
        assert together.thresholds[row] == pytest.approx(alone.thresholds[0], abs=1e-5)
        assert together.weights[row] == alone.weights[0]
        assert together.closeness[row] == pytest.approx(alone.closeness[0], abs=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_one_may_be_the_surer_the_more_photos_there_are(count: int) -> None:
    rule = Rule(0.5, 0.5, 0.5, Calibration(0.6, 40.0), Calibration(0.5, 60.0))
    half = {1: 0.6, 2: 0.55}.get(count, 0.5)
    assert rule.confidence(half, count) == pytest.approx(0.5)
    curve = [rule.confidence(d, count) for d in np.linspace(0, 2, 50)]
    assert all(one >= other for one, other in itertools.pairwise(curve))

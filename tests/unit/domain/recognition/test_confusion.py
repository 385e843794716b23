"""People are hard to tell apart whose closest photos are no farther apart than the threshold."""

from __future__ import annotations

import time

import numpy as np
import pytest

from lookout.domain.recognition.confusion import confusable
from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from tests.unit.domain.conftest import at, face, unit

THRESHOLD = 0.5


def _person(person_id: str, *vectors: Embedding, model_id: str = "m") -> PersonVectors:
    photo_ids = tuple(map(str, range(len(vectors))))
    return PersonVectors(person_id, person_id, model_id, np.stack(vectors), photo_ids)


def _confusable(person_id: str, *people: PersonVectors, threshold: float = THRESHOLD) -> dict[str, float]:
    return confusable(person_id, Gallery("m", people), threshold)


def test_two_who_look_alike_are_found_from_either_side(alice: Embedding, bob: Embedding) -> None:
    twin = at(0.3, of=alice)
    people = _person("alice", alice), _person("bob", bob), _person("ann", twin)
    assert _confusable("alice", *people) == {"ann": pytest.approx(0.3, abs=1e-4)}
    assert _confusable("ann", *people) == {"alice": _confusable("alice", *people)["ann"]}
    assert _confusable("bob", *people) == {}


def test_the_closest_of_all_their_photos_counts(alice: Embedding, bob: Embedding) -> None:
    one = _person("alice", alice, face(7), bob)
    other = _person("ann", face(8), at(0.4, of=bob), at(0.2, of=alice), face(9))
    assert _confusable("alice", one, other) == {"ann": pytest.approx(0.2, abs=1e-4)}


@pytest.mark.parametrize(("distance", "found"), [(0.499, True), (0.5, True), (0.501, False), (1.0, False)])
def test_at_the_threshold_they_are_and_above_it_they_are_not(
    alice: Embedding, distance: float, found: bool
) -> None:
    people = _person("alice", alice), _person("ann", at(distance, of=alice))
    assert bool(_confusable("alice", *people)) is found
    assert bool(_confusable("ann", *people)) is found


def test_a_person_is_never_confused_with_himself(alice: Embedding) -> None:
    assert _confusable("alice", _person("alice", alice, at(0.1, of=alice))) == {}


def test_the_same_photo_under_two_names_is_at_no_distance(alice: Embedding) -> None:
    assert _confusable("alice", _person("alice", alice), _person("copy", alice)) == {"copy": 0.0}


def test_somebody_who_cannot_be_matched_is_confused_with_nobody(alice: Embedding) -> None:
    nobody = PersonVectors("none", "none", "m", np.empty((0, 512), np.float32), ())
    former = _person("former", alice, model_id="m-1")
    assert _confusable("alice") == {}
    assert _confusable("alice", _person("alice", alice), nobody, former) == {}
    assert _confusable("none", _person("alice", alice), nobody) == {}
    assert _confusable("former", _person("alice", alice), former) == {}


def test_at_a_threshold_for_all_everybody_is_found() -> None:
    people = [_person(str(seed), face(seed), face(100 + seed)) for seed in range(20)]
    assert set(_confusable("3", *people, threshold=2.0)) == {str(seed) for seed in range(20)} - {"3"}


def test_every_pair_is_found_that_a_look_at_each_would_find() -> None:
    rng = np.random.default_rng(5)
    people = [
        _person(
            str(index), *(unit(row) for row in rng.standard_normal((1 + index % 4, 8)).astype(np.float32))
        )
        for index in range(30)
    ]
    for own in people:
        closest = {
            other.person_id: float(min(1 - a @ b for a in own.vectors for b in other.vectors))
            for other in people
            if other is not own
        }
        wanted = {name: pytest.approx(d, abs=1e-4) for name, d in closest.items() if d <= THRESHOLD}
        assert _confusable(own.person_id, *people) == wanted


def test_a_hundred_thousand_vectors_are_looked_through_at_once() -> None:
    vectors = np.random.default_rng(6).standard_normal((100_000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    people = [
        PersonVectors(str(row), "", "m", vectors[row : row + 10], tuple("0123456789"))
        for row in range(0, len(vectors), 10)
    ]
    twin = _person("twin", at(0.1, of=vectors[70_003]), at(0.2, of=vectors[12]))
    gallery = Gallery("m", [*people, twin])
    started = time.process_time()
    found = confusable("twin", gallery, 0.25)
    assert time.process_time() - started < 2.0
    assert found == {"70000": pytest.approx(0.1, abs=1e-4), "10": pytest.approx(0.2, abs=1e-4)}

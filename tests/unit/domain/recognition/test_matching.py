"""Who a face is: the nearest person, near enough, and clearly nearer than the next."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lookout.domain.recognition.face import NOWHERE, Box, Embedding
from lookout.domain.recognition.gallery import Gallery, Negative, PersonVectors
from lookout.domain.recognition.matching import NOBODY, ONE_FACE_OVERLAP, Match, match, one_face_each
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Calibration, Rule
from tests.unit.domain.conftest import at, face

MODEL = "m-1"
CURVE = Calibration(midpoint=0.5, slope=12.0)
RULE = Rule.plain(0.5, CURVE)


def person(name: str, *vectors: Embedding, model_id: str = MODEL) -> PersonVectors:
    ids = tuple(f"{index}.jpg" for index in range(len(vectors)))
    return PersonVectors(name.lower(), name, model_id, np.stack(vectors), ids)


def judged(query: Embedding, *people: PersonVectors, threshold: float = 0.5, margin: float = 0.05) -> Match:
    (found,) = match([query], Gallery(MODEL, people), Rule.plain(threshold, CURVE), margin)
    return found


def test_a_face_is_the_person_whose_photo_is_near(alice: Embedding, bob: Embedding) -> None:
    found = judged(at(0.3, alice), person("Alice", alice), person("Bob", bob))
    assert (found.reason, found.person_id, found.name, found.is_known) == (
        Reason.KNOWN,
        "alice",
        "Alice",
        True,
    )
    assert found.distance == pytest.approx(0.3, abs=1e-5)
    assert [candidate.name for candidate in found.candidates] == ["Alice", "Bob"]


@pytest.mark.parametrize(("distance", "known"), [(0.0, True), (0.499, True), (0.501, False), (0.9, False)])
def test_the_threshold_is_the_largest_distance_of_a_known_face(
    alice: Embedding, distance: float, known: bool
) -> None:
    found = judged(at(distance, alice), person("Alice", alice))
    assert found.is_known is known
    assert found.distance == pytest.approx(distance, abs=1e-5)
    assert (found.name, found.person_id) == (("Alice", "alice") if known else ("Unknown", None))


@pytest.mark.parametrize(("second", "reason"), [(0.32, Reason.AMBIGUOUS), (0.38, Reason.KNOWN)])
def test_without_a_margin_to_the_second_person_a_face_may_be_either(
    alice: Embedding, second: float, reason: Reason
) -> None:
    query = at(0.3, alice)
    twin = at(second, query, towards=77)
    found = judged(query, person("Alice", alice), person("Twin", twin))
    assert found.reason is reason
    assert [candidate.name for candidate in found.candidates] == ["Alice", "Twin"]
    if reason is Reason.AMBIGUOUS:
        assert (found.person_id, found.name, found.is_known) == (None, "Unknown", False)


def test_two_people_too_far_away_are_no_matter_of_margin(alice: Embedding) -> None:
    query = at(0.6, alice)
    assert judged(query, person("Alice", alice), person("Twin", alice)).reason is Reason.UNKNOWN


def test_an_empty_gallery_knows_nobody(alice: Embedding) -> None:
    found = judged(alice)
    assert (found.reason, found.distance, found.confidence, found.candidates) == (
        Reason.UNKNOWN,
        None,
        0.0,
        (),
    )


def test_no_faces_are_no_matches(alice: Embedding) -> None:
    assert match([], Gallery(MODEL, [person("Alice", alice)]), RULE, 0.05) == []
    assert match([], Gallery(MODEL), RULE, 0.05) == []
    assert match(np.empty((0, 512), np.float32), Gallery(MODEL), RULE, 0.05) == []


def test_a_person_without_photos_is_never_a_candidate(alice: Embedding) -> None:
    nobody = PersonVectors("n", "Nobody", MODEL, np.empty((0, 0), np.float32), ())
    found = judged(alice, nobody, person("Alice", alice), nobody)
    assert [candidate.name for candidate in found.candidates] == ["Alice"]


def test_vectors_of_another_model_are_never_compared(alice: Embedding) -> None:
    other = person("Other", alice, model_id="m-2")
    wider = person("Wider", face(5, 1024), model_id="m-3")
    assert judged(alice, other, wider).candidates == ()
    found = judged(alice, other, person("Alice", alice), wider)
    assert [candidate.name for candidate in found.candidates] == ["Alice"]


def test_several_faces_are_matched_in_their_order(alice: Embedding, bob: Embedding) -> None:
    gallery = Gallery(MODEL, [person("Alice", alice), person("Bob", bob)])
    found = match([bob, face(3), alice], gallery, RULE, 0.05)
    assert [one.name for one in found] == ["Bob", "Unknown", "Alice"]


def test_a_persons_distance_is_that_to_the_mean_of_the_photos(alice: Embedding) -> None:
    photos = [at(0.2, alice, towards=60 + step) for step in range(5)]
    mean = np.mean(photos, axis=0)
    found = judged(alice, person("Alice", *photos))
    assert found.distance == pytest.approx(1 - float(alice @ mean) / float(np.linalg.norm(mean)), abs=1e-5)
    assert found.distance is not None
    assert found.distance < 0.1  # what is common to the photos is nearer than any of them


def test_one_wrong_photo_among_five_does_not_spoil_a_match(alice: Embedding) -> None:
    photos = [at(0.2, alice, towards=60 + step) for step in range(4)]
    assert judged(at(0.2, alice), person("Alice", *photos, face(50))).is_known


def test_one_lucky_photo_does_not_beat_a_person_who_is_near_in_all(alice: Embedding) -> None:
    near = [at(0.02 + step / 1000, alice, towards=60 + step) for step in range(3)]
    lucky = [alice, *(at(0.7, alice, towards=70 + step) for step in range(2))]
    found = judged(alice, person("Lucky", *lucky), person("Near", *near), margin=0.0)
    assert found.name == "Near"


def test_equally_near_people_come_in_the_same_order_whatever_the_gallerys(alice: Embedding) -> None:
    people = [person(name, alice) for name in ("Carol", "Alice", "Bob")]
    for order in (people, people[::-1], people[1:] + people[:1]):
        found = judged(alice, *order)
        assert found.reason is Reason.AMBIGUOUS
        assert [candidate.name for candidate in found.candidates] == ["Alice", "Bob"]


def test_confidence_falls_with_the_distance_and_is_a_half_at_the_midpoint() -> None:
    assert CURVE.confidence(0.5) == 0.5
    curve = [CURVE.confidence(distance) for distance in np.linspace(0, 2, 201)]
    assert all(nearer > farther for nearer, farther in itertools.pairwise(curve))
    assert all(0.0 < value < 1.0 for value in curve)
    assert Calibration(0.5, 1000.0).confidence(2.0) < 1e-20


def test_among_twenty_thousand_people_the_answer_is_that_of_comparing_with_each_of_them() -> None:
    generator = np.random.default_rng(7)
    counts = generator.integers(1, 4, 20_000)
    vectors = generator.standard_normal((counts.sum(), 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    people = [
        PersonVectors(f"p{index:05}", f"P{index}", MODEL, vectors[start : start + count], ("x",) * count)
        for index, (start, count) in enumerate(zip(starts, counts, strict=True))
    ]
    gallery = Gallery(MODEL, people)
    means = [people[index].vectors.mean(axis=0) for index in (0, 9_999, 19_999)]
    queries = [at(0.2, mean / np.linalg.norm(mean), towards=at_) for at_, mean in enumerate(means)]
    queries += [face(seed, 64) for seed in (1, 2)]
    found = match(np.stack(queries), gallery, Rule.plain(0.4, CURVE), 0.0)
    for query, one in zip(queries, found, strict=True):
        expected = sorted((_plainly(query, each.vectors), each.person_id) for each in people)[:2]
        assert [candidate.person_id for candidate in one.candidates] == [name for _, name in expected]
        assert one.distance == pytest.approx(expected[0][0], abs=1e-5)
    assert [one.person_id for one in found[:3]] == ["p00000", "p09999", "p19999"]


def _plainly(query: Embedding, vectors: NDArray[np.float32]) -> float:
    mean = vectors.mean(axis=0)
    return max(0.0, 1.0 - float(query @ mean) / float(np.linalg.norm(mean)))


def _never(person: PersonVectors, *vectors: Embedding, model_id: str = MODEL) -> PersonVectors:
    negatives = tuple(Negative(f"a{i}", None, model_id, vector) for i, vector in enumerate(vectors))
    return replace(person, negatives=negatives)


def test_a_face_nearer_to_a_correction_than_to_the_person_is_not_that_person(alice: Embedding) -> None:
    lookalike = at(0.4, alice)
    corrected = _never(person("Alice", alice), lookalike)
    found = judged(at(0.1, lookalike, towards=3), corrected)
    assert (found.reason, found.distance, found.candidates) == (Reason.UNKNOWN, None, ())
    assert judged(at(0.1, lookalike, towards=3), person("Alice", alice)).is_known


def test_a_face_nearer_to_the_person_than_to_a_correction_stays_that_person(alice: Embedding) -> None:
    assert judged(at(0.1, alice), _never(person("Alice", alice), at(0.4, alice))).is_known


def test_a_corrected_person_no_longer_stands_in_the_way_of_the_right_one(
    alice: Embedding, bob: Embedding
) -> None:
    query = at(0.2, bob)
    near = person("Alice", at(0.19, query, towards=5))
    assert judged(query, near, person("Bob", bob)).reason is Reason.AMBIGUOUS
    assert judged(query, _never(near, query), person("Bob", bob)).name == "Bob"


def test_a_correction_of_another_model_says_nothing(alice: Embedding) -> None:
    assert judged(alice, _never(person("Alice", alice), alice, model_id="m-2")).is_known


@pytest.mark.parametrize(
    ("closest", "reason"), [(None, Reason.KNOWN), (0.45, Reason.KNOWN), (0.1, Reason.AMBIGUOUS)]
)
def test_two_look_alikes_need_a_larger_margin_the_closer_they_are(
    alice: Embedding, closest: float | None, reason: Reason
) -> None:
    query = at(0.2, alice)
    other = person("Ann", at(0.33, query, towards=9))
    first = replace(person("Alice", alice), lookalikes={} if closest is None else {"ann": closest})
    assert judged(query, first, other).reason is reason
    # whichever of the two has the note
    swapped = replace(other, lookalikes={} if closest is None else {"alice": closest})
    assert judged(query, person("Alice", alice), swapped).reason is reason


def in_one_frame(faces: list[Embedding], boxes: list[Box], *people: PersonVectors) -> list[Match]:
    return one_face_each(match(faces, Gallery(MODEL, people), RULE, 0.05), boxes)


LEFT, RIGHT = Box(0, 0, 100, 120), Box(300, 0, 100, 120)


@pytest.mark.parametrize("nearer", [0, 1])
def test_of_twins_in_one_frame_the_nearer_has_the_name(alice: Embedding, nearer: int) -> None:
    faces = [at(0.3, alice, towards=1), at(0.3, alice, towards=2)]
    faces[nearer] = at(0.2, alice, towards=3)
    found = in_one_frame(faces, [LEFT, RIGHT], person("Alice", alice), person("Bob", face(2)))
    assert (found[nearer].name, found[nearer].reason) == ("Alice", Reason.KNOWN)
    other = found[1 - nearer]
    assert (other.name, other.person_id, other.reason) == ("Unknown", None, Reason.AMBIGUOUS)
    assert other.candidates[0].name == "Alice"
    assert other.distance == pytest.approx(0.3, abs=1e-5)


@pytest.mark.parametrize(
    ("box", "same"),
    [
        (Box(10, 5, 100, 120), True),
        (Box(60, 0, 100, 120), True),
        (Box(20, 20, 30, 30), True),
        (Box(85, 0, 100, 120), False),
        (Box(100, 0, 100, 120), False),
        (RIGHT, False),
    ],
    ids=["found twice", "reflected in a pane", "found within", "cheek to cheek", "touching", "beside"],
)
def test_only_faces_that_overlap_are_one_face(alice: Embedding, box: Box, same: bool) -> None:
    twins = [at(0.2, alice, towards=1), at(0.3, alice, towards=2)]
    found = in_one_frame(twins, [LEFT, box], person("Alice", alice))
    assert [one.is_known for one in found] == [True, same]


@pytest.mark.parametrize("seed", range(25))
def test_in_any_frame_a_person_is_one_face_and_a_single_face_keeps_the_name(seed: int) -> None:
    random = np.random.default_rng(seed)
    gallery = [person(f"P{number}", face(number)) for number in range(4)]
    faces, boxes = [], []
    for index in range(int(random.integers(1, 12))):
        faces.append(
            at(float(random.uniform(0.05, 0.7)), face(int(random.integers(0, 6))), towards=seed + index)
        )
        boxes.append(Box(*random.uniform(0, 400, 2), *random.uniform(20, 200, 2)))
    before = match(faces, Gallery(MODEL, gallery), RULE, 0.05)
    after = one_face_each(before, boxes)
    for name in {one.name for one in before if one.is_known}:
        of_name = [index for index, one in enumerate(before) if one.name == name]
        nearest = min(of_name, key=lambda index: before[index].distance or 0.0)
        for index in of_name:
            one_face = index == nearest or boxes[index].overlap(boxes[nearest]) >= ONE_FACE_OVERLAP
            assert after[index].reason is (Reason.KNOWN if one_face else Reason.AMBIGUOUS)
    assert all(two is one for one, two in zip(before, after, strict=True) if not one.is_known)
    order = random.permutation(len(faces))
    shuffled = one_face_each([before[index] for index in order], [boxes[index] for index in order])
    assert shuffled == [after[index] for index in order]


def test_no_faces_and_faces_of_nobody_stay_as_they_are() -> None:
    assert one_face_each([], []) == []
    assert one_face_each([NOBODY, NOBODY], [NOWHERE, NOWHERE]) == [NOBODY, NOBODY]


@pytest.mark.parametrize("other", ["anna", "Anna ", "A\u200bnna", "ANNA"])
def test_people_whose_names_look_alike_do_not_keep_each_other_from_being_named(
    alice: Embedding, bob: Embedding, other: str
) -> None:
    twins = [replace(person(name, alice), person_id=name) for name in ("Anna", other)]
    found = judged(alice, *twins, person("Bob", bob))
    assert (found.reason, found.person_id) == (Reason.KNOWN, min("Anna", other))
    assert [one.name for one in found.candidates[1:]] == ["Bob"]


def test_somebody_of_another_name_keeps_them_all_from_being_named(alice: Embedding) -> None:
    people = [replace(person(name, alice), person_id=name) for name in ("Anna", "anna", "Eva")]
    found = judged(alice, *people)
    assert found.reason is Reason.AMBIGUOUS
    assert {one.name.lower() for one in found.candidates} == {"anna", "eva"}


def test_of_two_who_are_called_the_same_only_one_near_enough_is_named(
    alice: Embedding, bob: Embedding
) -> None:
    people = [replace(person("Anna", vector), person_id=name) for name, vector in (("a", bob), ("b", alice))]
    assert judged(alice, *people).person_id == "b"

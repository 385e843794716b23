"""Strangers are told by the faces of their earlier visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Calibration, Rule
from lookout.domain.visits.stranger import VECTORS_KEPT, Stranger, Strangers
from lookout.domain.visits.stranger_record import remembered_until
from lookout.domain.visits.visit import Sighting
from tests.unit.domain.conftest import at, face, good

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
CURVE = Calibration(0.5, 12.0)


def stranger(name: str, *faces: Embedding, muted: bool = False) -> Stranger:
    ids = tuple(f"{name}-{index}" for index in range(len(faces)))
    return Stranger(name, np.stack(faces), ids, muted, None, NOON + timedelta(days=1))


def unknown(embedding: Embedding) -> Sighting:
    return Sighting(good(embedding), Match(Reason.UNKNOWN, None, "Unknown", 0.9, 0.01, ()))


def recognised(*sightings: Sighting, known: tuple[Stranger, ...], room: int = 10) -> list[Sighting]:
    return Strangers("m", known, NOON).recognise(sightings, Rule.plain(0.5, CURVE), room)


def test_an_unknown_face_is_the_stranger_it_resembles(alice: Embedding, bob: Embedding) -> None:
    (found,) = recognised(unknown(at(0.3, alice)), known=(stranger("s1", bob), stranger("s2", alice)))
    assert (found.stranger_id, found.muted, found.match.is_known) == ("s2", False, False)


def test_a_face_that_was_never_seen_is_nobodys_and_may_become_a_stranger(
    alice: Embedding, bob: Embedding
) -> None:
    for known in ((), (stranger("s1", bob),)):
        (found,) = recognised(unknown(alice), known=known)
        assert (found.stranger_id, found.may_be_stranger) == (None, True)


def test_a_face_that_has_a_name_or_two_is_no_strangers(alice: Embedding) -> None:
    named = replace(unknown(alice), match=Match(Reason.KNOWN, "alice", "Alice", 0.2, 0.9, ()))
    either = replace(unknown(alice), match=Match(Reason.AMBIGUOUS, None, "Unknown", 0.2, 0.9, ()))
    found = recognised(named, either, known=(stranger("s1", alice),))
    assert [one.stranger_id for one in found] == [None, None]


def test_a_muted_stranger_is_recognised_as_muted(alice: Embedding) -> None:
    (found,) = recognised(unknown(alice), known=(stranger("s1", alice, muted=True),))
    assert (found.stranger_id, found.muted) == ("s1", True)


def test_a_stranger_who_is_being_named_is_that_person_already(alice: Embedding) -> None:
    being_named = replace(stranger("s1", alice), person=("anna", "Anna"))
    (found,) = recognised(unknown(at(0.2, alice)), known=(being_named,))
    assert (found.match.reason, found.match.person_id, found.match.name) == (Reason.KNOWN, "anna", "Anna")
    assert (found.stranger_id, found.muted, found.is_being_named) == (None, False, True)


def test_a_stranger_who_is_being_named_as_somebody_muted_is_muted(alice: Embedding) -> None:
    being_named = replace(stranger("s1", alice, muted=True), person=("anna", "Anna"))
    (found,) = recognised(unknown(alice), known=(being_named,))
    assert (found.match.person_id, found.muted) == ("anna", True)


def test_of_two_faces_in_a_frame_only_the_nearer_one_is_the_stranger(alice: Embedding) -> None:
    far, near = recognised(unknown(at(0.4, alice)), unknown(at(0.1, alice)), known=(stranger("s1", alice),))
    assert (near.stranger_id, far.stranger_id, far.may_be_stranger) == ("s1", None, False)


def test_a_stranger_whose_time_is_over_is_forgotten(alice: Embedding) -> None:
    over = replace(stranger("s1", alice), expire_at=NOON)
    (found,) = recognised(unknown(alice), known=(over,))
    assert found.stranger_id is None
    assert "s1" not in Strangers("m", (over,), NOON)


def test_without_room_a_new_face_is_not_remembered_and_an_old_one_is_still_known(
    alice: Embedding, bob: Embedding
) -> None:
    old, new = recognised(unknown(alice), unknown(bob), known=(stranger("s1", alice),), room=1)
    assert (old.stranger_id, new.stranger_id, new.may_be_stranger) == ("s1", None, False)


def test_a_stranger_keeps_the_latest_face_and_as_different_ones_as_there_are() -> None:
    known = stranger("s1", face(0))
    for seed in range(1, VECTORS_KEPT):
        known = known.with_face(f"a{seed}", face(seed))
    twin = at(0.05, face(3))
    after = known.with_face("new", twin)
    assert len(after.alert_ids) == len(after.vectors) == VECTORS_KEPT
    assert set(known.alert_ids) - set(after.alert_ids) == {"a3"}
    assert after.alert_ids[-1] == "new"
    assert np.array_equal(after.vectors[-1], twin)


def test_someone_who_came_back_is_remembered_longer_than_someone_who_came_once() -> None:
    assert remembered_until(NOON, 1, 30) == NOON + timedelta(days=30)
    assert remembered_until(NOON, 2, 30) == NOON + timedelta(days=90)


def test_who_is_being_named_is_one_face_of_a_frame_too(alice: Embedding) -> None:
    named = replace(stranger("s1", alice), person=("anna", "Anna"))
    known = replace(unknown(at(0.1, alice)), match=Match(Reason.KNOWN, "anna", "Anna", 0.1, 0.9, ()))
    found = recognised(unknown(at(0.3, alice, towards=1)), unknown(at(0.2, alice, towards=2)), known=(named,))
    assert [one.match.reason for one in found] == [Reason.AMBIGUOUS, Reason.KNOWN]
    assert [one.stranger_id for one in found] == [None, None]
    found = recognised(unknown(at(0.3, alice)), known, known=(named,))
    assert [(one.match.reason, one.match.person_id) for one in found] == [
        (Reason.AMBIGUOUS, None),
        (Reason.KNOWN, "anna"),
    ]


def test_nobody_wants_to_hear_of_the_mirror_of_one_who_is_ignored(alice: Embedding) -> None:
    ignored = stranger("s1", alice, muted=True)
    faces = (unknown(at(0.1, alice, towards=1)), unknown(at(0.2, alice, towards=2)))
    found = recognised(*faces, known=(ignored,))
    assert [(one.stranger_id, one.muted) for one in found] == [("s1", True), (None, True)]
    named = replace(ignored, person=("anna", "Anna"))
    found = recognised(*faces, known=(named,))
    assert [(one.match.reason, one.muted) for one in found] == [
        (Reason.KNOWN, True),
        (Reason.AMBIGUOUS, True),
    ]

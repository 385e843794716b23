"""One visit is one alert, though people come, go, hide and flicker, and frames are posted twice or late."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.treatment import Policy, Silence, Treatment
from lookout.domain.visits.judging import (
    BETTER_BY,
    DOUBLE_WINDOW,
    OPEN_VISITS,
    RECENT_FRAMES,
    VECTORS_KEPT,
    judge,
)
from lookout.domain.visits.visit import (
    CameraVisits,
    Change,
    Judgement,
    Outcome,
    Rules,
    Sighting,
    without_shots,
)
from lookout.setting_groups import RecognitionSettings
from tests.unit.domain.conftest import at, face, good

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
RULES = Rules(visit_seconds=120, same_face=0.5)


def seen(
    embedding: Embedding, name: str | None = None, score: float = 0.5, distance: float = 0.2
) -> Sighting:
    """A face that was matched to ``name``, or to nobody."""
    if name is None:
        return Sighting(good(embedding, score), Match(Reason.UNKNOWN, None, "Unknown", 0.9, 0.01, ()))
    return Sighting(good(embedding, score), Match(Reason.KNOWN, name.lower(), name, distance, 0.9, ()))


class Camera:
    """A camera whose frames are judged one after another; seconds count from noon."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.state = CameraVisits()
        self._digests = map("frame-{}".format, itertools.count())
        self._ids = map("alert-{}".format, itertools.count())

    def judge(self, second: float, *sightings: Sighting, digest: str | None = None) -> Judgement:
        moment = datetime.fromtimestamp(NOON.timestamp() + second, UTC)
        name = digest or next(self._digests)
        shots = itertools.chain([name], map(f"{name}-{{}}".format, itertools.count(1)))
        self.taken = [
            dataclasses.replace(sighting, shot=shot, new_alert_id=next(self._ids))
            for sighting, shot in zip(sightings, shots, strict=False)
        ]
        self.before = self.state
        judgement = judge(self.state, name, moment, self.taken, self.rules)
        self.state = judgement.after
        return judgement

    def frame(self, second: float, *sightings: Sighting, digest: str | None = None) -> Sequence[Outcome]:
        return self.judge(second, *sightings, digest=digest).outcomes

    def one(self, second: float, sighting: Sighting, digest: str | None = None) -> Outcome:
        (outcome,) = self.frame(second, sighting, digest=digest)
        return outcome


@pytest.fixture
def camera() -> Camera:
    return Camera()


def test_the_first_sighting_opens_a_visit(camera: Camera, alice: Embedding) -> None:
    outcome = camera.one(0, seen(alice, "Alice"))
    assert outcome == Outcome("alert-0", "alice", "Alice", Reason.KNOWN, Change.OPENED, True, None)
    assert outcome.is_known


def test_while_a_person_stays_there_is_one_alert(camera: Camera, alice: Embedding) -> None:
    first = camera.one(0, seen(alice, "Alice"))
    for second in (5, 100, 215, 330):  # each within the time of the one before
        later = camera.one(second, seen(alice, "Alice"))
        assert (later.alert_id, later.reason, later.change) == (
            first.alert_id,
            Reason.SAME_VISIT,
            Change.CONTINUED,
        )
    (visit,) = camera.state.open
    assert visit.frames == 5
    assert (visit.last_seen - visit.first_seen).total_seconds() == 330


@pytest.mark.parametrize(("away", "same"), [(119, True), (120, True), (121, False), (100_000, False)])
def test_a_person_who_comes_back_later_is_a_new_visit(
    camera: Camera, alice: Embedding, away: float, same: bool
) -> None:
    first = camera.one(0, seen(alice, "Alice"))
    again = camera.one(away, seen(alice, "Alice"))
    assert (again.alert_id == first.alert_id) is same
    assert len(camera.state.open) == 1


def test_a_stranger_is_told_by_the_face(camera: Camera, alice: Embedding) -> None:
    first = camera.one(0, seen(alice))
    assert (first.person_id, first.name, first.reason) == (None, "Unknown", Reason.UNKNOWN)
    again = camera.one(5, seen(at(0.4, alice)))
    assert (again.alert_id, again.reason) == (first.alert_id, Reason.SAME_VISIT)
    assert camera.one(6, seen(at(0.6, alice, towards=5))).alert_id != first.alert_id


def test_a_stranger_who_turns_slowly_stays_the_same(camera: Camera, alice: Embedding) -> None:
    step = alice
    first = camera.one(0, seen(step))
    for second in range(1, 8):
        step = at(0.3, step, towards=second)
        assert camera.one(second, seen(step)).alert_id == first.alert_id
    assert 1 - alice @ step > RULES.same_face
    (visit,) = camera.state.open
    assert len(visit.vectors) == VECTORS_KEPT


def test_an_unknown_visitor_gets_the_name_in_place_once(camera: Camera, alice: Embedding) -> None:
    first = camera.one(0, seen(alice))
    named = camera.one(5, seen(at(0.2, alice), "Alice"))
    assert (named.alert_id, named.change, named.reason) == (first.alert_id, Change.UPGRADED, Reason.KNOWN)
    assert (named.person_id, named.name) == ("alice", "Alice")
    again = camera.one(6, seen(alice, "Alice"))
    assert (again.alert_id, again.change) == (first.alert_id, Change.CONTINUED)


def test_a_frame_that_is_not_recognised_does_not_take_the_name_away(camera: Camera, alice: Embedding) -> None:
    first = camera.one(0, seen(alice, "Alice"))
    blurred = camera.one(5, seen(at(0.4, alice)))
    assert (blurred.alert_id, blurred.name, blurred.is_known) == (first.alert_id, "Alice", True)
    assert camera.one(6, seen(alice, "Alice")).alert_id == first.alert_id


def test_a_face_that_flickers_between_two_names_stays_one_visit(camera: Camera, alice: Embedding) -> None:
    first = camera.one(0, seen(alice, "Alice", distance=0.30))
    for second, (name, distance) in enumerate([("Twin", 0.28), ("Alice", 0.30), ("Twin", 0.28)], start=1):
        outcome = camera.one(second, seen(at(0.05, alice, towards=second), name, distance=distance))
        assert (outcome.alert_id, outcome.name) == (first.alert_id, "Alice")


def test_a_second_person_who_comes_in_gets_a_visit_of_his_own(
    camera: Camera, alice: Embedding, bob: Embedding
) -> None:
    first = camera.one(0, seen(alice, "Alice"))
    second = camera.one(5, seen(bob, "Bob"))
    assert (second.alert_id != first.alert_id, second.reason) == (True, Reason.KNOWN)
    assert camera.one(6, seen(alice, "Alice")).alert_id == first.alert_id
    assert camera.one(7, seen(bob, "Bob")).alert_id == second.alert_id


def test_a_relative_who_is_nearer_to_his_own_photos_gets_a_visit_of_his_own(
    camera: Camera, alice: Embedding
) -> None:
    first = camera.one(0, seen(alice, "Alice"))
    sister = camera.one(5, seen(at(0.4, alice), "Sister", distance=0.2))
    assert sister.alert_id != first.alert_id


def test_two_people_in_one_frame_keep_their_visits_whatever_their_order(
    camera: Camera, alice: Embedding, bob: Embedding
) -> None:
    one, two = camera.frame(0, seen(alice), seen(bob))
    assert one.alert_id != two.alert_id
    there, here = camera.frame(5, seen(at(0.2, bob)), seen(at(0.2, alice)))
    assert (here.alert_id, there.alert_id) == (one.alert_id, two.alert_id)


def test_two_strangers_who_look_alike_are_two_when_they_are_seen_together(
    camera: Camera, alice: Embedding
) -> None:
    twin = at(0.3, alice)
    one, two = camera.frame(0, seen(alice), seen(twin))
    assert one.alert_id != two.alert_id
    again = camera.frame(5, seen(at(0.02, twin, towards=8)), seen(at(0.02, alice, towards=9)))
    assert [outcome.alert_id for outcome in again] == [two.alert_id, one.alert_id]


def test_each_visit_takes_one_face_of_a_frame_the_nearest(camera: Camera, alice: Embedding) -> None:
    first = camera.one(0, seen(alice))
    far, near = camera.frame(5, seen(at(0.4, alice, towards=3)), seen(at(0.1, alice, towards=4)))
    assert near.alert_id == first.alert_id
    assert far.change is Change.OPENED


def test_a_mirror_makes_no_second_alert(camera: Camera, alice: Embedding) -> None:
    one, two = camera.frame(0, seen(alice, "Alice"), seen(at(0.1, alice), "Alice"))
    assert one.alert_id == two.alert_id
    assert camera.state.open[0].frames == 1
    three, four = camera.frame(5, seen(alice, "Alice"), seen(at(0.1, alice), "Alice"))
    assert {three.alert_id, four.alert_id} == {one.alert_id}
    assert camera.state.open[0].frames == 2


def test_a_mirror_in_the_frame_that_gives_the_name_makes_no_second_alert(
    camera: Camera, alice: Embedding
) -> None:
    first = camera.one(0, seen(alice))
    one, two = camera.frame(5, seen(at(0.1, alice), "Alice"), seen(face(70), "Alice"))
    assert (one.alert_id, one.change) == (first.alert_id, Change.UPGRADED)
    assert (two.alert_id, two.change) == (first.alert_id, Change.CONTINUED)
    assert camera.state.open[0].frames == 2


def test_of_a_mirror_only_one_face_is_the_better_shot(camera: Camera, alice: Embedding) -> None:
    one, two = camera.frame(0, seen(alice, "Alice", 0.3), seen(alice, "Alice", 0.9))
    assert [one.better_shot, two.better_shot] == [True, False]
    three, four = camera.frame(5, seen(alice, "Alice", 0.5), seen(alice, "Alice", 0.9))
    assert [three.better_shot, four.better_shot] == [True, False]


def test_a_doubled_frame_has_the_same_outcomes_and_leaves_the_state(camera: Camera, alice: Embedding) -> None:
    first = camera.judge(0, seen(alice, "Alice"), seen(face(3)), digest="x")
    camera.frame(2, seen(alice, "Alice", 0.9))
    before = camera.state
    doubled = camera.judge(5, seen(alice, "Alice"), seen(face(3)), digest="x")
    assert (first.doubled, doubled.doubled) == (False, True)
    assert doubled.after is before
    # all but the picture, which is stored already or was replaced by a better one
    stored = tuple(dataclasses.replace(one, better_shot=False, replaces=None) for one in first.outcomes)
    assert doubled.outcomes == stored


def test_the_same_bytes_of_a_camera_that_was_turned_meanwhile_are_looked_at_anew(
    camera: Camera, alice: Embedding
) -> None:
    camera.judge(0, seen(alice, "Alice"), seen(face(3)), digest="x")
    turned = camera.judge(5, seen(alice, "Alice"), digest="x")
    assert (turned.doubled, len(turned.outcomes)) == (False, 1)
    assert camera.judge(6, seen(alice, "Alice"), digest="x").doubled


def test_the_same_bytes_after_a_while_are_a_new_sighting(camera: Camera, alice: Embedding) -> None:
    window = DOUBLE_WINDOW.total_seconds()
    first = camera.one(0, seen(alice, "Alice"), digest="x")
    assert camera.judge(window, seen(alice, "Alice"), digest="x").doubled
    later = camera.judge(window + 1, seen(alice, "Alice"), digest="x")
    assert not later.doubled
    assert later.outcomes[0].alert_id == first.alert_id
    assert later.after.open[0].frames == 2


def test_a_double_that_comes_before_its_original_by_the_clock_is_a_double(
    camera: Camera, alice: Embedding
) -> None:
    camera.one(5, seen(alice), digest="x")
    assert camera.judge(4, seen(alice), digest="x").doubled


def test_a_late_frame_joins_the_visit_and_does_not_turn_back_the_time(
    camera: Camera, alice: Embedding
) -> None:
    first = camera.one(10, seen(alice, "Alice"))
    late = camera.one(3, seen(alice, "Alice"))
    assert late.alert_id == first.alert_id
    (visit,) = camera.state.open
    assert visit.last_seen == datetime.fromtimestamp(NOON.timestamp() + 10, UTC)
    assert visit.frames == 2
    assert camera.one(125, seen(alice, "Alice")).alert_id == first.alert_id


def test_another_models_vectors_do_not_link_and_are_replaced(camera: Camera, alice: Embedding) -> None:
    stranger = camera.one(0, seen(alice))
    known = camera.one(1, seen(face(2), "Bob"))
    assert camera.one(2, seen(face(1, 128))).alert_id not in (stranger.alert_id, known.alert_id)
    assert camera.one(3, seen(face(2, 128), "Bob")).alert_id == known.alert_id
    vectors = next(visit.vectors for visit in camera.state.open if visit.person_id == "bob")
    assert vectors.shape == (1, 128)


def test_a_better_shot_takes_the_place_of_the_one_before(camera: Camera, alice: Embedding) -> None:
    camera.one(0, seen(alice, "Alice", 0.5), digest="first")
    same = camera.one(1, seen(alice, "Alice", 0.5 * BETTER_BY), digest="a hair")
    assert (same.better_shot, same.replaces) == (False, None)
    better = camera.one(2, seen(alice, "Alice", 0.6), digest="second")
    assert (better.better_shot, better.replaces) == (True, "first")
    worse = camera.one(3, seen(alice, "Alice", 0.55), digest="third")
    assert (worse.better_shot, worse.replaces) == (False, None)
    best = camera.one(4, seen(alice, "Alice", 0.9), digest="fourth")
    assert (best.better_shot, best.replaces) == (True, "second")


def lose(camera: Camera, judgement: Judgement, *lost: int) -> Judgement:
    """The pictures of these faces of the frame judged last could not be stored."""
    without = without_shots(judgement, camera.before, {camera.taken[index].shot for index in lost})
    camera.state = without.after
    return without


def test_a_shot_that_was_not_stored_leaves_the_one_before_and_the_next_need_not_be_better_still(
    camera: Camera, alice: Embedding
) -> None:
    camera.one(0, seen(alice, "Alice", 0.3), digest="first")
    (lost,) = lose(camera, camera.judge(1, seen(alice, "Alice", 0.8), digest="lost"), 0).outcomes
    assert (lost.better_shot, lost.replaces, lost.change) == (False, None, Change.CONTINUED)
    assert (camera.state.open[0].shot, camera.state.open[0].best_score) == ("first", 0.3)
    better = camera.one(2, seen(alice, "Alice", 0.5), digest="third")
    assert (better.better_shot, better.replaces) == (True, "first")


def test_a_visit_whose_first_shot_was_not_stored_takes_the_next_one(camera: Camera, alice: Embedding) -> None:
    frame = camera.judge(0, seen(alice, "Alice", 0.9), seen(face(3), score=0.9), digest="one")
    lost, stored = lose(camera, frame, 0).outcomes
    assert (lost.better_shot, lost.change, stored.better_shot) == (False, Change.OPENED, True)
    poor = camera.one(1, seen(alice, "Alice", 0.1), digest="poor")
    assert (poor.better_shot, poor.replaces) == (True, None)
    assert not camera.one(2, seen(face(3), score=0.9), digest="more").better_shot


def test_when_nothing_was_lost_the_judgement_stands(camera: Camera, alice: Embedding) -> None:
    judgement = camera.judge(0, seen(alice, "Alice", 0.9))
    without = lose(camera, judgement)
    assert (without.outcomes, without.after.open[0].shot) == (judgement.outcomes, "frame-0")


def test_a_frame_without_a_face_changes_nothing_but_ends_what_is_over(
    camera: Camera, alice: Embedding
) -> None:
    camera.one(0, seen(alice))
    assert camera.frame(5) == ()
    assert [visit.alert_id for visit in camera.state.open] == ["alert-0"]
    assert camera.frame(500) == ()
    assert [visit.alert_id for visit in camera.state.open] == []


def _crowd(count: int, start: int = 0) -> Iterator[Sighting]:
    return (seen(face(10_000 + start + index)) for index in range(count))


def test_only_so_many_visits_stay_open_and_the_oldest_end(camera: Camera) -> None:
    for second, sighting in enumerate(_crowd(OPEN_VISITS + 3)):
        camera.one(second, sighting)
    assert len(camera.state.open) == OPEN_VISITS
    assert {visit.alert_id for visit in camera.state.open} == {
        f"alert-{index}" for index in range(3, OPEN_VISITS + 3)
    }


def test_all_faces_of_a_full_frame_stay_open_even_of_a_late_one(camera: Camera) -> None:
    most = RecognitionSettings.__dataclass_fields__["max_faces"].metadata["high"]
    assert most <= OPEN_VISITS
    camera.frame(60, *_crowd(OPEN_VISITS))
    late = camera.frame(30, *_crowd(most, start=500))
    kept = {visit.alert_id for visit in camera.state.open}
    assert {outcome.alert_id for outcome in late} <= kept
    assert len(kept) == OPEN_VISITS


def test_only_so_many_frames_are_remembered(camera: Camera, alice: Embedding) -> None:
    for index in range(RECENT_FRAMES + 5):
        camera.one(index / 10, seen(alice), digest=str(index))
    assert [frame.digest for frame in camera.state.recent] == [str(i) for i in range(5, RECENT_FRAMES + 5)]


@pytest.mark.parametrize("visit_seconds", [1, 86400])
def test_the_shortest_and_the_longest_visit(alice: Embedding, visit_seconds: int) -> None:
    camera = Camera(Rules(visit_seconds, 0.5))
    first = camera.one(0, seen(alice, "Alice"))
    assert camera.one(visit_seconds, seen(alice, "Alice")).alert_id == first.alert_id
    assert camera.one(2 * visit_seconds + 1, seen(alice, "Alice")).alert_id != first.alert_id


def test_judging_does_not_change_what_it_was_given(camera: Camera, alice: Embedding) -> None:
    camera.one(0, seen(alice))
    before = camera.state
    vectors = before.open[0].vectors.copy()
    camera.one(1, seen(at(0.2, alice), "Alice", 0.9))
    assert before.open[0].person_id is None
    assert np.array_equal(before.open[0].vectors, vectors)


MUTE_KNOWN = Rules(120, 0.5, Policy(known=Treatment.IGNORE))


def test_someone_nobody_wants_to_hear_of_has_a_visit_and_no_alert(camera: Camera, alice: Embedding) -> None:
    muted = dataclasses.replace(seen(alice, "Alice"), muted=True)
    first, second = camera.one(0, muted), camera.one(1, muted)
    for outcome in (first, second):
        assert (outcome.reason, outcome.change, outcome.has_alert) == (Reason.MUTED, Change.MUTED, False)
        assert (outcome.name, outcome.better_shot) == ("Alice", False)
    assert len(camera.state.open) == 1


def test_a_muted_person_seen_badly_for_a_moment_makes_no_alert(camera: Camera, alice: Embedding) -> None:
    camera.one(0, dataclasses.replace(seen(alice, "Alice"), muted=True))
    assert not camera.one(1, seen(at(0.3, alice))).has_alert


def test_who_is_recognised_out_of_an_ignored_crowd_gets_an_alert_from_then_on(alice: Embedding) -> None:
    camera = Camera(Rules(120, 0.5, Policy(unknown=Treatment.IGNORE)))
    assert not camera.one(0, seen(alice, score=0.9)).has_alert
    known = camera.one(5, seen(alice, "Alice", score=0.4))
    assert (known.change, known.reason, known.better_shot, known.silence) == (
        Change.OPENED,
        Reason.KNOWN,
        True,
        None,
    )
    (visit,) = camera.state.open
    assert (visit.frames, visit.has_alert, visit.first_seen.second) == (1, True, 5)
    assert camera.one(6, seen(alice, "Alice")).change is Change.CONTINUED


def test_a_stranger_who_turns_out_to_be_muted_is_named_and_nobody_told_again(alice: Embedding) -> None:
    camera = Camera(MUTE_KNOWN)
    assert camera.one(0, seen(alice)).silence is None
    upgraded = camera.one(1, seen(alice, "Alice"))
    assert (upgraded.change, upgraded.name, upgraded.silence) == (Change.UPGRADED, "Alice", Silence.RECORD)


@pytest.mark.parametrize(
    ("policy", "silence"),
    [
        (Policy(), None),
        (Policy(quiet=True), Silence.QUIET_HOURS),
        (Policy(unknown=Treatment.RECORD), Silence.RECORD),
    ],
)
def test_an_alert_says_why_nobody_is_told_of_it(
    alice: Embedding, policy: Policy, silence: Silence | None
) -> None:
    assert Camera(Rules(120, 0.5, policy)).one(0, seen(alice)).silence is silence


def test_a_new_face_starts_a_stranger_of_the_alerts_name_and_a_known_one_leaves_it(
    camera: Camera, alice: Embedding
) -> None:
    opened = camera.one(0, seen(alice))
    (visit,) = camera.state.open
    assert visit.stranger_id == opened.alert_id
    upgraded = camera.one(1, seen(alice, "Alice"))
    assert upgraded.leaves_stranger == opened.alert_id
    assert camera.state.open[0].stranger_id is None


def test_a_stranger_who_was_here_before_is_that_one_again(camera: Camera, alice: Embedding) -> None:
    camera.one(0, dataclasses.replace(seen(alice), stranger_id="s1"))
    assert camera.state.open[0].stranger_id == "s1"


@pytest.mark.parametrize("reason", [Reason.AMBIGUOUS, Reason.KNOWN])
def test_who_may_be_somebody_known_starts_no_stranger(
    camera: Camera, alice: Embedding, reason: Reason
) -> None:
    match = Match(reason, "a" if reason is Reason.KNOWN else None, "A", 0.3, 0.9, ())
    camera.one(0, Sighting(good(alice), match))
    assert camera.state.open[0].stranger_id is None


def test_a_face_that_is_not_to_be_remembered_starts_no_stranger(camera: Camera, alice: Embedding) -> None:
    camera.one(0, dataclasses.replace(seen(alice), may_be_stranger=False))
    assert camera.state.open[0].stranger_id is None


@pytest.mark.parametrize("person_id", [None, "bob"])
def test_whom_an_owner_said_it_is_no_frame_says_otherwise(
    camera: Camera, alice: Embedding, person_id: str | None
) -> None:
    camera.one(0, seen(alice, "Alice"))
    (visit,) = camera.state.open
    corrected = dataclasses.replace(visit, person_id=person_id, name="Corrected", settled=True)
    camera.state = dataclasses.replace(camera.state, open=(corrected,))
    for second in (1, 2):
        outcome = camera.one(second, seen(alice, "Alice"))
        assert (outcome.change, outcome.name, outcome.person_id) == (Change.CONTINUED, "Corrected", person_id)
    assert len(camera.state.open) == 1


def cut(sighting: Sighting) -> Sighting:
    return dataclasses.replace(sighting, face=dataclasses.replace(sighting.face, is_cut=True))


def test_a_cut_face_that_is_nobodys_opens_no_visit(camera: Camera, alice: Embedding) -> None:
    passed = camera.one(0, cut(seen(alice)))
    assert (passed.reason, passed.change, passed.has_alert) == (Reason.CUT_OFF, Change.PASSED, False)
    assert camera.state.open == ()
    whole = camera.one(1, seen(at(0.1, alice), "Alice"))
    assert (whole.change, whole.reason) == (Change.OPENED, Reason.KNOWN)


def test_a_cut_face_goes_on_with_a_visit_and_leaves_its_vectors_alone(
    camera: Camera, alice: Embedding
) -> None:
    first = camera.one(0, seen(alice))
    (before,) = camera.state.open
    half = camera.one(1, cut(seen(at(0.3, alice))))
    assert (half.alert_id, half.reason) == (first.alert_id, Reason.SAME_VISIT)
    (after,) = camera.state.open
    assert (after.frames, after.last_seen > before.last_seen) == (2, True)
    assert np.array_equal(after.vectors, before.vectors)


def test_a_cut_face_that_is_recognised_makes_its_alert(camera: Camera, alice: Embedding) -> None:
    assert camera.one(0, cut(seen(alice, "Alice"))).change is Change.OPENED


def test_a_frame_with_a_cut_face_that_comes_twice_is_a_double(camera: Camera, alice: Embedding) -> None:
    first = camera.judge(0, cut(seen(alice)), digest="same")
    again = camera.judge(1, cut(seen(alice)), digest="same")
    assert (again.doubled, again.outcomes) == (True, first.outcomes)


def unclear(sighting: Sighting) -> Sighting:
    return dataclasses.replace(sighting, face=dataclasses.replace(sighting.face, is_clear=False))


def test_an_unclear_face_of_nobody_is_no_alert_until_a_better_frame_shows_who_it_is(
    camera: Camera, alice: Embedding
) -> None:
    first = camera.one(0, unclear(seen(alice)))
    assert (first.reason, first.change, first.has_alert) == (Reason.UNCLEAR, Change.PASSED, False)
    clear = camera.one(1, seen(at(0.2, alice), "Alice"))
    assert (clear.change, clear.name, clear.reason) == (Change.OPENED, "Alice", Reason.KNOWN)
    (visit,) = camera.state.open
    assert (visit.frames, visit.first_seen, visit.waiting, visit.has_alert) == (2, NOON, False, True)


def test_a_clear_face_of_nobody_that_was_unclear_before_is_told_of_as_one_visit(
    camera: Camera, alice: Embedding
) -> None:
    camera.one(0, unclear(seen(alice)))
    told = camera.one(1, seen(at(0.2, alice)))
    assert (told.change, told.reason) == (Change.OPENED, Reason.UNKNOWN)
    assert camera.state.open[0].stranger_id == told.alert_id


def test_the_third_unclear_frame_is_told_of_whatever_it_shows(camera: Camera) -> None:
    """Somebody masked is somebody, and poor frames of one face need not resemble one another."""
    faces = [face(seed) for seed in range(70, 73)]
    outcomes = [camera.one(second, unclear(seen(one))) for second, one in enumerate(faces)]
    assert [one.change for one in outcomes] == [Change.PASSED, Change.PASSED, Change.OPENED]
    assert (camera.state.open[0].frames, camera.state.open[0].first_seen) == (3, NOON)


def test_an_unclear_face_that_is_recognised_makes_its_alert(camera: Camera, alice: Embedding) -> None:
    assert camera.one(0, unclear(seen(alice, "Alice"))).change is Change.OPENED


def test_an_unclear_face_goes_on_with_a_visit_and_leaves_its_vectors_alone(
    camera: Camera, alice: Embedding
) -> None:
    first = camera.one(0, seen(alice))
    poor = camera.one(1, unclear(seen(at(0.3, alice))))
    assert (poor.alert_id, poor.reason) == (first.alert_id, Reason.SAME_VISIT)
    assert len(camera.state.open[0].vectors) == 1


def test_what_waited_is_over_with_its_visit(camera: Camera, alice: Embedding) -> None:
    for second in (0, 500, 1000):
        assert camera.one(second, unclear(seen(alice))).change is Change.PASSED


def by_the_mean(alice: Embedding, bob: Embedding) -> Rules:
    """Rules by which a vector nearer than 0.4 to one of two people is that person."""

    def identify(vector: Embedding) -> Match:
        for name, own in (("Alice", alice), ("Bob", bob)):
            if 1 - vector @ own < 0.4:
                return seen(vector, name).match
        return seen(vector).match

    return dataclasses.replace(RULES, identify=identify, same_face=0.8)


def test_one_frame_that_is_taken_for_somebody_does_not_name_a_visit_of_another(
    alice: Embedding, bob: Embedding
) -> None:
    camera = Camera(by_the_mean(alice, bob))
    stranger = at(0.6, alice, towards=3)
    for second in range(3):
        camera.one(second, seen(stranger))
    lucky = camera.one(3, seen(at(0.15, stranger, towards=4), "Alice", distance=0.39))
    assert (lucky.change, lucky.name) == (Change.CONTINUED, "Unknown")


def test_a_visit_is_named_when_all_its_frames_together_are_somebody(alice: Embedding, bob: Embedding) -> None:
    camera = Camera(by_the_mean(alice, bob))
    first = camera.one(0, seen(at(0.5, alice, towards=5)))
    second = camera.one(1, seen(at(0.5, alice, towards=6)))
    assert (second.alert_id, second.change, second.name) == (first.alert_id, Change.UPGRADED, "Alice")
    assert second.evidence is not None
    assert second.evidence.person_id == "alice"


def test_an_early_wrong_name_is_corrected_in_place(alice: Embedding, bob: Embedding) -> None:
    camera = Camera(by_the_mean(alice, bob))
    wrong = camera.one(0, seen(at(0.45, bob, towards=7), "Alice"))
    right = camera.one(1, seen(at(0.2, bob, towards=8)))
    assert (right.alert_id, right.change, right.name) == (wrong.alert_id, Change.CORRECTED, "Bob")
    assert (right.was, right.reason) == ("alice", Reason.KNOWN)
    assert camera.one(2, seen(at(0.1, bob), "Bob")).change is Change.CONTINUED


def test_an_owners_word_is_not_corrected(alice: Embedding, bob: Embedding) -> None:
    camera = Camera(by_the_mean(alice, bob))
    camera.one(0, seen(at(0.4, bob, towards=7), "Alice"))
    (visit,) = camera.state.open
    camera.state = dataclasses.replace(camera.state, open=(dataclasses.replace(visit, settled=True),))
    assert camera.one(1, seen(at(0.2, bob, towards=8))).name == "Alice"


def test_a_stranger_who_is_being_named_names_the_visit_before_the_gallery_knows_the_person(
    alice: Embedding, bob: Embedding
) -> None:
    camera = Camera(by_the_mean(alice, bob))
    anna = face(3)
    camera.one(0, seen(anna))
    being_named = dataclasses.replace(seen(at(0.1, anna), "Anna"), is_being_named=True)
    named = camera.one(1, being_named)
    assert (named.change, named.name) == (Change.UPGRADED, "Anna")

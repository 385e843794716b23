"""The audit of a soak finds every kind of loss, and nothing where nothing was lost."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from stack.install.bootstrap import ROOT
from stack.soak import audit, visitors
from stack.soak.audit import LATE, SKEW, Post
from stack.soak.instances import WRONG_CLOCK, wrong_clock

VISIT = 20.0
START = 1_700_000_000.0


def post(
    at: float, alert: str | None = "a", status: int | None = 200, who: str = "Tom", frame: str = ""
) -> Post:
    return Post("cam", who, frame or f"taken at {at}", START + at, START + at + 0.5, status, alert)


def alert(frames: int, doubles: int = 0, first: float = 0.0, **changes: Any) -> dict[str, Any]:
    at = datetime.fromtimestamp(START + first, UTC)
    paths = {
        "picture": "stored",
        "shot": "s",
        "imagePath": "alerts/a/s/frame.jpg",
        "facePath": "alerts/a/s/face.jpg",
    }
    return {"cameraId": "cam", "frames": frames, "doubles": doubles, "firstSeenAt": at, **paths, **changes}


STORED = {"alerts/a/s/frame.jpg", "alerts/a/s/face.jpg"}


def test_frames_of_one_visit_with_two_alerts_are_found() -> None:
    assert audit.visits([post(0), post(3)], VISIT) == []
    assert len(audit.visits([post(0), post(3, "b")], VISIT)) == 1
    # two people, or two cameras, are two visits
    assert audit.visits([post(0), post(3, "b", who="Mia")], VISIT) == []


def test_visits_that_share_an_alert_are_found_unless_a_frame_between_may_have_kept_it_open() -> None:
    later = VISIT + 2 * SKEW
    assert len(audit.visits([post(0), post(later)], VISIT)) == 1
    assert audit.visits([post(0), post(later / 2, None, None), post(later)], VISIT) == []
    assert audit.visits([post(0), post(later, "b")], VISIT) == []


def test_a_frame_that_is_posted_again_keeps_no_visit_open() -> None:
    first, again = post(0, None, None, frame="f"), post(VISIT - SKEW, "a", frame="f")
    assert audit.visits([first, again, post(VISIT + SKEW, "b")], VISIT) == []
    assert len(audit.visits([first, again, post(VISIT - SKEW - 1, "b")], VISIT)) == 1
    assert audit.visits([post(0), post(0, frame="g"), post(VISIT + 3 * SKEW, frame="g")], VISIT) == []


@pytest.mark.parametrize("gap", [VISIT - SKEW, VISIT, VISIT + SKEW])
def test_near_the_end_of_a_visit_either_is_right(gap: float) -> None:
    assert audit.visits([post(0), post(gap)], VISIT) == []
    assert audit.visits([post(0), post(gap, "b")], VISIT) == []


@pytest.mark.parametrize(
    ("posts", "alerts", "wrong"),
    [
        ([post(0), post(1)], {"a": alert(2)}, 0),
        ([post(0), post(1)], {"a": alert(1, doubles=1)}, 0),
        ([post(0), post(1)], {"a": alert(1)}, 1),
        ([post(0)], {"a": alert(2)}, 1),
        ([post(0), post(1, None, None)], {"a": alert(2)}, 0),
        ([post(0), post(1, None, 503)], {"a": alert(1)}, 0),
        ([post(0)], {}, 1),
        ([], {"a": alert(1)}, 2),
        ([post(0, None, None)], {"a": alert(1)}, 0),
        ([post(0, None, None)], {"a": alert(1, first=LATE + 1)}, 1),
    ],
)
def test_each_accepted_frame_has_one_outcome(posts: list[Post], alerts: dict[str, Any], wrong: int) -> None:
    assert len(audit.outcomes(posts, alerts)) == wrong


def test_pictures_that_are_named_and_not_there_and_those_that_nobody_names_are_found() -> None:
    told = {"a": alert(1)}
    assert audit.pictures(told, {}, STORED) == audit.orphans(told, {}, STORED) == []
    assert len(audit.pictures(told, {}, {"alerts/a/s/frame.jpg"})) == 1
    assert len(audit.orphans(told, {}, STORED | {"alerts/b/s/frame.jpg", "strangers/c/face.jpg"})) == 2
    assert audit.orphans(told, {"c": {"facePath": "strangers/c/face.jpg"}}, {"strangers/c/face.jpg"}) == []
    without = {"a": alert(1, picture="missing", imagePath=None, facePath=None)}
    assert audit.pictures(without, {}, set()) == []
    assert len(audit.pictures(without, {}, set(), complete=True)) == 1
    assert len(audit.pictures(told, {"a": {"shot": "other"}}, STORED)) == 1


def _gallery(**changes: Any) -> dict[str, Any]:
    return {
        "gallery": {"Tom": {"photoIds": ["1.jpg"]}},
        "photos": {"faces/Tom/1.jpg": {"status": "enrolled"}},
        "alerts": {"a": {}},
        "strangers": {},
        "alert_vectors": {"a": {}},
        "stranger_vectors": {"gone": {"removed": True}},
    } | changes


@pytest.mark.parametrize(
    ("changes", "stored", "wrong"),
    [
        ({}, {"faces/Tom/1.jpg"}, 0),
        ({}, set(), 1),
        ({"photos": {}}, {"faces/Tom/1.jpg"}, 1),
        ({"photos": {"faces/Tom/1.jpg": {"status": "rejected"}}}, {"faces/Tom/1.jpg"}, 1),
        ({"gallery": {}}, {"faces/Tom/1.jpg"}, 1),
        ({"alerts": {}}, {"faces/Tom/1.jpg"}, 1),
        ({"stranger_vectors": {"s": {}}}, {"faces/Tom/1.jpg"}, 1),
    ],
)
def test_vectors_without_a_photo_an_alert_or_a_stranger_are_found(
    changes: dict[str, Any], stored: set[str], wrong: int
) -> None:
    assert len(audit.vectors(_gallery(**changes), stored)) == wrong


def test_photos_without_an_outcome_and_commands_not_carried_out_once_are_found() -> None:
    path = "faces/Tom/1.jpg"
    done: dict[str, Any] = {path: {"status": "enrolled"}}
    assert audit.photos({path: True}, done, {path}) == audit.photos({path: None}, {}, set()) == []
    lost: list[tuple[bool | None, dict[str, Any], set[str]]] = [
        (True, done, set()),
        (True, {path: {"status": "processing"}}, {path}),
        (False, done, {path}),
        (None, done, set()),
        (None, {}, {path}),
    ]
    assert [len(audit.photos({path: wanted}, found, there)) for wanted, found, there in lost] == [1] * 5
    turn = {"pan": 3, "tilt": 4}
    sent = {"args": turn, "state": "done"}
    assert audit.commands([turn], [sent]) == []
    assert len(audit.commands([turn], [])) == len(audit.commands([turn], [sent, sent])) == 1
    assert len(audit.commands([turn], [sent | {"state": "taken"}])) == 1


def test_answers_that_blame_the_program_are_found() -> None:
    assert audit.answers([post(0), post(1, None, 503), post(2, None, None)]) == []
    assert len(audit.answers([post(0, None, 500)])) == 1


def test_frames_are_told_apart_by_their_bytes_and_show_the_same() -> None:
    jpeg = b"\xff\xd8\xff\xe0rest"
    assert visitors.unlike_any_other(jpeg, 1) != visitors.unlike_any_other(jpeg, 2)
    assert visitors.unlike_any_other(jpeg, 1)[18:] == jpeg[2:]


CLOCKS = """
import datetime, json, time
from google.api_core.datetime_helpers import DatetimeWithNanoseconds
now = datetime.datetime.now(datetime.timezone.utc)
stamp = DatetimeWithNanoseconds(2026, 1, 1)
print(json.dumps([time.time(), now.timestamp(), isinstance(now, DatetimeWithNanoseconds),
                  isinstance(stamp, datetime.datetime), isinstance(stamp, DatetimeWithNanoseconds)]))
"""


def test_a_process_with_a_wrong_clock_sees_it_everywhere_and_works(tmp_path: Any) -> None:
    (tmp_path / "clocks.py").write_text(CLOCKS)
    launcher = wrong_clock(7200.0)
    assert launcher == (str(WRONG_CLOCK), "7200.0")
    assert wrong_clock(0.0) == ()
    done = subprocess.run(
        [sys.executable, *launcher, "-m", "clocks"],
        cwd=ROOT, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, moment, *kinds = json.loads(done.stdout)
    now = datetime.now(UTC).timestamp()
    assert abs(seconds - 7200 - now) < 600
    assert abs(moment - 7200 - now) < 600
    assert kinds == [False, True, True]

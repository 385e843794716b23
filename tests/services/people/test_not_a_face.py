"""An owner says that an alert is of no face: it goes, and what looks like it is silent from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.reason import Reason
from lookout.services import housekeeping
from lookout.services.detect.frames import FrameService
from stack.fake_camera.client import on_frame
from tests.services.people.conftest import CAMERA, House, vector
from tests.services.people.frames import before_write
from tests.support.documents import LATER, NOON
from tests.support.stores import objects


def say(house: House, alert_id: str) -> str | None:
    told = house.done(f"/alerts/{alert_id}/not-a-face", {})
    assert told["alert_id"] == alert_id
    assert house.get(f"alerts/{alert_id}") is None
    stranger_id: str | None = told["stranger_id"]
    return stranger_id


def left(house: House, alert_id: str, stranger_id: str | None) -> None:
    """What follows by itself when an alert is deleted."""
    keeping = housekeeping.Housekeeping(house.settings, house.stores, house.service().jobs.runner)
    keeping.alert_left(alert_id, stranger_id)


def test_the_stranger_of_the_alert_is_ignored_and_stays_when_the_alert_is_gone(house: House) -> None:
    house.stranger("s1", "a1")
    assert say(house, "a1") == "s1"
    left(house, "a1", "s1")
    assert house.read("strangers/s1")["ignored"] is True
    kept = house.read("stranger_vectors/s1")
    assert (kept["ignored"], kept["vectors"]) == (True, {"a1": vector(0)})
    assert house.get("alert_vectors/a1") is None


@pytest.mark.parametrize("stranger_id", [None, "forgotten"])
def test_a_face_that_is_no_strangers_becomes_an_ignored_one_with_its_picture(
    house: House, stranger_id: str | None
) -> None:
    house.alert("a1", stranger_id=stranger_id, shot="0123456789ab", reason="ambiguous")
    made = say(house, "a1")
    left(house, "a1", made)
    stranger = house.read(f"strangers/{made}")
    assert (stranger["ignored"], stranger["visits"], stranger["expireAt"]) == (True, 1, LATER)
    assert house.read(f"stranger_vectors/{made}")["vectors"] == {"a1": vector(2)}
    assert objects(house.bucket) == [stranger["facePath"]]
    assert house.bucket.blob(stranger["facePath"]).download_as_bytes() == b"face of a1"


def test_what_was_taken_for_a_person_is_a_negative_of_theirs_and_counted_no_more(house: House) -> None:
    house.person("Anna")
    house.alert("a1", "Anna")
    made = say(house, "a1")
    assert [one["alertId"] for one in house.read("gallery/Anna")["negatives"]] == ["a1"]
    assert house.by_person() == {}
    assert house.read(f"strangers/{made}")["ignored"] is True


def test_an_alert_without_a_face_is_only_deleted(house: House) -> None:
    house.alert("a1")
    house.db.document("alert_vectors/a1").delete()
    assert say(house, "a1") is None
    assert list(house.db.collection("strangers").stream()) == []


def test_no_alert_and_a_stranger_that_is_being_named_are_told(house: House) -> None:
    assert house.refused("/alerts/none/not-a-face")[0] == 404
    assert house.refused("/alerts/__x__/not-a-face")[0] == 404
    house.alert("old", expireAt=NOON - timedelta(days=900))
    assert house.refused("/alerts/old/not-a-face")[0] == 404
    house.stranger("s0", "b1")
    house.db.document("alerts/b1").update({"expireAt": NOON - timedelta(days=900)})
    assert house.refused("/alerts/b1/not-a-face")[0] == 404
    assert house.read("strangers/s0")["ignored"] is False
    house.stranger("s1", "a1", personId="Anna")
    before = house.all()
    assert house.refused("/alerts/a1/not-a-face")[0] == 409
    assert house.all() == before


class Killed(Exception):
    """The instance ends here."""


@pytest.mark.parametrize("write", [0, 1])
@pytest.mark.parametrize("person_id", [None, "Anna"])
def test_the_call_after_one_that_was_interrupted_finishes_it(
    house: House, write: int, person_id: str | None
) -> None:
    def die() -> None:
        raise Killed

    house.person("Anna")
    house.alert("a1", person_id, shot="0123456789ab")
    with before_write(write, die), pytest.raises(Killed):
        house.service()._not_a_face.mute("a1", "u")
    assert house.get("alerts/a1") is not None
    made = say(house, "a1")
    assert [one.id for one in house.db.collection("strangers").get()] == [made]
    assert house.read(f"strangers/{made}")["visits"] == 1


@pytest.mark.parametrize("goes_on", [True, False])
def test_the_like_is_silent_from_then_on_also_within_the_same_visit(
    house: House, photos: Path, goes_on: bool
) -> None:
    watch = FrameService(house.settings, house.stores)

    def post(photo: str, camera: str = CAMERA) -> Mapping[str, Any]:
        frame = on_frame((photos / photo).read_bytes(), 800, 600)
        answer: Mapping[str, Any] = watch.judge(Camera(camera, "Door", "active", 0), frame)
        return answer

    alert_id = str(post("obama.jpg")["alert_id"])
    left(house, alert_id, say(house, alert_id))
    assert post("obama2.jpg", CAMERA if goes_on else "cam_back")["reason"] == Reason.MUTED
    assert list(house.db.collection("alerts").stream()) == []

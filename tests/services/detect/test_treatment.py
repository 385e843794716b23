"""Alerts as the owner wants them: armed or not, told or recorded, and silent about some."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.services.detect.conftest import CAMERA, House, People, Shot
from tests.services.detect.test_answers import beside, mirrored
from tests.support.stores import objects
from tests.support.visits import let_pass


def _site(house: House, **fields: Any) -> None:
    house.db.document("settings/site").set(fields, merge=True)
    house.run_on(house.another_instance())


def _camera(house: House, **fields: Any) -> None:
    house.db.document(f"cameras/{CAMERA}").update(fields)


def _notices(house: House) -> dict[str, dict[str, Any]]:
    return {one.id: one.to_dict() for one in house.db.collection("notices").get()}


def _clock(shift: timedelta) -> str:
    return f"{datetime.now(UTC) + shift:%H:%M}"


NOW = {"from": _clock(timedelta(hours=-2)), "to": _clock(timedelta(hours=2))}
NOT_NOW = {"from": _clock(timedelta(hours=3)), "to": _clock(timedelta(hours=5))}


def test_a_new_alert_is_told_once_however_often_the_person_is_seen(house: House, shot: Shot) -> None:
    for photo in ("obama.jpg", "obama2.jpg", "obama2.jpg"):
        house.post(shot(photo))
    alert = house.alert()
    ((notice_id, notice),) = _notices(house).items()
    assert notice_id == f"{alert['id']}_new"
    assert (notice["alertId"], notice["cameraId"], notice["state"]) == (alert["id"], CAMERA, "new")
    assert notice["personId"] is None
    assert alert["silence"] is None


def test_who_is_recognised_later_is_told_of_once_more(house: House, people: People, shot: Shot) -> None:
    house.post(shot("obama.jpg"))
    people.enrol("Obama", "obama2.jpg")
    house.post(shot("obama2.jpg"))
    house.post(shot("obama2.jpg", 640, 480))
    alert_id = house.alert()["id"]
    assert set(_notices(house)) == {f"{alert_id}_new", f"{alert_id}_known"}
    assert _notices(house)[f"{alert_id}_known"]["personId"] == "Obama"


def test_a_frame_without_a_good_face_tells_nobody(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg", 80, 60))
    assert _notices(house) == {}


@pytest.mark.parametrize(
    "fields", [{"armed": False}, {"armedHours": NOT_NOW}, {"armed": False, "armedHours": NOW}]
)
def test_a_disarmed_site_stores_nothing_and_says_so(house: House, shot: Shot, fields: dict[str, Any]) -> None:
    _site(house, **fields)
    answer = house.post(shot("obama.jpg"))
    assert (answer["reason"], answer["alert_id"], answer["person"]) == ("disarmed", None, None)
    assert (answer["is_known"], answer["confidence"], len(answer["faces"])) == (False, 0.0, 1)
    assert house.alerts() == []
    assert objects(house.bucket) == []
    for collection in ("visits", "strangers", "notices", "alert_vectors"):
        assert house.db.collection(collection).get() == []
    assert house.db.document(f"cameras/{CAMERA}").get().to_dict()["lastReason"] == "disarmed"


@pytest.mark.parametrize("fields", [{"armedHours": NOW}, {"armedHours": {"from": "22:00", "to": "22:00"}}])
def test_within_its_hours_a_site_is_armed_and_hours_that_make_no_sense_do_not_disarm_it(
    house: House, shot: Shot, fields: dict[str, Any]
) -> None:
    _site(house, **fields)
    assert house.post(shot("obama.jpg"))["reason"] == "unknown"


def test_arming_again_brings_up_nothing_of_before(house: House, shot: Shot) -> None:
    _site(house, armed=False)
    house.post(shot("obama.jpg"))
    _site(house, armed=True)
    assert _notices(house) == {}
    armed_at = datetime.now(UTC)
    house.post(shot("obama2.jpg"))
    alert = house.alert()
    assert alert["firstSeenAt"] >= armed_at
    assert alert["frames"] == 1
    assert set(_notices(house)) == {f"{alert['id']}_new"}


def test_a_camera_may_be_armed_in_a_disarmed_site_and_the_other_way_round(house: House, shot: Shot) -> None:
    _site(house, armed=False)
    _camera(house, armed=True)
    assert house.post(shot("obama.jpg"))["reason"] == "unknown"
    _site(house, armed=True)
    _camera(house, armed=False)
    assert house.post(shot("biden.jpg"))["reason"] == "disarmed"


def test_in_quiet_hours_an_alert_is_stored_and_nobody_told(house: House, shot: Shot) -> None:
    _site(house, quietHours=NOW)
    house.post(shot("obama.jpg"))
    assert house.alert()["silence"] == "quiet_hours"
    assert _notices(house) == {}
    _site(house, quietHours=NOT_NOW)
    house.post(shot("biden.jpg"))
    assert len(_notices(house)) == 1


@pytest.mark.parametrize("rule", ["site", "camera"])
def test_known_people_may_be_recorded_without_a_word(
    house: House, people: People, shot: Shot, rule: str
) -> None:
    people.enrol("Obama", "obama2.jpg")
    (_site if rule == "site" else _camera)(house, known="record")
    assert house.post(shot("obama.jpg"))["reason"] == "known"
    assert house.alert()["silence"] == "record"
    assert _notices(house) == {}
    house.post(shot("biden.jpg"))
    assert len(_notices(house)) == 1


def test_known_people_may_be_ignored_and_strangers_still_told(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Obama", "obama2.jpg")
    _site(house, known="ignore")
    answer = house.post(shot("obama.jpg"))
    assert (answer["reason"], answer["person"], answer["is_known"]) == ("muted", "Obama", True)
    assert answer["alert_id"] is None
    assert house.alerts() == []
    assert house.post(shot("biden.jpg"))["reason"] == "unknown"


def test_a_muted_person_makes_no_alert_until_unmuted_and_back(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Obama", "obama2.jpg")
    people.mute("Obama", muted=True)
    assert house.post(shot("obama.jpg"))["reason"] == "muted"
    # seen from the side a moment later it is still him
    assert house.post(shot("obama_partial_face.jpg"))["alert_id"] is None
    assert house.alerts() == []
    assert objects(house.bucket) == []
    people.mute("Obama", muted=False)
    house.everybody_leaves()
    assert house.post(shot("obama3.jpg"))["reason"] == "known"


@pytest.mark.parametrize("how", ["muted", "known people are ignored"])
def test_the_mirror_of_somebody_nobody_wants_to_hear_of_makes_no_alert(
    house: House, people: People, shot: Shot, how: str
) -> None:
    people.enrol("Obama", "obama2.jpg")
    if how == "muted":
        people.mute("Obama", muted=True)
    else:
        _site(house, known="ignore")
    frame = beside(shot("obama.jpg"), mirrored(shot("obama.jpg")))
    for _ in range(2):
        frame = beside(frame)
        answer = house.post(frame)
        assert [face["reason"] for face in answer["faces"]] == ["muted", "muted"]
        assert [face["alert_id"] for face in answer["faces"]] == [None, None]
    assert house.alerts() == []
    assert _notices(house) == {}
    # a stranger beside the two is told of all the same
    answer = house.post(beside(frame, shot("biden.jpg")))
    assert sorted(face["reason"] for face in answer["faces"]) == ["muted", "muted", "unknown"]
    assert len(house.alerts()) == 1


def test_a_muted_person_beside_a_stranger_leaves_the_stranger_an_alert(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Obama", "obama2.jpg")
    people.mute("Obama", muted=True)
    answer = house.post(beside(shot("obama.jpg"), shot("biden.jpg")))
    assert (answer["reason"], answer["alert_id"]) == ("unknown", house.alert()["id"])
    assert sorted(face["reason"] for face in answer["faces"]) == ["muted", "unknown"]
    # so that erasing the muted one finds the frame
    assert house.alert()["beside"] == ["Obama"]


def test_a_camera_may_have_a_visit_length_of_its_own(house: House, shot: Shot) -> None:
    _camera(house, visitSeconds=1)
    house.post(shot("obama.jpg"))
    let_pass(house.stores, CAMERA, timedelta(seconds=2))
    assert house.post(shot("obama2.jpg"))["reason"] == "unknown"
    assert len(house.alerts()) == 2


@pytest.mark.few(2)
@pytest.mark.parametrize("value", [0, -5, 86401, True, "a minute", 1.5])
def test_a_visit_length_that_makes_no_sense_leaves_that_of_the_site(
    house: House, shot: Shot, value: object
) -> None:
    _camera(house, visitSeconds=value)
    house.post(shot("obama.jpg"))
    assert house.post(shot("obama2.jpg"))["reason"] == "same_visit"


def test_a_double_of_a_silent_frame_is_answered_like_the_first(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Obama", "obama2.jpg")
    _site(house, known="ignore")
    first, again = house.post(shot("obama.jpg")), house.post(shot("obama.jpg"))
    for answer in (first, again):
        assert (answer["reason"], answer["alert_id"], answer["person"]) == ("muted", None, "Obama")

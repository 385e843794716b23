"""Unknown faces are remembered, one stranger each, whichever camera sees them and however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore import SERVER_TIMESTAMP

from lookout.cloud.cameras.keys import register
from lookout.domain.cameras.camera import Camera
from tests.services.detect.conftest import House, People, Shot
from tests.support.stores import objects


def _strangers(house: House) -> dict[str, dict[str, Any]]:
    return {one.id: one.to_dict() for one in house.db.collection("strangers").get()}


def _vectors(house: House, stranger_id: str) -> dict[str, Any]:
    stored: dict[str, Any] = house.db.document(f"stranger_vectors/{stranger_id}").get().to_dict()
    return stored


def _change(house: House, stranger_id: str, **fields: Any) -> None:
    """What the owner's calls write."""
    house.db.document(f"stranger_vectors/{stranger_id}").update({**fields, "changedAt": SERVER_TIMESTAMP})
    house.db.document("stranger_state/current").set({"changedAt": SERVER_TIMESTAMP})


def test_a_stranger_who_comes_back_is_the_same_one(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg"))
    (first,) = _strangers(house).values()
    house.everybody_leaves()
    house.post(shot("obama2.jpg"))
    ((stranger_id, stranger),) = _strangers(house).items()
    assert [alert["strangerId"] for alert in house.alerts()] == [stranger_id, stranger_id]
    assert (stranger["visits"], stranger["firstSeenAt"]) == (2, first["firstSeenAt"])
    assert stranger["lastSeenAt"] > first["lastSeenAt"]
    assert stranger["expireAt"] > first["expireAt"] + timedelta(days=59)
    assert set(_vectors(house, stranger_id)["vectors"]) == {alert["id"] for alert in house.alerts()}


def test_a_stranger_is_stored_with_the_cameras_that_saw_it_each_once(house: House, shot: Shot) -> None:
    key = register(house.db, "cam_back", "Back Door")
    house.post(shot("obama.jpg"))
    (before,) = _strangers(house).values()
    house.everybody_leaves()
    house.post(shot("obama.jpg"))
    house.answer(shot("obama.jpg"), key, "cam_back")
    (stranger,) = _strangers(house).values()
    assert stranger["visits"] == 3
    assert len(before["cameras"]) == 1
    assert stranger["cameras"] == [*before["cameras"], "cam_back"]


def test_who_stays_has_one_visit(house: House, shot: Shot) -> None:
    for photo in ("obama.jpg", "obama2.jpg", "obama3.jpg"):
        house.post(shot(photo))
    (stranger,) = _strangers(house).values()
    assert stranger["visits"] == 1


def test_six_people_are_six_strangers_and_what_readers_see_of_them_holds_no_vector(
    house: House, shot: Shot
) -> None:
    house.post(shot("t1.jpg"))
    strangers = _strangers(house)
    assert len(strangers) == 6
    assert {alert["strangerId"] for alert in house.alerts()} == set(strangers)
    assert not any(isinstance(value, bytes | dict) for one in strangers.values() for value in one.values())
    pictures = [one["facePath"] for one in strangers.values()]
    assert set(pictures) == {path for path in objects(house.bucket) if path.startswith("strangers/")}


def test_a_better_picture_takes_the_place_of_the_strangers_one(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg", 320, 240))
    (before,) = _strangers(house).values()
    house.post(shot("obama.jpg"))
    (after,) = _strangers(house).values()
    assert after["quality"] > before["quality"]
    assert [path for path in objects(house.bucket) if path.startswith("strangers/")] == [after["facePath"]]
    house.everybody_leaves()
    house.post(shot("obama.jpg", 320, 240))
    (kept,) = _strangers(house).values()
    assert kept["facePath"] == after["facePath"]


def test_two_cameras_that_meet_a_new_face_at_once_make_one_stranger_of_it(house: House, shot: Shot) -> None:
    register(house.db, "cam_back", "Back Door")
    watches = [house.another_instance(), house.another_instance()]
    cameras = [Camera("cam_front", "Front", "active", 0), Camera("cam_back", "Back", "active", 0)]
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda watch, camera, photo: watch.judge(camera, shot(photo)),
                watches,
                cameras,
                ("obama.jpg", "obama2.jpg"),
            )
        )
    ((stranger_id, stranger),) = _strangers(house).items()
    assert stranger["visits"] == 2
    assert [alert["strangerId"] for alert in house.alerts()] == [stranger_id, stranger_id]


def test_an_ignored_stranger_makes_no_more_alerts_and_is_not_forgotten(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg"))
    ((stranger_id, before),) = _strangers(house).items()
    _change(house, stranger_id, ignored=True)
    house.everybody_leaves()
    for photo in ("obama2.jpg", "obama3.jpg"):
        answer = house.post(shot(photo))
        assert (answer["reason"], answer["alert_id"], answer["person"]) == ("muted", None, "Unknown")
    assert len(house.alerts()) == 1
    (after,) = _strangers(house).values()
    assert after["visits"] == 2
    assert after["expireAt"] > before["expireAt"]
    assert len(house.db.collection("notices").get()) == 1


def test_a_stranger_who_is_being_named_is_known_at_once(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg"))
    ((stranger_id, _),) = _strangers(house).items()
    _change(house, stranger_id, personId="anna", name="Anna")
    house.everybody_leaves()
    answer = house.post(shot("obama2.jpg"))
    assert (answer["person"], answer["is_known"], answer["faces"][0]["person_id"]) == ("Anna", True, "anna")
    new = next(alert for alert in house.alerts() if alert["id"] == answer["alert_id"])
    assert (new["personId"], new["strangerId"]) == ("anna", None)


def test_no_alert_is_of_a_stranger_who_was_removed_while_an_instance_still_knew_him(
    house: House, shot: Shot
) -> None:
    house.run_on(house.another_instance(GALLERY_REFRESH_SECONDS=3600.0))
    house.post(shot("obama.jpg"))
    house.everybody_leaves()
    house.post(shot("obama2.jpg"))
    ((stranger_id, _),) = _strangers(house).items()
    house.db.document(f"strangers/{stranger_id}").delete()
    gone = {"removed": True, "changedAt": SERVER_TIMESTAMP}
    house.db.document(f"stranger_vectors/{stranger_id}").set(gone)
    house.db.document("stranger_state/current").set({"changedAt": SERVER_TIMESTAMP})
    house.everybody_leaves()
    answer = house.post(shot("obama3.jpg"))
    ((another, stranger),) = _strangers(house).items()
    assert another == answer["alert_id"]
    assert stranger["visits"] == 1


def test_a_stranger_who_turns_out_to_be_somebody_known_is_no_stranger(
    house: House, people: People, shot: Shot
) -> None:
    house.post(shot("obama.jpg"))
    assert len(_strangers(house)) == 1
    people.enrol("Obama", "obama2.jpg", "obama3.jpg")
    answer = house.post(shot("obama2.jpg"))
    assert (answer["person"], answer["reason"]) == ("Obama", "known")
    assert _strangers(house) == {}
    assert house.alert()["strangerId"] is None
    assert house.pictures() == objects(house.bucket)


def test_of_a_stranger_with_other_visits_only_this_one_is_taken_back(
    house: House, people: People, shot: Shot
) -> None:
    house.post(shot("obama.jpg", 200, 150))
    ((stranger_id, _),) = _strangers(house).items()
    house.everybody_leaves()
    house.post(shot("obama2.jpg"))
    people.enrol("Obama", "obama2.jpg")
    upgraded = house.post(shot("obama2.jpg", 640, 480))
    assert upgraded["reason"] == "known"
    stranger = _strangers(house)[stranger_id]
    assert (stranger["visits"], stranger["facePath"]) == (1, None)
    assert upgraded["alert_id"] not in _vectors(house, stranger_id)["vectors"]


@pytest.mark.parametrize("why", ["another model's", "expired", "unreadable"])
def test_a_stranger_that_cannot_be_compared_is_left_alone(house: House, shot: Shot, why: str) -> None:
    house.post(shot("obama.jpg"))
    ((stranger_id, _),) = _strangers(house).items()
    changes: dict[str, dict[str, Any]] = {
        "another model's": {"modelId": "other"},
        "expired": {"expireAt": datetime.now(UTC) - timedelta(seconds=1)},
        "unreadable": {"vectors": {"a": b"123"}},
    }
    _change(house, stranger_id, **changes[why])
    house.everybody_leaves()
    answer = house.post(shot("obama2.jpg"))
    assert set(_strangers(house)) == {stranger_id, answer["alert_id"]}


def test_beyond_the_bound_new_faces_make_alerts_but_no_strangers(house: House, shot: Shot) -> None:
    house.run_on(house.another_instance(MAX_STRANGERS=1))
    house.post(shot("obama.jpg"))
    house.post(shot("biden.jpg"))
    assert len(house.alerts()) == 2
    assert len(_strangers(house)) == 1


def test_who_may_be_one_of_two_people_is_no_stranger(house: House, people: People, shot: Shot) -> None:
    people.enrol("Tom", "obama.jpg")
    people.enrol("Tim", "obama.jpg")
    assert house.post(shot("obama2.jpg"))["reason"] == "ambiguous"
    assert _strangers(house) == {}


def test_the_vector_of_an_alerts_picture_is_kept_for_the_server(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg", 320, 240))
    alert = house.alert()
    first = house.db.document(f"alert_vectors/{alert['id']}").get().to_dict()
    assert len(first["vector"]) == 2 * 512
    assert first["expireAt"] >= alert["expireAt"]
    house.post(shot("obama.jpg"))
    assert house.db.document(f"alert_vectors/{alert['id']}").get().to_dict()["vector"] != first["vector"]
    assert not any(isinstance(value, bytes) for value in house.alert().values())


@pytest.mark.few(2)
@pytest.mark.parametrize("deleted", ["strangers", "stranger_vectors", "both"])
@pytest.mark.parametrize("ignored", [False, True])
def test_a_stranger_that_somebody_deleted_by_half_blocks_no_camera(
    house: House, shot: Shot, deleted: str, ignored: bool
) -> None:
    house.post(shot("obama.jpg"))
    (before,) = _strangers(house)
    if ignored:
        house.db.document(f"strangers/{before}").update({"ignored": True})
        _change(house, before, ignored=True)
    house.post(shot("biden.jpg"))
    for collection in ("strangers", "stranger_vectors") if deleted == "both" else (deleted,):
        house.db.document(f"{collection}/{before}").delete()
    house.everybody_leaves()
    answer = house.post(shot("obama2.jpg"))
    assert (answer["person"], answer["reason"]) == ("Unknown", "unknown")
    alert = next(one for one in house.alerts() if one["id"] == answer["alert_id"])
    assert alert["strangerId"] not in (None, before)
    assert _vectors(house, before)["removed"] is True
    # a change based on an old reading is refused
    house.everybody_leaves()
    assert house.post(shot("obama.jpg"))["alert_id"] is not None
    again = next(one for one in house.alerts() if one["id"] not in (before, answer["alert_id"]))
    assert again["strangerId"] is not None

"""A store that fails costs what it holds, and no more: an alert its picture, or a camera one more posting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.services.detect.conftest import CAMERA, ROOM, House, People, Shot
from tests.support.outage import StoreLine, closed_port, storage_that_answers, storage_that_hangs
from tests.support.stores import bucket_at, objects


@contextmanager
def _failing_bucket(kind: str, project: str) -> Iterator[Any]:
    with ExitStack() as storage:
        match kind:
            case "down":
                url = f"http://127.0.0.1:{closed_port()}"
            case "hanging":
                url = storage.enter_context(storage_that_hangs())
            case _:
                url = storage.enter_context(storage_that_answers(int(kind)))
        bucket = bucket_at(url, project)
        yield bucket
        bucket.client.close()


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", ["down", "hanging", "500", "503", "403"])
def test_without_storage_the_alert_stands_and_says_that_its_picture_is_missing(
    house: House, shot: Shot, project: str, kind: str
) -> None:
    with _failing_bucket(kind, project) as bucket:
        house.run_on(house.another_instance(bucket=bucket, STORE_TIMEOUT_SECONDS=0.5))
        answer = house.post(shot("obama.jpg"))
    alert = house.alert()
    assert alert["id"] == answer["alert_id"]
    assert (alert["picture"], alert["imagePath"], alert["facePath"]) == ("missing", None, None)


def test_a_better_shot_that_cannot_be_stored_leaves_the_one_before(
    house: House, shot: Shot, project: str
) -> None:
    house.post(shot("obama.jpg", 320, 240))
    before = house.alert()
    with _failing_bucket("500", project) as bucket:
        house.run_on(house.another_instance(bucket=bucket, STORE_TIMEOUT_SECONDS=0.5))
        house.post(shot("obama.jpg"))
    alert = house.alert()
    assert (alert["imagePath"], alert["picture"]) == (before["imagePath"], "stored")
    assert house.pictures() == sorted([before["imagePath"], before["facePath"]])


def test_after_an_outage_of_storage_the_next_better_shot_is_stored_and_nothing_is_left_behind(
    house: House, shot: Shot, project: str
) -> None:
    house.post(shot("biden.jpg", 320, 240))
    with _failing_bucket("500", project) as bucket:
        house.run_on(house.another_instance(bucket=bucket, STORE_TIMEOUT_SECONDS=0.5))
        house.post(shot("biden.jpg", 640, 480))
    house.run_on(house.another_instance())
    house.post(shot("biden.jpg", 1600, 1200))
    alert = house.alert()
    assert (alert["picture"], alert["frames"]) == ("stored", 3)
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])
    assert house.bucket.blob(alert["imagePath"]).download_as_bytes() == shot("biden.jpg", 1600, 1200)


def test_an_alert_without_a_picture_gets_that_of_the_next_frame(
    house: House, shot: Shot, project: str
) -> None:
    with _failing_bucket("500", project) as bucket:
        watch = house.another_instance(bucket=bucket, STORE_TIMEOUT_SECONDS=0.5)
        house.run_on(watch)
        house.post(shot("obama.jpg"))
        assert house.alert()["picture"] == "missing"
        watch._alert_pictures._stores = house.stores
        house.post(shot("obama.jpg", 320, 240))
    alert = house.alert()
    assert (alert["picture"], alert["frames"]) == ("stored", 2)
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])


def test_the_frame_that_is_posted_again_brings_the_picture_that_storage_did_not_take(
    house: House, shot: Shot, project: str
) -> None:
    with _failing_bucket("500", project) as bucket:
        house.run_on(house.another_instance(bucket=bucket, STORE_TIMEOUT_SECONDS=0.5))
        first = house.post(shot("obama.jpg"))
        assert house.alert()["picture"] == "missing"
    house.run_on(house.another_instance())
    assert house.post(shot("obama.jpg"))["alert_id"] == first["alert_id"]
    alert = house.alert()
    assert (alert["picture"], alert["frames"], alert["doubles"]) == ("stored", 1, 1)
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])
    assert house.bucket.blob(alert["imagePath"]).download_as_bytes() == shot("obama.jpg")
    (stranger,) = house.db.collection("strangers").get()
    assert stranger.get("facePath") in objects(house.bucket)


def test_without_firestore_a_camera_is_told_when_to_post_again_and_no_picture_is_left(
    house: House, shot: Shot, line: StoreLine, distant_db: Any
) -> None:
    line.cut()
    watch = house.another_instance(db=distant_db, STORE_TIMEOUT_SECONDS=0.5)
    house.run_on(watch, distant_db)
    answer = house.answer(shot("obama.jpg"))
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert objects(house.bucket) == []


def test_when_firestore_goes_down_during_a_visit_the_alert_keeps_its_picture_and_the_next_frame_is_judged(
    house: House, people: People, shot: Shot, line: StoreLine, distant_db: Any
) -> None:
    people.enrol("Barack", "obama2.jpg")
    watch = house.another_instance(db=distant_db, STORE_TIMEOUT_SECONDS=0.5)
    house.run_on(watch)  # the camera is told by a Firestore that answers, the frame judged by one that is cut
    house.post(shot("obama.jpg", 320, 240))
    before, stored = house.alert(), objects(house.bucket)
    line.cut()
    answer = house.answer(shot("obama.jpg"))
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert "Retry-After" in answer.headers
    assert house.alert() == before
    # whether the alert has the better shot by now is unknown: the tidying finds what no alert names
    assert set(objects(house.bucket)) >= set(stored)
    house.run_on(house.another_instance())
    assert house.post(shot("obama.jpg"))["alert_id"] == before["id"]
    assert {house.alert()["imagePath"], house.alert()["facePath"]} <= set(objects(house.bucket))


def test_an_empty_frame_needs_no_firestore(
    house: House, line: StoreLine, distant_db: Any, photos: Any
) -> None:
    from tests.services.detect.test_answers import empty_frame

    line.cut()
    house.run_on(house.another_instance(db=distant_db, STORE_TIMEOUT_SECONDS=0.5))
    assert house.post(empty_frame())["reason"] == "no_face"


@pytest.mark.few(1)
@pytest.mark.parametrize("photo", ["obama.jpg", "obama2.jpg"])
def test_a_frame_whose_recording_was_done_but_not_confirmed_keeps_its_picture(
    house: House, people: People, shot: Shot, line: StoreLine, distant_db: Any, photo: str
) -> None:
    people.enrol("Barack", "obama3.jpg")
    watch = house.another_instance(db=distant_db, STORE_TIMEOUT_SECONDS=1.0)
    house.run_on(watch)
    house.post(shot("obama.jpg", 320, 240))
    # from here on the next call that this instance makes is its write
    watch._gallery._refresh_seconds = watch._heartbeats._every_seconds = 3600.0
    line.keep_back_an_answer()
    answer = watch.judge(ROOM, shot(photo))
    assert line.kept_back
    alert = house.alert()
    assert (alert["id"], alert["frames"], alert["doubles"]) == (answer["alert_id"], 2, 0)
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])


def test_a_heartbeat_that_fails_keeps_its_counts_for_the_next(
    house: House, line: StoreLine, distant_db: Any
) -> None:
    from tests.services.detect.test_answers import empty_frame

    watch = house.another_instance(db=distant_db, STORE_TIMEOUT_SECONDS=0.5)
    line.cut()
    for quality in (80, 81, 81):
        watch.judge(ROOM, empty_frame(quality))
    beats = watch._heartbeats
    beats._stores = house.stores
    watch.judge(ROOM, empty_frame(81))
    camera = house.db.document(f"cameras/{CAMERA}").get().to_dict()
    assert (camera["framesToday"], camera["doublesToday"]) == (2, 2)

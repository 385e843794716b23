"""Judged frames are kept on demand, under names that say what was seen."""

from __future__ import annotations

import json
import re

import pytest

from tests.services.detect.conftest import House, People, Shot
from tests.services.detect.test_answers import empty_frame
from tests.support.outage import closed_port
from tests.support.stores import bucket_at, objects

TIME = r"\d{8}T\d{6}\.\d{3}Z"


@pytest.fixture
def debugged(house: House) -> House:
    house.run_on(house.another_instance(DEBUG_FRAMES=True))
    return house


def _frames(house: House) -> list[str]:
    return [path for path in objects(house.bucket) if path.startswith("debug/")]


def test_a_frame_is_kept_under_the_name_of_who_was_seen(debugged: House, people: People, shot: Shot) -> None:
    people.enrol("Obama", "obama2.jpg")
    jpeg = shot("obama.jpg")
    debugged.post(jpeg)
    (path,) = _frames(debugged)
    assert re.fullmatch(rf"debug/FACE_Obama_{TIME}\.jpg", path)
    blob = debugged.bucket.get_blob(path)
    assert blob.download_as_bytes() == jpeg
    assert json.loads(blob.metadata["personIds"]) == ["Obama"]


def test_a_frame_says_which_alerts_it_is_of(debugged: House, shot: Shot) -> None:
    alert_id = debugged.post(shot("biden.jpg"))["alert_id"]
    (path,) = _frames(debugged)
    metadata = debugged.bucket.get_blob(path).metadata
    assert (json.loads(metadata["personIds"]), json.loads(metadata["alertIds"])) == ([], [alert_id])


def test_none_is_kept_while_disarmed(debugged: House, shot: Shot) -> None:
    debugged.db.document("settings/site").set({"armed": False})
    debugged.run_on(debugged.another_instance(DEBUG_FRAMES=True))
    assert debugged.post(shot("biden.jpg"))["reason"] == "disarmed"
    debugged.post(empty_frame())
    assert _frames(debugged) == []


def test_an_unknown_face_and_an_empty_frame_are_named_so(debugged: House, shot: Shot) -> None:
    debugged.post(shot("biden.jpg"))
    debugged.post(empty_frame())
    face, no_face = _frames(debugged)
    assert re.fullmatch(rf"debug/FACE_Unknown_{TIME}\.jpg", face)
    assert re.fullmatch(rf"debug/NO_FACE_{TIME}\.jpg", no_face)


def test_by_default_none_is_kept(house: House, shot: Shot) -> None:
    house.post(shot("biden.jpg"))
    house.post(empty_frame())
    assert _frames(house) == []


def test_a_name_cannot_lead_a_frame_elsewhere(debugged: House, people: People, shot: Shot) -> None:
    people.enrol("Obama", "obama2.jpg")
    people.rename("Obama", "../faces/Å b\\c")
    debugged.post(shot("obama.jpg"))
    (path,) = _frames(debugged)
    assert re.fullmatch(rf"debug/FACE__faces_Å_b_c_{TIME}\.jpg", path)


def test_a_storage_that_is_down_costs_the_debug_frame_and_nothing_else(house: House, project: str) -> None:
    bucket = bucket_at(f"http://127.0.0.1:{closed_port()}", project)
    house.run_on(house.another_instance(bucket=bucket, DEBUG_FRAMES=True, STORE_TIMEOUT_SECONDS=0.5))
    assert house.post(empty_frame())["reason"] == "no_face"
    bucket.client.close()

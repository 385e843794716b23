"""A camera with servos is told how to turn towards the face that matters."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lookout.domain.cameras.camera import FOV
from tests.services.detect.conftest import CAMERA, House, People, Shot
from tests.services.detect.test_answers import beside, empty_frame


def _follow(house: House, **fields: Any) -> None:
    house.db.document(f"cameras/{CAMERA}").update({"follow": True, **fields})


def test_a_camera_that_does_not_follow_is_not_told_where_to_look(house: House, shot: Shot) -> None:
    assert set(house.post(shot("obama.jpg"))["next"]) == {"interval_ms", "flash", "framesize"}


def test_nobody_there_leaves_the_servos_where_they_are(house: House) -> None:
    _follow(house)
    assert set(house.post(empty_frame())["next"]) == {"interval_ms", "flash", "framesize"}


@pytest.mark.parametrize("fov", [FOV, 120])
def test_it_is_turned_half_of_the_way_to_the_face_by_what_its_lens_sees(
    house: House, shot: Shot, fov: float
) -> None:
    _follow(house, fov=fov)
    answer = house.post(beside(shot("obama.jpg"), empty_frame()))
    left, top, width, height = answer["faces"][0]["box"]
    focal = 800 / math.tan(math.radians(fov) / 2)
    right = math.degrees(math.atan((left + width / 2 - 800) / focal)) / 2
    up = math.degrees(math.atan((300 - top - height / 2) / focal)) / 2
    assert right < -5
    assert abs(answer["next"]["pan"] - right) <= 1
    assert abs(answer["next"]["tilt"] - up) <= 1


def test_it_follows_the_stranger_before_somebody_known(house: House, people: People, shot: Shot) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    _follow(house)
    left, right = shot("obama3.jpg"), shot("biden.jpg")
    assert house.post(beside(left, right))["next"]["pan"] > 0
    assert house.post(beside(right, left))["next"]["pan"] < 0


@pytest.mark.few(2)
@pytest.mark.parametrize("fov", [None, 0, 180, "wide", True])
def test_a_lens_that_cannot_be_counts_as_the_usual_one(house: House, shot: Shot, fov: object) -> None:
    frame = beside(shot("obama.jpg"), empty_frame())
    _follow(house, fov=fov)
    assert house.post(frame)["next"]["pan"] == pytest.approx(-9, abs=3)

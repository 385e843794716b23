"""Somebody comes in over a border of the frame: half a face is nobody's, and makes no alert."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench import scene
from tests.services.detect.conftest import House, People

OBAMA = (453, 164, 166, 251)
BORDERS = ("left", "right", "top", "bottom")


def walk(house: House, photos: Path, border: str, steps: tuple[float, ...], size: int = 140) -> list[Any]:
    """The answers to the frames of one who walks in."""
    frames = [scene.entering(photos / "obama3.jpg", OBAMA, size, border, visible) for visible in steps]
    return [house.post(scene.posted(frame)) for frame in frames]


@pytest.mark.few(1)
@pytest.mark.parametrize("border", BORDERS)
def test_somebody_known_who_walks_in_makes_one_alert_with_the_name(
    house: House, people: People, photos: Path, border: str
) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    for size in (60, 140):
        walk(house, photos, border, (0.45, 0.55, 0.65, 0.75, 0.85, 1.0, 1.2), size)
    (alert,) = house.alerts()
    assert (alert["person"], alert["isKnown"], alert["strangerId"]) == ("Obama", True, None)
    assert house.db.collection("strangers").get() == []


def test_a_cut_face_is_told_with_a_reason_of_its_own_and_counted(house: House, photos: Path) -> None:
    (answer,) = walk(house, photos, "bottom", (0.65,))
    assert (answer["reason"], answer["alert_id"], answer["person"]) == ("cut_off", None, None)
    assert [face["reason"] for face in answer["faces"]] == ["cut_off"]
    assert house.alerts() == []
    assert house.pictures() == []
    day = f"{datetime.now(UTC):%Y-%m-%d}_cam_front"
    assert house.db.document(f"days/{day}").get().to_dict()["reasons"] == {"cut_off": 1}


def test_a_stranger_who_comes_in_makes_the_alert_once_wholly_in_sight(house: House, photos: Path) -> None:
    *cut, whole = walk(house, photos, "left", (0.6, 0.8, 1.5))
    assert {answer["reason"] for answer in cut} == {"cut_off"}
    assert whole["reason"] == "unknown"
    assert house.alert()["id"] == whole["alert_id"]


def test_a_cut_face_goes_on_with_the_visit_of_the_one_who_leaves(
    house: House, people: People, photos: Path
) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    answers = walk(house, photos, "right", (1.4, 1.0, 0.9, 0.8, 0.7, 0.6))
    assert house.alert()["person"] == "Obama"
    assert {answer["alert_id"] for answer in answers} <= {answers[0]["alert_id"], None}
    assert answers[2]["reason"] == "same_visit"


def test_the_picture_is_that_of_the_face_wholly_in_sight(house: House, people: People, photos: Path) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    cut, whole = walk(house, photos, "left", (0.8, 1.4))
    assert (cut["reason"], whole["reason"]) == ("known", "same_visit")
    assert house.alert()["quality"] > 0.8
    assert len(house.pictures()) == 2

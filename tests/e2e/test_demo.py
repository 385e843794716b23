"""The demo on the stack of the tests: what a person would see, end to end."""

from __future__ import annotations

import pytest

from stack.install import photos
from stack.local.info import StackInfo
from stack.tools.demo import Demo, Shown, table


@pytest.fixture(scope="module")
def rows(stack: StackInfo) -> dict[str, Shown]:
    demo = Demo(stack, photos.ensure())
    try:
        demo.enrol()
        shown = [demo.play(scene) for scene in demo.scenes()]
    finally:
        demo.leave()
    return {row.frame: row for row in shown}


@pytest.mark.long
def test_every_frame_gets_the_answer_a_person_expects(rows: dict[str, Shown]) -> None:
    assert [row for row in rows.values() if not row.right] == [], table(list(rows.values()))


@pytest.mark.long
def test_an_empty_room_leaves_nothing_behind(rows: dict[str, Shown]) -> None:
    assert rows["an empty room"].stored == "nothing"
    assert rows["the room is empty again"].stored == "nothing"


def test_a_frame_posted_again_by_an_impatient_camera_is_one_alert(rows: dict[str, Shown]) -> None:
    assert rows["Obama comes, the camera gives up waiting"].stored == "1 new alert, 2 pictures"
    assert rows["and posts the frame again"].stored == "counted as a double"


def test_a_second_look_at_the_same_person_makes_no_second_alert(rows: dict[str, Shown]) -> None:
    assert rows["Obama, a second later"].stored == "1 more frame of a visit"


def test_each_stranger_of_a_group_gets_an_alert(rows: dict[str, Shown]) -> None:
    assert rows["six strangers"].stored == "6 new alerts, 12 pictures"


def test_what_is_refused_stores_nothing(rows: dict[str, Shown]) -> None:
    assert rows["an upload that broke off"].stored == "nothing"
    assert rows["a camera with a wrong key"].stored == "nothing"

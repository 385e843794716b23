"""What a camera is told to do next."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookout.domain.cameras.camera import FOV_RANGE
from lookout.domain.cameras.steering import Turn, next_instructions, turn_towards
from lookout.domain.recognition.reason import Reason


def test_with_nobody_there_a_camera_takes_its_time() -> None:
    assert next_instructions([], 0) == {"interval_ms": 2000, "flash": 0, "framesize": "SVGA"}
    assert next_instructions([Reason.NO_FACE], 0) == next_instructions([], 0)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.NO_FACE])
def test_with_somebody_there_it_posts_again_soon(reason: Reason) -> None:
    assert next_instructions([reason], 0)["interval_ms"] == 1000


def test_in_the_dark_it_makes_light() -> None:
    assert next_instructions([Reason.TOO_DARK, Reason.KNOWN], 0)["flash"] == 1


@pytest.mark.parametrize(("led", "flash"), [(0, 0), (1, 1), (255, 1)])
def test_a_light_that_is_on_stays_on(led: int, flash: int) -> None:
    assert next_instructions([], led)["flash"] == flash


def test_for_a_small_face_it_takes_a_larger_frame() -> None:
    assert next_instructions([Reason.UNKNOWN, Reason.TOO_SMALL], 0)["framesize"] == "UXGA"


@pytest.mark.parametrize(
    ("x", "y", "pan", "tilt"),
    [
        (400, 300, 0, 0),
        (800, 300, 16, 0),  # the edge is 32 degrees off: half of 64
        (0, 300, -16, 0),
        (400, 0, 0, 13),
        (400, 600, 0, -13),
        (600, 450, 9, -7),
    ],
)
def test_a_camera_that_follows_turns_half_of_the_way_to_the_face(x: int, y: int, pan: int, tilt: int) -> None:
    assert turn_towards(x, y, 800, 600, 64) == Turn(pan, tilt)


def test_a_wider_lens_turns_farther_for_the_same_place_in_the_frame() -> None:
    assert turn_towards(800, 300, 800, 600, 120).pan == 30


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 4000), st.integers(1, 4000), st.floats(*FOV_RANGE))
def test_wherever_the_face_is_the_turn_stays_within_half_of_what_the_lens_sees(
    x: float, y: float, width: int, height: int, fov: float
) -> None:
    turn = turn_towards(x * width, y * height, width, height, fov)
    assert max(abs(turn.pan), abs(turn.tilt)) <= fov / 4 + 0.5
    assert turn.pan * (x - 0.5) >= 0
    assert turn.tilt * (0.5 - y) >= 0


@pytest.mark.parametrize("fov", [20, 66, 120, 160])
def test_turn_by_turn_the_face_comes_to_the_middle_without_swinging(fov: int) -> None:
    width, angle = 800, fov / 2
    for _ in range(12):
        focal = width / 2 / math.tan(math.radians(fov) / 2)
        turn = turn_towards(width / 2 + focal * math.tan(math.radians(angle)), 300, width, 600, fov)
        assert 0 <= turn.pan <= angle + 0.5
        angle -= turn.pan
    assert abs(angle) <= 1


def test_only_a_camera_that_follows_is_told_where_to_look() -> None:
    assert "pan" not in next_instructions([Reason.KNOWN], 0)
    assert next_instructions([Reason.KNOWN], 0, Turn(-7, 3)) == next_instructions([Reason.KNOWN], 0) | {
        "pan": -7,
        "tilt": 3,
    }

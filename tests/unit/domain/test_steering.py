"""What a camera is told to do next."""

from __future__ import annotations

import pytest

from lookout.domain.reason import Reason
from lookout.domain.steering import next_step


def test_with_nobody_there_a_camera_takes_its_time() -> None:
    assert next_step([], 0) == {"interval_ms": 2000, "flash": 0, "framesize": "SVGA"}
    assert next_step([Reason.NO_FACE], 0) == next_step([], 0)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.NO_FACE])
def test_with_somebody_there_it_posts_again_soon(reason: Reason) -> None:
    assert next_step([reason], 0)["interval_ms"] == 1000


def test_in_the_dark_it_makes_light() -> None:
    assert next_step([Reason.TOO_DARK, Reason.KNOWN], 0)["flash"] == 1


@pytest.mark.parametrize(("led", "flash"), [(0, 0), (1, 1), (255, 1)])
def test_a_light_that_is_on_stays_on(led: int, flash: int) -> None:
    assert next_step([], led)["flash"] == flash


def test_for_a_small_face_it_takes_a_larger_frame() -> None:
    assert next_step([Reason.UNKNOWN, Reason.TOO_SMALL], 0)["framesize"] == "UXGA"

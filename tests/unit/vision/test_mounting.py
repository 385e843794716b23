"""How a camera is mounted is guessed from turned frames, seldom, and only where it is quite sure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bench import scene
from lookout.settings import Settings
from lookout.vision.image.frame import Frame, decode, turned
from lookout.vision.mounting import EVERY, FINDS, Mountings
from lookout.vision.quality import Gate
from lookout.vision.recogniser import Recogniser
from stack.fake_camera.client import on_frame

PHOTOS = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "t1.jpg")


@cache
def upright(photos: Path, name: str) -> NDArray[np.uint8]:
    return decode(on_frame((photos / name).read_bytes(), 800, 600)).pixels


class Counted(Recogniser):
    """The real one; how often it looked."""

    looks = 0

    def surest(self, pixels: NDArray[np.uint8]) -> float:
        self.looks += 1
        return super().surest(pixels)


@pytest.fixture
def counted(recogniser: Recogniser) -> Counted:
    return Counted(recogniser.networks, Gate.from_settings(Settings()), 32)


def guesses(recogniser: Recogniser, pixels: NDArray[np.uint8], frames: int) -> list[int]:
    """What is told in so many frames of the same picture."""
    mountings = Mountings()
    shows_faces = bool(recogniser.see(Frame(pixels, "jpeg")).faces)
    told = (mountings.guess("cam", recogniser, pixels, shows_faces) for _ in range(frames))
    return [rotation for rotation in told if rotation is not None]


@pytest.mark.few(5)
@pytest.mark.parametrize("rotation", [90, 180, 270])
@pytest.mark.parametrize("name", PHOTOS)
def test_how_a_turned_camera_is_mounted_is_told_once(
    recogniser: Recogniser, photos: Path, name: str, rotation: int
) -> None:
    lying = turned(upright(photos, name), (360 - rotation) % 360)
    assert guesses(recogniser, lying, 3 * EVERY) == [rotation]


@pytest.mark.parametrize("name", PHOTOS)
def test_of_a_camera_that_is_upright_nothing_is_told(recogniser: Recogniser, photos: Path, name: str) -> None:
    assert guesses(recogniser, upright(photos, name), 5 * EVERY) == []


def test_an_empty_room_is_looked_at_once_in_so_many_frames(counted: Counted) -> None:
    assert guesses(counted, scene.room(), 6 * EVERY) == []
    assert counted.looks == 6


def test_once_told_nothing_is_looked_at_any_more(counted: Counted, photos: Path) -> None:
    lying = turned(upright(photos, "obama2.jpg"), 270)
    assert guesses(counted, lying, 5 * EVERY) == [90]
    assert counted.looks == 2 * FINDS


def test_a_camera_that_is_said_to_be_upright_begins_anew(recogniser: Recogniser, photos: Path) -> None:
    lying = turned(upright(photos, "obama2.jpg"), 270)
    mountings = Mountings()
    for _ in range(FINDS - 1):
        assert mountings.guess("cam", recogniser, lying, False) is None
    mountings.forget("cam")
    assert mountings.guess("cam", recogniser, lying, False) is None
    assert mountings.guess("another", recogniser, lying, False) is None

"""Photos held up: an alert says how probably its face is that of one, where the owner asked for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lookout.settings import Settings
from lookout.vision.image.frame import decode, encode_jpeg
from lookout.vision.recogniser import recogniser
from stack.measuring.presenting import WAYS
from tests.services.detect.conftest import House, People, Shot


def _held_up(photo: Path, way: str) -> bytes:
    pixels = decode(photo.read_bytes()).pixels
    box = max(recogniser(Settings()).networks.detector.detect(pixels), key=lambda one: one.area)
    return encode_jpeg(WAYS[way](pixels, box, 60, np.random.default_rng(4)))


@pytest.mark.parametrize("way", ["print", "screen"])
def test_a_photo_held_up_is_named_as_the_person_and_said_to_be_one(
    house: House, people: People, photos: Path, way: str
) -> None:
    people.enrol("Obama", "obama.jpg", "obama3.jpg")
    house.run_on(house.another_instance(LIVENESS=True))
    house.post(_held_up(photos / "obama2.jpg", way))
    alert = house.alert()
    assert alert["person"] == "Obama"
    assert alert["spoof"] > 0.5


def test_without_being_asked_for_nobody_looks(house: House, people: People, shot: Shot) -> None:
    people.enrol("Obama", "obama.jpg")
    house.post(shot("obama3.jpg"))
    assert house.alert()["spoof"] is None


def test_a_better_picture_of_the_visit_says_it_of_itself(
    house: House, people: People, photos: Path, shot: Shot
) -> None:
    people.enrol("Obama", "obama.jpg", "obama3.jpg")
    house.run_on(house.another_instance(LIVENESS=True))
    house.post(_held_up(photos / "obama2.jpg", "print"))
    held_up = house.alert()
    house.post(shot("obama2.jpg"))
    himself = house.alert()
    assert himself["shot"] != held_up["shot"]
    assert held_up["spoof"] > 0.5 > himself["spoof"]

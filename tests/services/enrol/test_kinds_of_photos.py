"""What kind of shot a photo is stands on it, so that an owner sees which are missing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageEnhance, ImageOps

from tests.services.enrol.conftest import EnrolmentHouse, encoded

DARK = 70.0


def _photo(house: EnrolmentHouse, data: bytes) -> dict[str, Any]:
    assert house.enrol("faces/b/1.jpg", data)[1] == "enrolled"
    return house.photo("faces/b/1.jpg") or {}


def _mirrored(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return encoded(ImageOps.mirror(picture.convert("RGB")))


@pytest.mark.parametrize(("name", "low", "high"), [("obama.jpg", -0.1, 0.1), ("obama2.jpg", -0.4, -0.2)])
def test_a_photo_says_to_which_side_of_the_picture_the_face_looks(
    house: EnrolmentHouse, photos: Path, name: str, low: float, high: float
) -> None:
    data = (photos / name).read_bytes()
    assert low < _photo(house, data)["yaw"] < high
    house.delete("faces/b/1.jpg")
    assert -high < _photo(house, _mirrored(data))["yaw"] < -low


@pytest.mark.parametrize(("light", "is_dark"), [(1.0, False), (0.8, False), (0.4, True), (0.2, True)])
def test_a_photo_says_how_dark_it_was_taken_though_it_was_lifted_to_be_seen(
    house: EnrolmentHouse, face: bytes, light: float, is_dark: bool
) -> None:
    with Image.open(io.BytesIO(face)) as picture:
        taken = encoded(ImageEnhance.Brightness(picture.convert("RGB")).enhance(light))
    assert (_photo(house, taken)["light"] < DARK) is is_dark


def test_a_photo_that_was_rejected_says_neither(house: EnrolmentHouse, photos: Path) -> None:
    house.enrol("faces/b/1.jpg", (photos / "t1.jpg").read_bytes())
    photo = house.photo("faces/b/1.jpg") or {}
    assert photo["status"] == "rejected"
    assert photo.keys().isdisjoint({"yaw", "light"})


def test_of_two_people_who_look_alike_each_has_the_photo_named_that_is_the_closest(
    house: EnrolmentHouse, photos: Path
) -> None:
    for path, name in (("tom/far", "biden"), ("tom/near", "obama2"), ("tim/1", "obama"), ("tim/2", "obama3")):
        house.enrol(f"faces/{path}.jpg", (photos / f"{name}.jpg").read_bytes())
    (tims,) = (house.person("tom") or {})["lookalikes"]
    (toms,) = (house.person("tim") or {})["lookalikes"]
    assert (tims["personId"], tims["photoId"]) == ("tim", "near.jpg")
    assert toms["photoId"] in ("1.jpg", "2.jpg")
    house.delete("faces/tom/near.jpg")
    house.service.photo_left("faces/tom/near.jpg", 2**62)
    assert (house.person("tom") or {})["lookalikes"] == []

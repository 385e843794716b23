"""Cameras mounted on their side or upside down, and frames larger than the copy that is looked at."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lookout.cloud.cameras.registry import CameraRegistry
from lookout.services.detect import frames
from lookout.settings import Settings
from lookout.vision.image.frame import Frame, decode
from lookout.vision.recogniser import recogniser
from tests.services.detect.conftest import CAMERA, House, People, Shot
from tests.support.stores import objects

ORIENTATION = 0x0112


def as_mounted(jpeg: bytes, rotation: int, exif: int | None = None) -> bytes:
    """The frame as a camera takes it that is mounted so that its picture has to be turned by ``rotation``."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        taken = opened.rotate(rotation, expand=True)  # Pillow turns anticlockwise
    made = io.BytesIO()
    tags = Image.Exif()
    if exif is not None:
        tags[ORIENTATION] = exif
    taken.save(made, "JPEG", quality=90, exif=tags)
    return made.getvalue()


def larger(jpeg: bytes, width: int) -> bytes:
    """The frame of 800x600 with so many pixels to a row."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        enlarged = opened.resize((width, width * 3 // 4))
    made = io.BytesIO()
    enlarged.save(made, "JPEG", quality=85)
    return made.getvalue()


def mount(house: House, rotation: Any) -> None:
    """As an owner says it over HTTP."""
    CameraRegistry(house.stores, 300).change(CAMERA, {"rotation": rotation})


def near(box: list[float], other: list[float]) -> bool:
    return bool(np.allclose(box, other, atol=0.12 * max(other[2:])))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_camera_recognises_and_everything_of_it_is_upright(
    house: House, people: People, shot: Shot, rotation: int
) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    upright = shot("obama3.jpg")
    (straight,) = recogniser(Settings()).see(decode(upright)).faces
    expected = [straight.box.x, straight.box.y, straight.box.width, straight.box.height]
    mount(house, rotation)
    house.run_on(house.another_instance(DEBUG_FRAMES=True))
    answer = house.post(as_mounted(upright, rotation))
    assert (answer["reason"], answer["person"]) == ("known", "Obama")
    assert near(answer["faces"][0]["box"], expected)
    alert = house.alert()
    (kept,) = [path for path in objects(house.bucket) if path.startswith("debug/")]
    for path in (alert["imagePath"], alert["facePath"], kept):
        stored = decode(house.bucket.blob(path).download_as_bytes())
        (face,) = recogniser(Settings()).see(stored).faces
        if path != alert["facePath"]:
            assert stored.size == (800, 600)
            assert near([face.box.x, face.box.y, face.box.width, face.box.height], expected)


def test_a_camera_is_turned_from_the_next_look_at_its_key_on(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    frame = as_mounted(shot("obama3.jpg"), 90)
    assert house.post(frame)["reason"] == "no_face"
    mount(house, "90")
    assert house.post(frame)["reason"] == "known"
    mount(house, None)
    assert house.post(frame)["reason"] == "no_face"


def test_a_turned_camera_that_writes_an_orientation_into_its_frames_is_turned_by_both(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    mount(house, 90)
    # to be turned by 180 for its orientation, and by 90 for its camera
    assert house.post(as_mounted(shot("obama3.jpg"), 270, exif=3))["person"] == "Obama"


@pytest.mark.few(1)
@pytest.mark.parametrize("width", [1600, 2000, 3200, 4000])
def test_a_box_is_in_the_pixels_of_the_posted_frame(house: House, shot: Shot, width: int) -> None:
    frame = shot("obama2.jpg")
    expected = [width / 800 * side for side in house.look(frame)["box"]]
    assert near(house.look(larger(frame, width))["box"], expected)


@pytest.mark.few(1)
@pytest.mark.parametrize(("exif", "turned"), [(6, 90), (3, 180), (8, 270)])
def test_a_box_is_in_the_pixels_of_the_frame_as_its_orientation_shows_it(
    house: House, shot: Shot, exif: int, turned: int
) -> None:
    frame = shot("obama2.jpg")
    expected = [3 * side for side in house.look(frame)["box"]]
    assert near(house.look(as_mounted(larger(frame, 2400), turned, exif))["box"], expected)


def test_the_copy_that_is_looked_at_may_be_of_any_size(house: House, shot: Shot) -> None:
    expected = house.look(shot("obama2.jpg"))["box"]
    house.run_on(house.another_instance(MAX_FRAME_SIDE=400))
    assert near(house.look(shot("obama2.jpg"))["box"], expected)


def hint(house: House) -> Any:
    return (house.db.document(f"cameras/{CAMERA}").get().to_dict() or {}).get("rotationHint")


@pytest.mark.few(1)
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_camera_that_seems_turned_is_told_to_its_owner_and_left_as_it_is(
    house: House, people: People, shot: Shot, rotation: int
) -> None:
    people.enrol("Obama", "obama.jpg", "obama2.jpg")
    frame = as_mounted(shot("obama3.jpg"), rotation)
    for _ in range(45):
        if hint(house) is None:
            assert house.post(frame)["person"] != "Obama"
    (camera,) = CameraRegistry(house.stores, 300).all()
    assert (camera["rotation"], camera["rotationHint"]) == (None, rotation)
    mount(house, rotation)
    assert hint(house) is None
    house.db.document(f"visits/{CAMERA}").delete()
    assert house.post(frame)["person"] == "Obama"


def test_a_camera_whose_owner_said_that_it_is_upright_gets_no_hint(house: House, shot: Shot) -> None:
    mount(house, 0)
    frame = as_mounted(shot("obama3.jpg"), 90)
    for _ in range(45):
        house.post(frame)
    assert hint(house) is None


@pytest.mark.long
@pytest.mark.parametrize(("detector", "halved"), [("rfb", True), ("opencv", False)])
def test_half_of_a_large_frame_is_looked_at_by_the_detector_that_was_measured_on_it_alone(
    house: House, shot: Shot, monkeypatch: pytest.MonkeyPatch, detector: str, halved: bool
) -> None:
    decoded: list[Frame] = []

    def remembered(*given: Any, **named: Any) -> Frame:
        decoded.append(decode(*given, **named))
        return decoded[-1]

    monkeypatch.setattr(frames, "decode", remembered)
    house.run_on(house.another_instance(DETECTOR_BACKEND=detector))
    answer = house.post(larger(shot("obama3.jpg"), 1600))
    assert answer["status"] == "success"
    assert [frame.whole is not None for frame in decoded] == [halved]

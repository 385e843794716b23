"""What cannot be judged is refused with what to do about it, and nothing of it is stored."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest

from lookout.cloud.cameras.keys import register
from stack.fake_camera.client import cut_short
from tests.services.detect.conftest import CAMERA, House, Shot
from tests.support.stores import objects


def _untouched(house: House) -> bool:
    camera = house.db.document(f"cameras/{CAMERA}").get().to_dict()
    return house.alerts() == [] and objects(house.bucket) == [] and "lastSeenAt" not in camera


def _declaring(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with other dimensions in its header: what a decompression bomb looks like."""
    at = jpeg.index(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda jpeg: b"", 400, "bad_request"),
        (lambda jpeg: bytes(9 * 1024 * 1024), 413, "too_large"),
        (lambda jpeg: b"this is only text, whatever its type says", 415, "not_an_image"),
        (lambda jpeg: b"GIF89a" + jpeg, 415, "not_an_image"),
        (lambda jpeg: cut_short(jpeg), 422, "broken_image"),
        (lambda jpeg: jpeg[:-2], 422, "broken_image"),
        (lambda jpeg: jpeg[:1024], 422, "broken_image"),
        (lambda jpeg: b"\xff\xd8\xff\xd9", 422, "broken_image"),
        (lambda jpeg: _declaring(jpeg, 30000, 30000), 422, "broken_image"),
        (lambda jpeg: b"\x89PNG\r\n\x1a\n" + bytes(100), 422, "broken_image"),
    ],
    ids=[
        "empty",
        "9 MB",
        "text",
        "gif",
        "truncated",
        "no end",
        "1 KB",
        "nothing inside",
        "bomb",
        "half a png",
    ],
)
def test_a_frame_that_is_no_whole_image_is_refused_and_nothing_is_stored(
    house: House, shot: Shot, spoil: Callable[[bytes], bytes], status: int, code: str
) -> None:
    answer = house.answer(spoil(shot("obama.jpg")))
    assert (answer.status_code, answer.json["status"], answer.json["error"]) == (status, "error", code)
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert _untouched(house)


def test_a_png_named_jpg_is_a_frame_all_the_same(house: House, photos: Any) -> None:
    answer = house.answer((photos / "32bit.png").read_bytes())
    assert (answer.status_code, answer.json["reason"]) == (200, "unknown")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_only_posting_and_putting_is_for_cameras(house: House, method: str) -> None:
    answer = house.client.open("/detect", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, PUT")


def test_a_frame_is_put_as_well_as_posted(house: House, shot: Shot) -> None:
    headers = {"Token": house.key, "Fingerprint": "0123456789abcdef"}
    answer = house.client.put(f"/detect?cameraId={CAMERA}", data=shot("obama.jpg"), headers=headers)
    assert answer.status_code == 200


def test_an_unknown_camera_and_a_wrong_key_look_the_same(house: House, shot: Shot) -> None:
    other_key = register(house.db, "cam_back", "Back Door")
    frame = shot("obama.jpg")
    house.db.document("cameras/cam_keyless").set({"name": "Made by hand"})
    refusals = [
        house.answer(frame, camera="cam_nowhere"),
        house.answer(frame, key="wrong"),
        house.answer(frame, key=other_key),
        house.answer(frame, key=house.key + "x"),
        house.answer(frame, key="0" * 64),
        house.answer(frame, camera="cam_keyless"),
        house.answer(frame, camera="../cam_front"),
        house.answer(frame, camera="x" * 2000),
        house.answer(frame, camera="cam_front/private/key"),
    ]
    assert {answer.status_code for answer in refusals} == {401}
    assert len({answer.data for answer in refusals}) == 1
    assert _untouched(house)


def test_a_key_in_the_url_opens_nothing(house: House, shot: Shot) -> None:
    answer = house.client.post(
        "/detect", data=shot("obama.jpg"), query_string={"camera_id": CAMERA, "key": house.key}
    )
    assert answer.status_code == 401
    assert _untouched(house)


def test_a_disabled_camera_is_told_so_only_with_its_key(house: House, shot: Shot) -> None:
    house.db.document(f"cameras/{CAMERA}").update({"status": "disabled"})
    assert house.answer(shot("obama.jpg")).status_code == 403
    assert house.answer(shot("obama.jpg"), key="wrong").status_code == 401
    assert _untouched(house)


def test_a_rotated_key_is_no_key_any_more(house: House, shot: Shot) -> None:
    new = register(house.db, CAMERA, "Front Door")
    assert house.answer(shot("obama.jpg")).status_code == 401
    assert house.answer(shot("obama.jpg"), key=new).status_code == 200


def test_a_key_with_strange_letters_is_a_wrong_key(house: House, shot: Shot) -> None:
    assert house.answer(shot("obama.jpg"), key="schlüssel-\x7f").status_code == 401


def test_the_key_is_not_in_the_log_nor_in_the_store(
    house: House, shot: Shot, capfd: pytest.CaptureFixture[str]
) -> None:
    house.post(shot("obama.jpg"))
    house.answer(b"", key=house.key)
    captured = capfd.readouterr()
    assert house.key not in captured.out + captured.err
    stored = house.db.document(f"cameras/{CAMERA}/private/key").get().to_dict()
    assert house.key not in str(stored)

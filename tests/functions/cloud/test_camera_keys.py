"""Who a camera is, by its key; asked for anew when what is remembered is too old."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from lookout.cloud import cameras
from lookout.cloud.cameras import CameraKeys, register
from lookout.errors import BadRequest, Forbidden, Unauthorised, Unavailable
from tests.functions.outage import Line
from tests.functions.reads import Reads


def test_a_key_is_random_long_and_stored_as_a_hash(db: Any) -> None:
    first, second = register(db, "cam", "Door", "Entrance", "192.168.1.100"), register(db, "cam", "Door")
    assert first != second
    assert len(first) >= 43  # 256 bits in base64
    stored = db.document("cameras/cam/private/key").get().to_dict()
    assert len(stored["sha256"]) == 64
    assert second not in str(stored)


@pytest.mark.parametrize("camera_id", ["", "a b", "../x", "ä", "x" * 65])
def test_a_camera_of_a_wrong_name_is_not_registered(db: Any, camera_id: str) -> None:
    with pytest.raises(BadRequest, match="cannot be a camera's id"):
        register(db, camera_id, "Door")
    assert list(db.collections()) == []


def test_a_camera_is_told_with_its_name_and_light(db: Any) -> None:
    key = register(db, "cam", "Door")
    db.document("cameras/cam").update({"led": 128})
    camera = CameraKeys(db, 0.0, 10.0).authorise("cam", key)
    assert (camera.id, camera.name, camera.status, camera.led) == ("cam", "Door", "active", 128)


def test_what_is_remembered_is_trusted_for_a_while(db: Any) -> None:
    key = register(db, "cam", "Door")
    remembering, asking = CameraKeys(db, 60.0, 10.0), CameraKeys(db, 0.0, 10.0)
    remembering.authorise("cam", key)
    asking.authorise("cam", key)
    db.document("cameras/cam").update({"status": "disabled"})
    remembering.authorise("cam", key)
    with pytest.raises(Forbidden, match="disabled"):
        asking.authorise("cam", key)


def test_an_unknown_camera_takes_the_same_reads_and_the_same_comparison_as_a_wrong_key(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(db, "cam", "Door")
    keys, reads = CameraKeys(db, 0.0, 10.0), Reads(db)
    compared: list[int] = []

    def compare(one: str, other: str) -> bool:
        compared.append(len(one) + len(other))
        return constant_time(one, other)

    constant_time = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    spent = []
    for camera_id in ("cam", "nowhere"):
        before = reads.documents
        with pytest.raises(Unauthorised) as refused:
            keys.authorise(camera_id, "wrong")
        spent.append((reads.documents - before, compared.pop(), refused.value.message))
    assert spent[0] == spent[1]
    assert spent[0][:2] == (2, 128)


def test_a_silent_firestore_is_no_wrong_key(distant_db: Any, db: Any, line: Line) -> None:
    key = register(db, "cam", "Door")
    line.cut()
    with pytest.raises(Unavailable):
        CameraKeys(distant_db, 0.0, 0.5).authorise("cam", key)


def test_guessed_ids_cost_no_unbounded_memory(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "CACHED_CAMERAS", 4)
    keys = CameraKeys(db, 60.0, 10.0)
    for index in range(10):
        with pytest.raises(Unauthorised):
            keys.authorise(f"guess-{index}", "key")
    assert len(keys._read) == 4


def test_a_camera_made_by_hand_without_its_fields_still_posts(db: Any) -> None:
    key = register(db, "cam", "Door")
    db.document("cameras/cam").set({"led": "on"})
    camera = CameraKeys(db, 0.0, 10.0).authorise("cam", key)
    assert (camera.name, camera.status, camera.led) == ("cam", "active", 0)

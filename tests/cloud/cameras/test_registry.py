"""The cameras as owners keep them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.cameras.registry import SHOWN, CameraRegistry
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.command import Action, CommandRequest
from lookout.errors import BadRequest, NotFound

DOOR = {"id": "cam_001", "name": "Front Door", "location": "Entrance", "ipAddress": "192.168.1.100"}


@pytest.fixture
def registry(stores: Stores) -> CameraRegistry:
    return CameraRegistry(stores, offline_seconds=60.0)


def test_the_five_fields_of_the_original_program_come_first_and_as_they_were(
    db: Any, registry: CameraRegistry
) -> None:
    registry.create(DOOR)
    db.document("cameras/cam_001").update({"lastSeenAt": datetime.now(UTC)})
    (shown,) = registry.all()
    assert {name: shown[name] for name in list(shown)[:5]} == {
        "id": "cam_001",
        "name": "Front Door",
        "ipAddress": "192.168.1.100",
        "location": "Entrance",
        "status": "active",
    }


def test_a_camera_that_is_not_seen_any_more_is_offline_since_a_told_moment(
    db: Any, registry: CameraRegistry
) -> None:
    registry.create(DOOR)
    (never,) = registry.all()
    assert (never["status"], never["lastSeenAt"]) == ("offline", None)
    seen = datetime.now(UTC) - timedelta(seconds=61)
    db.document("cameras/cam_001").update({"lastSeenAt": seen})
    (shown,) = registry.all()
    assert shown["status"] == "offline"
    assert datetime.fromisoformat(str(shown["lastSeenAt"])) == seen


def test_cameras_are_listed_by_their_ids_and_a_site_without_any_is_empty(registry: CameraRegistry) -> None:
    assert registry.all() == []
    for camera_id in ("b", "a", "c"):
        registry.create({"id": camera_id, "name": camera_id})
    assert [camera["id"] for camera in registry.all()] == ["a", "b", "c"]


def test_an_id_is_made_up_where_none_is_given(registry: CameraRegistry) -> None:
    first, second = (registry.create({"name": "Door"})[0]["id"] for _ in range(2))
    assert first != second
    assert str(first).startswith("cam_")


def test_of_owners_who_take_the_same_id_at_once_one_has_it_with_its_own_key(
    db: Any, registry: CameraRegistry
) -> None:
    def take(name: str) -> str | None:
        try:
            return registry.create({"id": "cam_001", "name": name})[1]
        except BadRequest:
            return None

    with ThreadPoolExecutor(4) as pool:
        keys = [key for key in pool.map(take, "abcd") if key]
    assert len(keys) == 1


def test_what_a_camera_reported_of_its_servo_and_light_is_kept(db: Any, registry: CameraRegistry) -> None:
    registry.create(DOOR | {"agentId": "pi"})
    assert (registry.route("cam_001", None).pan, registry.led(None)) == (90, 0)
    for body, result in (
        ({"action": "servo", "pan": 0}, {"pan": 5, "tilt": 90}),
        ({"action": "led", "led": 7}, {"led": 7}),
        # of other actions nothing is kept, whatever the camera says
        ({"action": "status"}, {"led": 200, "pan": 1}),
        ({"action": "led", "led": 9}, {"led": "bright"}),
        # nor where a servo cannot be sent: the next command would send it there
        ({"action": "servo", "pan": 180}, {"pan": 200, "tilt": -1}),
        ({"action": "led", "led": 9}, {"led": 256}),
    ):
        registry.save_state("cam_001", CommandRequest.parse({"camera_id": "cam_001", **body}).action, result)
    route = registry.route(None, "192.168.1.100")
    assert (route.camera_id, route.pan, route.tilt, route.led) == ("cam_001", 5, 90, 7)
    assert registry.led("cam_001") == 7


def test_what_a_camera_reported_is_dropped_when_it_was_removed_meanwhile(
    db: Any, registry: CameraRegistry
) -> None:
    registry.create(DOOR | {"agentId": "pi"})
    registry.remove("cam_001")
    registry.save_state("cam_001", Action.LED, {"led": 7})
    assert not db.document("cameras/cam_001").get().exists


def test_a_camera_without_an_agent_or_of_no_name_or_address_is_not_reached(registry: CameraRegistry) -> None:
    registry.create(DOOR)
    with pytest.raises(NotFound, match="has no agent"):
        registry.route("cam_001", None)
    for camera_id, address in (("cam_002", None), ("../cam_001", None), (None, "192.168.1.101"), (None, "")):
        with pytest.raises(NotFound):
            registry.route(camera_id, address)
    with pytest.raises(NotFound):
        registry.led("cam_002")


@pytest.mark.parametrize("address", ["192.168.1.100:80", "192.168.1.100:080"])
def test_an_address_is_the_same_however_it_is_written(registry: CameraRegistry, address: str) -> None:
    registry.create(DOOR | {"agentId": "pi"})
    assert registry.route(None, address).camera_id == "cam_001"
    with pytest.raises(BadRequest, match=r"cam_001 has the address 192\.168\.1\.100 already"):
        registry.create({"name": "Another", "ipAddress": address})


def test_of_a_site_without_cameras_there_is_no_flashlight(registry: CameraRegistry) -> None:
    with pytest.raises(NotFound, match="no camera yet"):
        registry.led(None)


def test_a_removed_camera_leaves_its_alerts_and_nothing_else(db: Any, registry: CameraRegistry) -> None:
    registry.create(DOOR)
    db.document("visits/cam_001").set({"open": []})
    db.document("alerts/one").set({"cameraId": "cam_001"})
    registry.remove("cam_001")
    left = [document.reference.path for collection in db.collections() for document in collection.stream()]
    # the announcement that cameras changed stays with the site's settings
    assert left == ["alerts/one", "settings/site"]
    assert not db.document("cameras/cam_001/private/key").get().exists
    with pytest.raises(NotFound):
        registry.remove("cam_001")


STRANGE: list[Any] = [
    None, 5, -1, 10**30, 1.5, float("nan"), True, "", "x" * 3000, b"bytes", datetime(2026, 1, 1, tzinfo=UTC),
    [], [1], {}, {"a": b"x"}, {"pan": float("inf")}, {"Gate": {"pan": b"x"}},
]  # fmt: skip


@pytest.mark.few(4)
@pytest.mark.parametrize("field", SHOWN)
def test_a_field_that_cannot_be_is_shown_as_not_set_and_the_list_stays_one(
    db: Any, registry: CameraRegistry, field: str
) -> None:
    registry.create(DOOR)
    kinds: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(
            ("name", "ipAddress", "location", "agentId", "lastReason", "known", "unknown"), (str,)
        ),
        **dict.fromkeys(("led", "pan", "tilt", "visitSeconds", "rotation", "rotationHint"), (int,)),
        **dict.fromkeys(("armed", "follow"), (bool,)),
        "fov": (int, float),
        "presets": (dict,),
        "commandMap": (str, dict),
    }
    for value in STRANGE:
        try:
            db.document("cameras/cam_001").update({field: value})
        except ValueError:  # larger than a number of Firestore
            continue
        (camera,) = registry.all()
        json.dumps(camera, allow_nan=False)
        assert isinstance(camera[field], (*kinds[field], type(None))), (field, value, camera[field])

"""``cameras/{id}`` for owners: list, create, change, rotate the key, remove; and the route of a command."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.cameras.keys import new_key
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.changes import CAMERAS, announce
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.camera import ACTIVE, camera_address, camera_fields, is_camera_id, shown_status
from lookout.domain.cameras.command import HIGHEST, SERVO_CENTRE, Action, CameraRoute
from lookout.domain.cameras.shown import shown_as
from lookout.domain.number import whole
from lookout.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference, WriteBatch

SHOWN = (
    *("name", "ipAddress", "location"),
    *("agentId", "commandMap", "led", "pan", "tilt", "lastReason"),
    *("visitSeconds", "armed", "known", "unknown", "follow", "fov", "rotation", "rotationHint", "presets"),
)


class CameraRegistry:
    """The cameras. Every method raises ``Unavailable`` when Firestore does not answer."""

    def __init__(self, stores: Stores, offline_seconds: float) -> None:
        self._stores = stores
        self._offline_after = timedelta(seconds=offline_seconds)

    def all(self) -> list[dict[str, object]]:
        """Every camera, by id, with its status of the moment."""
        with store_errors("Firestore"):
            stored = list(self._stores.db.collection("cameras").stream(**self._stores.options))
        return [
            self._shown(camera.id, camera.to_dict() or {})
            for camera in sorted(stored, key=lambda one: one.id)
        ]

    def create(self, body: object) -> tuple[dict[str, object], str]:
        """Register the camera that ``body`` describes; its id may be given. Returns it with its key.

        Raises:
            BadRequest: a field has a value that it cannot have, the id or the address is taken.
        """
        given = dict(body) if isinstance(body, dict) else {}
        camera_id = given.pop("id", None) or f"cam_{secrets.token_hex(4)}"
        if not isinstance(camera_id, str) or not is_camera_id(camera_id):
            raise BadRequest(
                f"id={camera_id!r} cannot be a camera's id: use up to 64 letters, digits, _ and -."
            )
        fields = camera_fields(given)
        if "name" not in fields:
            raise BadRequest("A camera needs a name.")
        self._require_free(fields.get("ipAddress"), camera_id)
        empty = {"location": "", "ipAddress": "", "status": ACTIVE, "agentId": "", "led": 0}
        plain = empty | {"commandMap": "camerawebserver"} | fields
        key, hashed = new_key()
        reference = self._reference(camera_id)
        batch = self._stores.db.batch()
        batch.create(reference, plain)
        batch.set(_key_reference(reference), hashed)
        announce(batch, self._stores.db, CAMERAS)
        with store_errors("Firestore"):
            self._commit_new(batch, camera_id)
        return self._shown(camera_id, plain), key

    def change(self, camera_id: str, body: object) -> dict[str, object]:
        """Set the fields that ``body`` names.

        Raises:
            BadRequest: a field has a value that it cannot have, or the address is taken.
            NotFound: there is no such camera.
        """
        fields = camera_fields(body)
        if "rotation" in fields:
            fields["rotationHint"] = None
        self._stored(camera_id)
        self._require_free(fields.get("ipAddress"), camera_id)
        batch = self._stores.db.batch()
        batch.update(self._reference(camera_id), fields)
        with store_errors("Firestore"):
            self._commit(batch)
        return self._shown(camera_id, self._stored(camera_id))

    def rotate_key(self, camera_id: str) -> str:
        """Give the camera a new key. After ``CAMERA_CACHE_SECONDS`` no frame with a face is taken with the old
        one, after ``EMPTY_LOOK_SECONDS`` none at all.

        Raises:
            NotFound: there is no such camera.
        """
        self._stored(camera_id)
        key, hashed = new_key()
        batch = self._stores.db.batch()
        batch.set(_key_reference(self._reference(camera_id)), hashed)
        with store_errors("Firestore"):
            self._commit(batch)
        return key

    def remove(self, camera_id: str) -> None:
        """Remove the camera, its key and its open visits; its alerts stay.

        Raises:
            NotFound: there is no such camera.
        """
        self._stored(camera_id)
        reference = self._reference(camera_id)
        batch = self._stores.db.batch()
        for document in (
            _key_reference(reference),
            reference,
            self._stores.db.collection("visits").document(camera_id),
        ):
            batch.delete(document)
        with store_errors("Firestore"):
            self._commit(batch)

    def route(self, camera_id: str | None, camera_ip: str | None) -> CameraRoute:
        """The route to the camera of that id, or with that registered address.

        Raises:
            NotFound: no such camera is registered, or it has no agent.
        """
        if camera_id is None:
            address = camera_address(str(camera_ip))
            camera_id = None if address is None else self._at(address)
            if camera_id is None:
                raise NotFound(f"No camera is registered with the address {camera_ip}.")
        stored = self._stored(camera_id)
        agent_id = stored.get("agentId")
        if not isinstance(agent_id, str) or not agent_id:
            raise NotFound(f"Camera {camera_id} has no agent: set its agentId to the one in its network.")
        return CameraRoute(camera_id, agent_id, *(_number(stored, name) for name in ("led", "pan", "tilt")))

    def led(self, camera_id: str | None) -> int:
        """The flashlight's level after the last command; of the first camera when none is named.

        Raises:
            NotFound: there is no such camera.
        """
        if camera_id is not None:
            return _number(self._stored(camera_id), "led")
        cameras = self.all()
        if not cameras:
            raise NotFound("There is no camera yet.")
        return _number(cameras[0], "led")

    def save_state(self, camera_id: str, action: Action, result: dict[str, Any]) -> None:
        """Store what the camera reported of its servo or flashlight, unless it was removed meanwhile."""
        from google.api_core.exceptions import NotFound as Gone

        names = {Action.SERVO: ("pan", "tilt"), Action.LED: ("led",)}.get(action, ())
        levels = {name: _level(result.get(name), name) for name in names}
        fields = {name: level for name, level in levels.items() if level is not None}
        if fields:
            batch = self._stores.db.batch()
            batch.update(self._reference(camera_id), fields)
            with store_errors("Firestore"), suppress(Gone):
                self._commit(batch)

    def _commit(self, batch: WriteBatch) -> None:
        """Write a change of a camera, and that there was one. Raises Google's own errors."""
        announce(batch, self._stores.db, CAMERAS)
        batch.commit(**self._stores.options)

    def _reference(self, camera_id: str) -> DocumentReference:
        return self._stores.db.collection("cameras").document(camera_id)

    def _stored(self, camera_id: str) -> dict[str, Any]:
        if is_camera_id(camera_id):
            with store_errors("Firestore"):
                camera = self._reference(camera_id).get(**self._stores.options)
            if camera.exists:
                return camera.to_dict() or {}
        raise NotFound(f"There is no camera {camera_id!r}.")

    def _at(self, address: str) -> str | None:
        from google.cloud.firestore_v1.base_query import FieldFilter

        cameras = (
            self._stores.db.collection("cameras")
            .where(filter=FieldFilter("ipAddress", "==", address))
            .limit(1)
        )
        with store_errors("Firestore"):
            return next((camera.id for camera in cameras.stream(**self._stores.options)), None)

    def _require_free(self, address: object, camera_id: str) -> None:
        """Two cameras at one address would make `camera_ip` name either."""
        if address and (other := self._at(str(address))) not in (None, camera_id):
            raise BadRequest(f"Camera {other} has the address {address} already.")

    def _commit_new(self, batch: WriteBatch, camera_id: str) -> None:
        from google.api_core.exceptions import AlreadyExists

        try:
            batch.commit(**self._stores.options)
        except AlreadyExists:
            raise BadRequest(f"There is a camera {camera_id} already: choose another id.") from None

    def _shown(self, camera_id: str, stored: dict[str, Any]) -> dict[str, object]:
        now, last_seen = datetime.now(UTC), stored.get("lastSeenAt")
        status = shown_status(stored.get("status"), last_seen, now, self._offline_after)
        return {
            "id": camera_id,
            **{name: shown_as(name, stored.get(name)) for name in SHOWN[:3]},
            "status": status,
            "lastSeenAt": last_seen.isoformat() if isinstance(last_seen, datetime) else None,
            **{name: shown_as(name, stored.get(name)) for name in SHOWN[3:]},
        }


def _key_reference(camera: DocumentReference) -> DocumentReference:
    key: DocumentReference = camera.collection("private").document("key")
    return key


def _number(stored: dict[str, Any], name: str) -> int:
    value = _level(stored.get(name), name)
    return {"led": 0}.get(name, SERVO_CENTRE) if value is None else value


def _level(value: object, name: str) -> int | None:
    level = whole(value)
    return level if level is not None and 0 <= level <= HIGHEST[name] else None

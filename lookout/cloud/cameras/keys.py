"""``cameras/{id}`` and its server-only key: registering, and checking a caller."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lookout.cloud.cameras.camera_document import camera_of
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.changes import CAMERAS, announce
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site.settings import SiteReader
from lookout.domain.cameras.camera import DISABLED, Camera, is_camera_id
from lookout.errors import BadRequest, Forbidden, Unauthorised

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

CACHED_CAMERAS = 1024
"""Look-ups cached, wrong ids included: guessing ids takes a bounded amount of memory."""

WRONG_KEYS_PER_MINUTE = 60
"""Wrong keys, and ids of no camera, that one address may give to one instance."""

WRONG_SECONDS = 2.0
"""How long it is cached that a camera does not exist, or has another key."""

UNTOLD_SECONDS = 600.0
"""After so long a camera is read again although nothing was announced: somebody may have changed it by hand."""

ROSTER_SECONDS = 5.0
"""How often all cameras are read, at most, while an address gives wrong keys."""

_NO_KEY = "0" * 64


def register(db: Client, camera_id: str, name: str, location: str = "", ip_address: str = "") -> str:
    """Create the camera, or give an existing one a new key. Returns the key: it is stored only as a hash.

    Raises:
        BadRequest: ``camera_id`` is of the wrong form.
    """
    if not is_camera_id(camera_id):
        raise BadRequest(f"{camera_id!r} cannot be a camera's id: use up to 64 letters, digits, _ and -.")
    key, hashed = new_key()
    camera = db.collection("cameras").document(camera_id)
    batch = db.batch()
    plain = {"name": name, "location": location, "ipAddress": ip_address, "status": "active", "led": 0}
    batch.set(camera, plain, merge=True)
    batch.set(camera.collection("private").document("key"), hashed)
    announce(batch, db, CAMERAS)
    batch.commit()
    return key


def new_key() -> tuple[str, dict[str, Any]]:
    """A key of 256 random bits, and the document that is all that is kept of it."""
    from google.cloud.firestore import SERVER_TIMESTAMP

    key = secrets.token_urlsafe(32)
    while key.startswith("-"):  # after an option of a command it would be taken for another option
        key = secrets.token_urlsafe(32)
    return key, _hashed(key) | {"rotatedAt": SERVER_TIMESTAMP}


def _hashed(key: str) -> dict[str, str]:
    # A plain hash is enough for 256 random bits: there is no dictionary to try.
    return {"sha256": hashlib.sha256(key.encode()).hexdigest()}


class Limit(Protocol):
    """Counts callers' failures, by an id of the caller."""

    def is_spent(self, caller: str) -> bool:
        """Whether the next one would be too many."""

    def admit(self, caller: str) -> None:
        """Count one; raises ``TooMany``."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a camera, and when (monotonic clock); ``camera`` is None where there is none of that id.

    ``told``: what ``settings/site`` said of changes before it was read.
    """

    read_at: float
    camera: Camera | None = None
    sha256: str = _NO_KEY
    told: object = None

    def fits(self, digest: str) -> bool:
        """Whether a key of that digest fits; takes the same time where there is no camera."""
        return hmac.compare_digest(digest, self.sha256) and self.camera is not None


class CameraKeys:
    """Checks cameras' keys, caching what it read for ``cache_seconds``.

    With ``site``, a camera and its key are read again only after a change was announced, or ``UNTOLD_SECONDS``;
    whether one was, is looked at again after ``cache_seconds``, by one read for all cameras of the instance.

    ``wrong`` counts wrong keys by the caller's address. An address with too many gets no look-up of
    its own: all cameras are read at once, now and then. So guessing costs few reads, and a camera behind the same
    address still gets in with its own key.
    """

    def __init__(
        self,
        stores: Stores,
        cache_seconds: float,
        wrong: Limit | None = None,
        site: SiteReader | None = None,
    ) -> None:
        self._stores = stores
        self._cache_seconds = cache_seconds
        self._wrong = wrong
        self._site = site
        self._lock = threading.Lock()
        self._read: OrderedDict[str, _Known] = OrderedDict()
        self._roster_lock = threading.Lock()
        self._roster: dict[str, _Known] = {}
        self._roster_at = float("-inf")

    def authorise(
        self, camera_id: str, key: str, address: str = "", cache_seconds: float | None = None
    ) -> Camera:
        """The camera that ``camera_id`` and ``key``, given from ``address``, belong to.

        ``cache_seconds``: for this call in place of the usual ones.

        Raises:
            Unauthorised: unknown camera or wrong key; both look and cost the same.
            TooMany: the same, too often from that address.
            Forbidden: the camera was disabled.
            Unavailable: Firestore did not answer.
        """
        digest = _hashed(key)["sha256"]
        seconds = self._cache_seconds if cache_seconds is None else cache_seconds
        known = self._look_up(camera_id, digest, address, seconds) if is_camera_id(camera_id) else _NOBODY
        fits, camera = known.fits(digest), known.camera
        if camera is None or not fits:
            if self._wrong is not None:
                self._wrong.admit(address)
            raise Unauthorised(
                "Unknown camera or wrong key: check X-Camera-Id and the key, or rotate the key."
            )
        if camera.status == DISABLED:
            raise Forbidden(f"Camera {camera.id} is disabled; an owner can enable it.")
        return camera

    def _look_up(self, camera_id: str, digest: str, address: str, seconds: float) -> _Known:
        now = time.monotonic()
        with self._lock:
            known = self._read.get(camera_id, _NOBODY)
        age = now - known.read_at
        if known.fits(digest):
            if self._is_unchanged(known, age, seconds):
                return known
        elif age < min(seconds, WRONG_SECONDS):
            # a camera or key that was just made must be found soon
            return known
        if self._wrong is not None and self._wrong.is_spent(address):
            return self._all_cameras().get(camera_id, _NOBODY)
        reference = self._stores.db.collection("cameras").document(camera_id)
        known = self._known([reference], now)[camera_id]
        with self._lock:
            self._read[camera_id] = known
            self._read.move_to_end(camera_id)
            while len(self._read) > CACHED_CAMERAS:
                self._read.popitem(last=False)
        return known

    def _is_unchanged(self, known: _Known, age: float, seconds: float) -> bool:
        if self._site is None or seconds == 0:
            return age < seconds
        return age < UNTOLD_SECONDS and self._site.look(seconds).cameras == known.told

    def _all_cameras(self) -> dict[str, _Known]:
        with self._roster_lock:
            now = time.monotonic()
            if now - self._roster_at >= ROSTER_SECONDS:
                with store_errors("Firestore"):
                    named = self._stores.db.collection("cameras").select([]).limit(CACHED_CAMERAS)
                    references = [one.reference for one in named.stream(**self._stores.options)]
                self._roster = self._known(references, now)
                self._roster_at = now
            return self._roster

    def _known(self, references: Sequence[DocumentReference], now: float) -> dict[str, _Known]:
        # before reading: what changes while it is read is read again
        told = None if self._site is None else self._site.look(self._cache_seconds).cameras
        keys = {one.id: one.collection("private").document("key") for one in references}
        with store_errors("Firestore"):
            found = {
                snapshot.reference.path: snapshot.to_dict() or {}
                for snapshot in self._stores.db.get_all([*references, *keys.values()], **self._stores.options)
                if snapshot.exists
            }
        return {
            one.id: _Known(
                now,
                camera_of(one.id, found[one.path]) if one.path in found else None,
                (found.get(keys[one.id].path) or {}).get("sha256", _NO_KEY),
                told,
            )
            for one in references
        }


_NOBODY = _Known(float("-inf"))


def suggest_rotation(stores: Stores, camera_id: str, rotation: int) -> None:
    """Store by how many degrees the camera's picture seems to be turned, as a hint for owners.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.api_core.exceptions import NotFound

    with store_errors("Firestore"), suppress(NotFound):
        stores.db.collection("cameras").document(camera_id).update(
            {"rotationHint": rotation}, **stores.options
        )

"""``cameras/{id}`` and its server-only key: registering, checking a caller, keeping last-seen times."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lookout.cloud import days
from lookout.cloud.app import patience, reaching
from lookout.domain.camera import DISABLED, FOV, ROTATIONS, VISIT_SECONDS, Camera, is_camera_id, is_fov
from lookout.domain.number import number, whole
from lookout.domain.reason import Reason
from lookout.domain.treatment import CameraRules, Treatment
from lookout.errors import BadRequest, Forbidden, Unauthorised

CACHED_CAMERAS = 1024
"""Look-ups remembered, wrong ids included: a stranger who guesses ids costs no unbounded memory."""

RECENT_FRAMES = 32
"""Digests of a camera's latest frames kept per instance, so that a frame posted twice is counted once."""

_NO_KEY = "0" * 64


def register(db: Any, camera_id: str, name: str, location: str = "", ip_address: str = "") -> str:
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
    batch.commit()
    return key


def new_key() -> tuple[str, dict[str, Any]]:
    """A key of 256 random bits, and the document that is all that is kept of it."""
    from google.cloud.firestore import SERVER_TIMESTAMP

    key = secrets.token_urlsafe(32)
    return key, _hashed(key) | {"rotatedAt": SERVER_TIMESTAMP}


def _hashed(key: str) -> dict[str, str]:
    # A plain hash is enough for 256 random bits: there is no dictionary to try.
    return {"sha256": hashlib.sha256(key.encode()).hexdigest()}


class CameraKeys:
    """Tells cameras by their keys, trusting what it read for ``cache_seconds``."""

    def __init__(self, db: Any, cache_seconds: float, timeout: float) -> None:
        self._db = db
        self._cache_seconds = cache_seconds
        self._timeout = timeout
        self._lock = threading.Lock()
        self._read: OrderedDict[str, tuple[float, Camera | None, str]] = OrderedDict()

    def authorise(self, camera_id: str, key: str) -> Camera:
        """The camera that ``camera_id`` and ``key`` belong to.

        Raises:
            Unauthorised: unknown camera or wrong key; both look and cost the same.
            Forbidden: the camera was disabled.
            Unavailable: Firestore did not answer.
        """
        camera, sha256 = self._look_up(camera_id) if is_camera_id(camera_id) else (None, _NO_KEY)
        fits = hmac.compare_digest(_hashed(key)["sha256"], sha256)
        if camera is None or not fits:
            raise Unauthorised(
                "Unknown camera or wrong key: check X-Camera-Id and the key, or rotate the key."
            )
        if camera.status == DISABLED:
            raise Forbidden(f"Camera {camera.id} is disabled; an owner can enable it.")
        return camera

    def _look_up(self, camera_id: str) -> tuple[Camera | None, str]:
        now = time.monotonic()
        with self._lock:
            read_at, camera, sha256 = self._read.get(camera_id, (float("-inf"), None, _NO_KEY))
            if now - read_at < self._cache_seconds:
                return camera, sha256
        reference = self._db.collection("cameras").document(camera_id)
        key_reference = reference.collection("private").document("key")
        with reaching("Firestore"):
            found = {
                snapshot.reference.path: snapshot.to_dict()
                for snapshot in self._db.get_all([reference, key_reference], **patience(self._timeout))
                if snapshot.exists
            }
        plain = found.get(reference.path)
        sha256 = (found.get(key_reference.path) or {}).get("sha256", _NO_KEY)
        camera = None if plain is None else _camera(camera_id, plain)
        with self._lock:
            self._read[camera_id] = (now, camera, sha256)
            self._read.move_to_end(camera_id)
            while len(self._read) > CACHED_CAMERAS:
                self._read.popitem(last=False)
        return camera, sha256


def _camera(camera_id: str, plain: dict[str, Any]) -> Camera:
    led, fov, rotation = whole(plain.get("led")), number(plain.get("fov")), whole(plain.get("rotation"))
    return Camera(
        camera_id,
        str(plain.get("name") or camera_id),
        str(plain.get("status") or "active"),
        led or 0,
        _rules(plain),
        follow=plain.get("follow") is True,
        fov=fov if is_fov(fov) else FOV,
        rotation=rotation if rotation in ROTATIONS else None,
    )


def _rules(plain: dict[str, Any]) -> CameraRules:
    """The camera's own rules; what makes no sense counts as not set."""
    seconds, armed = whole(plain.get("visitSeconds")), plain.get("armed")
    low, high = VISIT_SECONDS
    known, unknown = (
        Treatment(value) if isinstance(value, str) and value in set(Treatment) else None
        for value in (plain.get("known"), plain.get("unknown"))
    )
    return CameraRules(
        visit_seconds=seconds if seconds is not None and low <= seconds <= high else None,
        armed=armed if isinstance(armed, bool) else None,
        known=known,
        unknown=unknown,
    )


@dataclass(slots=True)
class _Counts:
    """What came since the last heartbeat."""

    reasons: Counter[str] = field(default_factory=Counter)
    doubles: int = 0
    milliseconds: int = 0

    def add(self, other: _Counts) -> None:
        self.reasons += other.reasons
        self.doubles += other.doubles
        self.milliseconds += other.milliseconds


@dataclass(slots=True)
class _Pulse:
    written_at: float = float("-inf")
    counts: _Counts = field(default_factory=_Counts)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT_FRAMES))


class Heartbeats:
    """Writes when a camera was last seen and what came of its frames, at most every ``every_seconds``."""

    def __init__(self, db: Any, every_seconds: float, timeout: float) -> None:
        self._db = db
        self._every_seconds = every_seconds
        self._timeout = timeout
        self._lock = threading.Lock()
        self._pulses: dict[str, _Pulse] = {}

    def beat(
        self,
        camera: Camera,
        digest: str,
        reason: Reason,
        at: datetime,
        day: Callable[[], str],
        milliseconds: int = 0,
    ) -> bool:
        """Count a frame; True when it was time to write, and it was written. ``day`` is asked only then.

        ``milliseconds`` is how long judging it took.

        Raises:
            Unavailable: Firestore did not answer; the counts are kept for the next time.
        """
        now = time.monotonic()
        with self._lock:
            pulse = self._pulses.setdefault(camera.id, _Pulse())
            if digest in pulse.recent:
                pulse.counts.doubles += 1
            else:
                pulse.counts.add(_Counts(Counter([reason.value]), 0, milliseconds))
            pulse.recent.append(digest)
            if now - pulse.written_at < self._every_seconds:
                return False
            counts, before = pulse.counts, pulse.written_at
            pulse.counts, pulse.written_at = _Counts(), now
        try:
            with reaching("Firestore"):
                self._write(camera, counts, reason, at, day())
        except Exception:
            with self._lock:
                pulse.counts.add(counts)
                pulse.written_at = before
            raise
        return True

    def _write(self, camera: Camera, counts: _Counts, reason: Reason, at: datetime, day: str) -> None:
        from google.cloud.firestore import Increment

        reference = self._db.collection("cameras").document(camera.id)
        known_day = reference.get(["day"], **patience(self._timeout)).to_dict() or {}
        same_day = known_day.get("day") == day
        frames = counts.reasons.total()
        batch = self._db.batch()
        batch.update(
            reference,
            {
                "lastSeenAt": at,
                "lastReason": reason,
                "day": day,
                "framesToday": Increment(frames) if same_day else frames,
                "doublesToday": Increment(counts.doubles) if same_day else counts.doubles,
            },
        )
        added = days.frame_counts(camera, day, at, counts.reasons, counts.doubles, counts.milliseconds)
        batch.set(days.reference(self._db, camera.id, day), added, merge=True)
        batch.commit(**patience(self._timeout))

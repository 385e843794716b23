"""When a camera was last seen, and how its frames were judged."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site import days
from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.reason import Reason

RECENT_FRAMES = 32
"""Digests of a camera's latest frames kept per instance, so that a frame posted twice is counted once."""


@dataclass(slots=True)
class _Counts:
    """Frames since the last heartbeat."""

    reasons: Counter[str] = field(default_factory=Counter)
    doubles: int = 0
    milliseconds: int = 0

    def add(self, other: _Counts) -> None:
        self.reasons += other.reasons
        self.doubles += other.doubles
        self.milliseconds += other.milliseconds


@dataclass(slots=True)
class _Beat:
    written_at: float = float("-inf")
    counts: _Counts = field(default_factory=_Counts)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT_FRAMES))


class Heartbeats:
    """Writes when a camera was last seen and how its frames were judged, at most every ``every_seconds``."""

    def __init__(self, stores: Stores, every_seconds: float) -> None:
        self._stores = stores
        self._every_seconds = every_seconds
        self._lock = threading.Lock()
        self._beats: dict[str, _Beat] = {}

    def beat(
        self,
        camera: Camera,
        digest: str,
        reason: Reason,
        at: datetime,
        day: Callable[[], str],
        milliseconds: int = 0,
    ) -> bool:
        """Count a frame; True when it was time to write and it was written. ``day`` is called only then.

        ``milliseconds`` is how long judging it took.

        Raises:
            Unavailable: Firestore did not answer; the counts are kept for the next time.
        """
        now = time.monotonic()
        with self._lock:
            beat = self._beats.setdefault(camera.id, _Beat())
            if digest in beat.recent:
                beat.counts.doubles += 1
            else:
                beat.counts.add(_Counts(Counter([reason.value]), 0, milliseconds))
            beat.recent.append(digest)
            if now - beat.written_at < self._every_seconds:
                return False
            counts, before = beat.counts, beat.written_at
            beat.counts, beat.written_at = _Counts(), now
        try:
            with store_errors("Firestore"):
                self._write(camera, counts, reason, at, day())
        except Exception:
            with self._lock:
                beat.counts.add(counts)
                beat.written_at = before
            raise
        return True

    def _write(self, camera: Camera, counts: _Counts, reason: Reason, at: datetime, day: str) -> None:
        from google.cloud.firestore import Increment

        reference = self._stores.db.collection("cameras").document(camera.id)
        known_day = reference.get(["day"], **self._stores.options).to_dict() or {}
        same_day = known_day.get("day") == day
        frames = counts.reasons.total()
        batch = self._stores.db.batch()
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
        batch.set(days.reference(self._stores.db, camera.id, day), added, merge=True)
        batch.commit(**self._stores.options)

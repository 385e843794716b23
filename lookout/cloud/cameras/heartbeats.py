"""When a camera was last seen, how its frames were judged, and how many there were today."""

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
    """``day`` and ``total``: the day that was written last, and how many frames of it had been counted."""

    written_at: float = float("-inf")
    day: str = ""
    total: int = 0
    counts: _Counts = field(default_factory=_Counts)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT_FRAMES))


class Heartbeats:
    """Writes when a camera was last seen and how its frames were judged, at most every ``every_seconds``.

    Firestore answers what it counted with what all instances have counted by now: so each knows, without a
    read, how many frames of the day there were, but for those that others took since its last heartbeat.
    """

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
            counts, before, known_day = beat.counts, beat.written_at, beat.day
            beat.counts, beat.written_at = _Counts(), now
        try:
            today = day()
            with store_errors("Firestore"):
                total = self._write(camera, counts, reason, at, today, known_day)
            with self._lock:
                beat.day, beat.total = today, total
        except Exception:
            with self._lock:
                beat.counts.add(counts)
                beat.written_at = before
            raise
        return True

    def frames(self, camera_id: str, day: str) -> tuple[int, int]:
        """How many frames of ``day``, doubles included, the camera posted, and how many all cameras did that this
        instance has heard of."""
        with self._lock:
            counted = {one: _of_day(beat, day) for one, beat in self._beats.items()}
        return counted.get(camera_id, 0), sum(counted.values())

    def _write(
        self, camera: Camera, counts: _Counts, reason: Reason, at: datetime, day: str, known_day: str
    ) -> int:
        """Write, and return how many frames of ``day`` all instances have counted."""
        from google.cloud.firestore import Increment

        reference = self._stores.db.collection("cameras").document(camera.id)
        if known_day != day:
            # another instance may have begun the day
            stored = reference.get(["day"], **self._stores.options).to_dict() or {}
            known_day = stored.get("day") or ""
        same_day = known_day == day
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
        results = batch.commit(**self._stores.options)
        return sum(result.integer_value for result in results[1].transform_results[:DAY_TOTALS])


DAY_TOTALS = 2
"""``doubles`` and ``frames`` come first by their names, and Firestore answers what it counted in that order."""


def _of_day(beat: _Beat, day: str) -> int:
    waiting = beat.counts.reasons.total() + beat.counts.doubles
    return waiting + (beat.total if beat.day == day else 0)

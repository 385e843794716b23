"""Live pictures: the latest frame of a camera that somebody watches, each in the place of the one before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.live import EVERY, KEPT, live_path
from lookout.errors import Unavailable
from lookout.log import Severity, log

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Blob

AT_ONCE = 4

STORE_SECONDS = 2.0
"""Longest wait for one call of Storage: a later picture is worth more than this one."""

SETTLE_SECONDS = 0.5
"""Longest that a frame's answer waits for its live picture: afterwards an instance may get no processor."""

PAUSE_SECONDS = 10.0
"""After a failure of Storage nothing is kept for so long, so that cameras do not wait for it at every frame."""

TAKEN_AT = "takenAt"
"""In the metadata of a live picture: when the frame arrived."""


class LivePictures:
    """Keeps the live pictures. One per warm instance. No failure of Storage is raised."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._timeout = min(stores.timeout, STORE_SECONDS)
        self._pool = ThreadPoolExecutor(AT_ONCE, "live-pictures")
        self._lock = threading.Lock()
        self._kept: dict[str, datetime] = {}
        self._paused_until = float("-inf")

    def keep(self, camera_id: str, at: datetime, jpeg: Callable[[], bytes]) -> Future[None] | None:
        """Begin to store a frame that arrived ``at``, if it is time for the next one."""
        with self._lock:
            last = self._kept.get(camera_id)
            is_early = last is not None and at - last < EVERY
            if is_early or time.monotonic() < self._paused_until:
                return None
            self._kept[camera_id] = at
        return self._pool.submit(self._store, camera_id, at, jpeg)

    def settle(self, begun: Future[None] | None) -> None:
        """Wait a little for what :meth:`keep` began."""
        if begun is not None:
            wait([begun], SETTLE_SECONDS)

    def forget_old(self, now: datetime) -> None:
        """Begin to delete the pictures that this instance kept and that are too old by ``now``."""
        with self._lock:
            old = {camera_id: at for camera_id, at in self._kept.items() if now - at >= KEPT}
            for camera_id in old:
                del self._kept[camera_id]
        for camera_id, at in old.items():
            self._pool.submit(self._remove, camera_id, at, now)

    def _store(self, camera_id: str, at: datetime, jpeg: Callable[[], bytes]) -> None:
        from google.api_core.exceptions import PreconditionFailed

        path = live_path(camera_id)
        try:
            with store_errors("Storage"):
                there = self._blob(path)
                # another instance may have kept a frame of the same second, or a later one
                if there is not None and at - _taken_at(there) < EVERY:
                    return
                blob = self._stores.bucket.blob(path)
                blob.metadata = {TAKEN_AT: at.isoformat()}
                unchanged = 0 if there is None else int(there.generation)
                try:
                    blob.upload_from_string(
                        jpeg(), "image/jpeg", timeout=self._timeout, retry=None, if_generation_match=unchanged
                    )
                except PreconditionFailed:
                    return
        except Unavailable as error:
            with self._lock:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
            log(Severity.WARNING, "live picture not stored", camera=camera_id, error=error.message)

    def _remove(self, camera_id: str, at: datetime, now: datetime) -> None:
        from google.api_core.exceptions import NotFound, PreconditionFailed

        path = live_path(camera_id)
        try:
            with store_errors("Storage"):
                there = self._blob(path)
                # one that another instance kept since then is that one's to delete
                if there is None or now - _taken_at(there) < KEPT:
                    return
                try:
                    there.delete(timeout=self._timeout, retry=None, if_generation_match=int(there.generation))
                except (NotFound, PreconditionFailed):
                    return
        except Unavailable as error:
            with self._lock:  # the next frame tries again
                self._kept.setdefault(camera_id, at)
            log(Severity.WARNING, "live picture not deleted", camera=camera_id, error=error.message)

    def _blob(self, path: str) -> Blob | None:
        return self._stores.bucket.get_blob(path, timeout=self._timeout, retry=None)


def _taken_at(blob: Blob) -> datetime:
    """When the frame arrived, and not later than it was stored: an instance's clock may be fast."""
    told = (blob.metadata or {}).get(TAKEN_AT)
    return min(datetime.fromisoformat(told), blob.time_created) if told else blob.time_created

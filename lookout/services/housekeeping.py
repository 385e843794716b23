"""What is done without being asked: pictures of deleted alerts go, and what has had its time."""

from __future__ import annotations

import time
from datetime import timedelta

from lookout.cloud.corrections.alert_removal import UnseenStrangers, forget_alert
from lookout.cloud.corrections.jobs import Runner
from lookout.cloud.firebase import download_tokens
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.gallery.reenrolment import LostPhotos
from lookout.cloud.privacy.retention import Retention
from lookout.cloud.site.settings import site_reader
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.services.people import service as people_service
from lookout.settings import Settings, current_settings

FORSAKEN = timedelta(minutes=5)
"""A job that nobody works on any more: no call takes so long."""


class Housekeeping:
    """Keeps the house. ``runner`` takes up jobs that were interrupted."""

    def __init__(self, settings: Settings, stores: Stores, runner: Runner) -> None:
        self._stores = stores
        self._runner = runner
        self._unseen = UnseenStrangers(stores)
        self._lost_photos = LostPhotos(stores)
        site = site_reader(settings, stores)
        self._tidying = Retention(stores, settings.max_strangers, lambda: site.current().retention_days)

    def alert_left(self, alert_id: str, stranger_id: str | None = None) -> str:
        """Delete what belongs to a deleted alert, and the stranger that it was of if it was the last one.

        Returns what was done, for the log.
        """
        count = forget_alert(self._stores, alert_id)
        done = f"forgotten with {count} pictures"
        if stranger_id is not None and self._unseen.remove(stranger_id):
            done += ", and the stranger"
        return done

    def tidy(self) -> None:
        """Finish what was interrupted, delete what has had its time, have lost photos enrolled."""
        started = time.monotonic()
        finished = self._runner.resume_all(FORSAKEN)
        deleted = self._tidying.run()
        photos = self._lost_photos.run()
        tokens = download_tokens.strip_all(self._stores)
        milliseconds = round((time.monotonic() - started) * 1000)
        log(
            Severity.INFO,
            "tidied",
            jobs=finished,
            deleted=deleted,
            photos=photos,
            tokens=tokens,
            milliseconds=milliseconds,
        )


service = Lazy(lambda: Housekeeping(current_settings(), firebase_stores(), people_service().runner))

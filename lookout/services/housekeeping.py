"""Work without a caller: what belonged to deleted alerts, interrupted jobs, expired documents, lost photos."""

from __future__ import annotations

import time
from datetime import timedelta

from lookout.cloud.corrections.alert_removal import UnseenStrangers, forget_alert
from lookout.cloud.corrections.runner import Runner
from lookout.cloud.firebase import download_tokens
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.gallery.reenrolment import LostPhotos
from lookout.cloud.privacy.retention import Retention
from lookout.cloud.site.settings import site_reader
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.services.jobs import build_jobs
from lookout.settings import Settings, current_settings

INTERRUPTED_AFTER = timedelta(minutes=5)
"""A job that was opened longer ago was interrupted: no call takes so long."""


class Housekeeping:
    """Deletes and resumes. ``runner`` resumes jobs that were interrupted."""

    def __init__(self, settings: Settings, stores: Stores, runner: Runner) -> None:
        self._stores = stores
        self._runner = runner
        self._unseen = UnseenStrangers(stores)
        self._lost_photos = LostPhotos(stores)
        site = site_reader(settings, stores)
        self._retention = Retention(
            stores, settings.visits.max_strangers, lambda: site.current().retention_days
        )

    def alert_left(self, alert_id: str, stranger_id: str | None = None) -> str:
        """Delete what belonged to a deleted alert, and the stranger that it was of if that has no other alert.

        Returns what was done, for the log.
        """
        count = forget_alert(self._stores, alert_id)
        done = f"forgotten with {count} pictures"
        if stranger_id is not None and self._unseen.remove(stranger_id):
            done += ", and the stranger"
        return done

    def tidy(self) -> None:
        """Resume interrupted jobs, delete what has expired, and have lost photos enrolled."""
        started = time.monotonic()
        finished = self._runner.resume_all(INTERRUPTED_AFTER)
        deleted = self._retention.run()
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


def _built() -> Housekeeping:
    settings, stores = current_settings(), firebase_stores()
    return Housekeeping(settings, stores, build_jobs(settings, stores).runner)


service = Lazy(_built)

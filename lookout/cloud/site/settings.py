"""``settings/site``: what the owner changed while everything runs, and when cameras and people changed last."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.changes import CAMERAS, PEOPLE, site_reference
from lookout.cloud.firebase.stores import Stores
from lookout.domain.site.site import Site
from lookout.errors import Unavailable
from lookout.log import Severity, log
from lookout.settings import Settings


def default_site(settings: Settings) -> Site:
    """The site of an owner who changed nothing."""
    return Site(
        settings.recognition.threshold,
        settings.recognition.margin,
        settings.visits.visit_seconds,
        settings.visits.retention_days,
        settings.visits.timezone,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """``settings/site`` as it was read. ``cameras`` and ``people`` are other values after each change of those."""

    site: Site
    cameras: object = None
    people: object = None


def site_reader(settings: Settings, stores: Stores) -> SiteReader:
    """A reader of the site, with the process's ``settings`` where the owner set nothing."""
    return SiteReader(stores, default_site(settings), settings.limits.site_refresh_seconds)


class SiteReader:
    """The site's settings as this warm instance knows them: ``default`` where the owner set nothing."""

    def __init__(self, stores: Stores, default: Site, refresh_seconds: float = 10.0) -> None:
        self._reference = site_reference(stores.db)
        self._default = default
        self._stores = stores
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._look = Look(default)
        self._complaints: list[str] = []
        self._asked_at = self._read_at = float("-inf")

    def current(self, seconds: float | None = None) -> Site:
        """The site, at most ``seconds`` old, by default ``refresh_seconds``; older while Firestore is silent."""
        with self._lock:
            wanted = self._refresh_seconds if seconds is None else seconds
            if time.monotonic() - max(self._asked_at, self._read_at) >= wanted:
                try:
                    self._refresh()
                except Unavailable as error:
                    log(Severity.WARNING, "site settings not read", error=error.message)
                self._asked_at = time.monotonic()
            return self._look.site

    def look(self, seconds: float) -> Look:
        """What was read at most ``seconds`` ago.

        Raises:
            Unavailable: Firestore did not answer.
        """
        with self._lock:
            if time.monotonic() - self._read_at >= seconds:
                self._refresh()
            return self._look

    def _refresh(self) -> None:
        now = time.monotonic()
        with store_errors("Firestore"):
            document = self._reference.get(**self._stores.options).to_dict() or {}
        self._read_at = now
        site, complaints = self._default.overridden(document)
        self._look = Look(site, document.get(CAMERAS), document.get(PEOPLE))
        if complaints != self._complaints:  # logged once, not every ten seconds
            for complaint in complaints:
                log(Severity.WARNING, "site setting ignored", error=complaint)
            self._complaints = complaints

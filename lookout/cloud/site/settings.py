"""``settings/site``: what the owner changed while everything runs."""

from __future__ import annotations

import threading
import time

from lookout.cloud.firebase.calls import store_errors
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


def site_reader(settings: Settings, stores: Stores) -> SiteReader:
    """A reader of the site, with the process's ``settings`` where the owner set nothing."""
    return SiteReader(stores, default_site(settings), settings.limits.site_refresh_seconds)


class SiteReader:
    """The site's settings as this warm instance knows them: ``default`` where the owner set nothing."""

    def __init__(self, stores: Stores, default: Site, refresh_seconds: float = 10.0) -> None:
        self._reference = stores.db.collection("settings").document("site")
        self._default = default
        self._stores = stores
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._site = default
        self._complaints: list[str] = []
        self._asked_at = float("-inf")

    def current(self) -> Site:
        """The site, at most ``refresh_seconds`` old; older while Firestore is silent."""
        with self._lock:
            if time.monotonic() - self._asked_at >= self._refresh_seconds:
                self._refresh()
                self._asked_at = time.monotonic()
            return self._site

    def _refresh(self) -> None:
        try:
            with store_errors("Firestore"):
                document = self._reference.get(**self._stores.options).to_dict() or {}
        except Unavailable as error:
            log(Severity.WARNING, "site settings not read", error=error.message)
            return
        self._site, complaints = self._default.overridden(document)
        if complaints != self._complaints:  # logged once, not every ten seconds
            for complaint in complaints:
                log(Severity.WARNING, "site setting ignored", error=complaint)
            self._complaints = complaints

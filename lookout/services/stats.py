"""The site in numbers, from a handful of reads; and how it is doing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from lookout.cloud.accounts.id_token import verify
from lookout.cloud.cameras.registry import CameraRegistry
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.site import days, totals
from lookout.cloud.site.settings import site_reader
from lookout.domain.cameras.camera import ACTIVE
from lookout.domain.site.caller import READERS, Role
from lookout.domain.site.statistics import last_days, summary
from lookout.lazy import Fresh, Lazy
from lookout.services.status import StatusService
from lookout.settings import Settings, current_settings
from lookout.web.answer import Fields, Request, endpoint
from lookout.web.callers import Callers, open_to_origins
from lookout.web.routes import Routes

FRESH_SECONDS = 5.0
"""For so long the same report is answered: many open dashboards cost no more than one."""


def _now() -> datetime:
    return datetime.now(UTC)


class StatisticsService:
    """Answers ``/stats``. One per warm instance, shared by its threads. ``now`` tells the time.

    A report reads each camera once, of the last two weeks one document per camera and day, and the site's
    settings; people and alerts are counted by Firestore itself, at one read per thousand. With three cameras that
    is 48 reads, however many alerts there are, at most every :data:`FRESH_SECONDS`.
    """

    def __init__(self, settings: Settings, stores: Stores, now: Callable[[], datetime] = _now) -> None:
        self._stores = stores
        self._now = now
        self._registry = CameraRegistry(stores, settings.limits.offline_seconds)
        self._site = site_reader(settings, stores)
        self._status = StatusService(settings, stores, now)
        self._callers = Callers(verify, settings.limits.calls_per_minute)
        self._report = Fresh(self._make, FRESH_SECONDS)

    def answer(self, request: Request) -> Fields:
        """The numbers, for a signed-in owner or viewer."""
        self._callers.require(request, *READERS)
        return self.current()

    def status(self, request: Request) -> Fields:
        """How the site is doing, for a signed-in owner."""
        self._callers.require(request, Role.OWNER)
        return self._status.current()

    def current(self) -> Fields:
        """The numbers, at most :data:`FRESH_SECONDS` old.

        Raises:
            Unavailable: Firestore did not answer.
        """
        return self._report()

    def _make(self) -> Fields:
        site, now = self._site.current(), self._now()
        today = site.day(now)
        cameras = self._registry.all()
        counted = days.read(self._stores, last_days(date.fromisoformat(today)), now)
        return {
            "known_persons": totals.people(self._stores),
            "active_cameras": sum(camera["status"] == ACTIVE for camera in cameras),
            "total_alerts_today": totals.alerts_of(self._stores, today),
            "day": today,
            "timezone": site.timezone,
            **summary(counted, date.fromisoformat(today)),
        }


service = Lazy(lambda: StatisticsService(current_settings(), firebase_stores()))
routes = Routes()
# the function's own address ends in its name
routes.on("GET", "/stats", "/")(lambda request: service().answer(request))
routes.on("GET", "/status")(lambda request: service().status(request))


@open_to_origins("GET")
@endpoint()
def stats(request: Request) -> Fields:
    """The numbers, and how the site is doing; ``docs/api.md`` says what they are."""
    return routes.handle(request)

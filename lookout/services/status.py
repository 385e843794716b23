"""``GET /status``: how the site is doing, for owners, from a bounded number of reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from lookout import __version__
from lookout.cloud.cameras.registry import CameraRegistry
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site import days, recent
from lookout.cloud.site.server_log import ServerLog
from lookout.cloud.site.settings import site_reader
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.cost import Counted, counted_usage, dollars, site_usage
from lookout.domain.site.statistics import CameraDay
from lookout.domain.site.status import Fault, agent_state, faults, telling
from lookout.lazy import Fresh
from lookout.settings import Settings
from lookout.web.answer import Fields

FRESH_SECONDS = 30.0
"""For so long the same report is answered."""

HOUR = timedelta(hours=1)

INTERRUPTED_AFTER = timedelta(minutes=5)
"""No job takes so long."""

OPENINGS = 10
"""Of the dashboard, on a day: they are counted nowhere."""


class StatusService:
    """Answers ``/status``. One per warm instance, shared by its threads. ``now`` tells the time.

    A report reads each camera, one document per camera and day of the month, and at most 50 each of agents,
    unfinished jobs, and the last hour's alerts, notices and each agent's commands, and asks the log once; at most
    every :data:`FRESH_SECONDS`.
    """

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        now: Callable[[], datetime],
        server_log: ServerLog | None = None,
    ) -> None:
        self._stores = stores
        self._log = server_log or ServerLog(str(stores.db.project))
        self._now = now
        self._registry = CameraRegistry(stores, settings.limits.offline_seconds)
        self._site = site_reader(settings, stores)
        self._report = Fresh(self._make, FRESH_SECONDS)

    def current(self) -> Fields:
        """How the site is doing, at most :data:`FRESH_SECONDS` old.

        Raises:
            Unavailable: Firestore did not answer.
        """
        return self._report()

    def _make(self) -> Fields:
        now = self._now()
        alerts, notices = recent.alerts(self._stores, now - HOUR), recent.notices(self._stores, now - HOUR)
        jobs = recent.unfinished_jobs(self._stores, now - INTERRUPTED_AFTER)
        shown = ("id", "name", "status", "lastSeenAt", "lastReason")
        agents = recent.agents(self._stores)
        commands = recent.failed_commands(self._stores, agents, now - HOUR)
        read = self._log.errors(now - HOUR)
        logged = [Fault("server_error", one.function, one.at, one.message) for one in read or ()]
        return {
            "cameras": [{name: camera[name] for name in shown} for camera in self._registry.all()],
            "agents": [
                {
                    "id": agent_id,
                    "state": agent_state(agent, now),
                    "version": agent.get("version"),
                    "cameras": agent.get("cameras") or [],
                    "lastSeenAt": _text(agent.get("lastSeenAt")),
                }
                for agent_id, agent in sorted(agents.items())
            ],
            "telling": telling(notices.values()),
            "errors": faults(alerts, notices.values(), jobs, commands.values(), logged, now - HOUR),
            "log_read": read is not None,
            "network": recent.network(self._stores),
            "version": __version__,
            "month": self._month(now),
        }

    def _month(self, now: datetime) -> dict[str, object]:
        """What the month has cost until now, by what was counted."""
        today = date.fromisoformat(self._site.current().day(now))
        so_far = [today.replace(day=day).isoformat() for day in range(1, today.day + 1)]
        counted = days.read(self._stores, so_far, now)
        usage = counted_usage(map(_counted, counted)) + site_usage(OPENINGS).times(today.day)
        return {
            "month": so_far[0][:7],
            "frames": sum(day.frames for day in counted),
            "dollars": round(dollars(usage), 2),
        }


def _counted(day: CameraDay) -> Counted:
    frames = day.frames + day.doubles
    return Counted(frames, min(frames, day.reasons[Reason.NO_FACE]), sum(day.alerts.values()))


def _text(at: object) -> str | None:
    return at.isoformat() if isinstance(at, datetime) else None

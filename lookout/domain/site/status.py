"""How a site is doing, from what its documents say: agents, how long telling people takes, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from lookout.domain.cameras.command import AGENT_SILENT_AFTER
from lookout.domain.notifications.delivery import DeliveryState
from lookout.domain.notifications.notice import NoticeState

MOST_ERRORS = 20
"""Errors that are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that went wrong ``at`` a moment. ``about``: the id of the alert, job or camera, or the name of the
    function."""

    kind: str
    about: str
    at: datetime
    message: str

    def fields(self) -> dict[str, object]:
        """As it is answered."""
        at = self.at.isoformat(timespec="seconds")
        return {"kind": self.kind, "about": self.about, "at": at, "message": self.message}


def agent_state(agent: Mapping[str, Any], now: datetime) -> str:
    """``up``, ``stopped`` by its own word, or ``silent`` for longer than an agent may be."""
    if isinstance(agent.get("stoppedAt"), datetime):
        return "stopped"
    seen = agent.get("lastSeenAt")
    return "up" if isinstance(seen, datetime) and now - seen <= AGENT_SILENT_AFTER else "silent"


def telling(notices: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """How long it took from a frame until people were told of it, and how many notices are still on their way.

    A notice that no way of telling took up is none of these: no way was switched on.
    """
    seconds, waiting = [], 0
    for notice in notices:
        records = list((notice.get("channels") or {}).values())
        ends = [one["at"] for one in records if one["state"] == DeliveryState.SENT and "at" in one]
        if ends:
            seconds.append((min(ends) - notice["createdAt"]).total_seconds())
        waiting += any(one["state"] in (DeliveryState.CLAIMED, DeliveryState.WAITING) for one in records)
    return {
        "told": len(seconds),
        "waiting": waiting,
        "median_seconds": round(median(seconds), 1) if seconds else None,
        "longest_seconds": round(max(seconds), 1) if seconds else None,
    }


def faults(
    alerts: Mapping[str, Mapping[str, Any]],
    notices: Iterable[Mapping[str, Any]],
    jobs: Mapping[str, Mapping[str, Any]],
    commands: Iterable[Mapping[str, Any]],
    logged: Iterable[Fault],
    since: datetime,
) -> list[dict[str, object]]:
    """What went wrong ``since`` a moment, the newest first. ``alerts`` and unfinished ``jobs`` by their ids;
    ``commands`` are those that failed, ``logged`` what the log says."""
    found = [
        Fault("undelivered", alert_id, one["at"], f"{channel}: {one['reason']}")
        for alert_id, alert in alerts.items()
        for channel, one in (alert.get("undelivered") or {}).items()
        if one["at"] >= since
    ]
    found += [
        Fault("picture_missing", alert_id, alert["lastSeenAt"], "Storage did not take its pictures.")
        for alert_id, alert in alerts.items()
        if alert.get("picture") == "missing"
    ]
    found += [
        Fault(
            "over_budget", notice["cameraId"], notice["createdAt"], "The day's budget of frames is used up."
        )
        for notice in notices
        if notice["state"] == NoticeState.BUDGET
    ]
    resumed = "was interrupted; it is resumed by itself."
    found += [
        Fault("job_unfinished", job_id, job["createdAt"], f"{job['kind']} {resumed}")
        for job_id, job in jobs.items()
    ]
    found += [
        Fault(
            "command_failed",
            command["cameraId"],
            command.get("finishedAt") or command["createdAt"],
            f"{command['action']}: {command['error']['message']}",
        )
        for command in commands
    ]
    found += logged
    newest = sorted(found, key=lambda one: one.at, reverse=True)
    return [one.fields() for one in newest[:MOST_ERRORS]]

"""What an owner may change while everything runs: the document ``settings/site`` over the process's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lookout.domain.notifications.rules import DEFAULT_RULES, NotificationRules
from lookout.domain.number import number, shown, whole
from lookout.domain.site.hours import Hours
from lookout.domain.site.treatment import CameraRules, Policy, Treatment

IDLE_SECONDS = 5
"""Somebody who walks past a camera is in its picture for longer."""

CAMERA_FRAMES = 100_000
"""More than one a second, all day."""

SITE_FRAMES = 300_000
"""As of 17 cameras at a frame every five seconds."""


@dataclass(frozen=True, slots=True)
class Site:
    """Recognition, alerts and retention as they hold at the moment. ``threshold`` None: the model's own.

    ``armed_hours`` None: armed at all hours, where ``armed`` at all. ``quiet_hours``: nobody is notified then.
    ``known`` and ``unknown``: what is done about such faces, unless a camera does otherwise. ``notifications``:
    which channels send, and how often. ``idle_seconds``: the longest pause of a camera while nobody is there.
    ``camera_frames`` and ``site_frames``: frames that are judged on a day, of one camera and of all.
    """

    threshold: float | None
    margin: float
    visit_seconds: int
    retention_days: int
    timezone: str
    armed: bool = True
    armed_hours: Hours | None = None
    quiet_hours: Hours | None = None
    known: Treatment = Treatment.TELL
    unknown: Treatment = Treatment.TELL
    notifications: NotificationRules = DEFAULT_RULES
    idle_seconds: int = IDLE_SECONDS
    camera_frames: int = CAMERA_FRAMES
    site_frames: int = SITE_FRAMES

    def is_armed(self, camera: CameraRules, at: datetime) -> bool:
        """Whether the camera makes alerts ``at`` a moment: as its own rules say, else as the site's do."""
        if camera.armed is not None:
            return camera.armed
        return self.armed and (self.armed_hours is None or self.armed_hours.hold(self.local(at)))

    def policy(self, camera: CameraRules, at: datetime) -> Policy:
        """How the camera treats faces ``at`` a moment."""
        quiet = self.quiet_hours is not None and self.quiet_hours.hold(self.local(at))
        return Policy(camera.known or self.known, camera.unknown or self.unknown, quiet)

    def local(self, moment: datetime) -> datetime:
        """An aware moment by the clock of the site."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def day(self, moment: datetime) -> str:
        """The site's calendar day of an aware ``moment``, as ``2026-05-31``."""
        return self.local(moment).date().isoformat()

    def hour(self, moment: datetime) -> int:
        """The hour of the site's day, 0 to 23, of an aware ``moment``."""
        return self.local(moment).hour

    def overridden(self, document: Mapping[str, object]) -> tuple[Site, list[str]]:
        """This site with the values of ``settings/site``, and one complaint per value that cannot be used.

        An unusable value keeps the default: a typing error in a setting must not stop the cameras.
        """
        changes: dict[str, Any] = {}
        complaints = []
        for name, (field, low, high) in _NUMBERS.items():
            value = document.get(name)
            if value is None:
                continue
            found = whole(value) if isinstance(low, int) else number(value)
            if found is None or not low <= found <= high:
                kind = "whole number" if isinstance(low, int) else "number"
                complaints.append(f"settings/site {name}={shown(value)} is not a {kind} from {low} to {high}")
                continue
            changes[field] = found
        zone = document.get("timezone")
        if zone is not None:
            if isinstance(zone, str) and is_timezone(zone):
                changes["timezone"] = zone
            else:
                complaints.append(
                    f"settings/site timezone={zone!r} is no IANA time zone such as Europe/Berlin"
                )
        for name, (field, parse) in _CHOICES.items():
            value = document.get(name)
            if value is None:
                continue
            try:
                changes[field] = parse(value)
            except ValueError as error:
                complaints.append(f"settings/site {name}: {error}")
        return replace(self, **changes), complaints


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _treatment(value: object) -> Treatment:
    if not isinstance(value, str) or value not in set(Treatment):
        raise ValueError(f"{value!r} is none of {', '.join(Treatment)}")
    return Treatment(value)


_CHOICES: dict[str, tuple[str, Callable[[object], object]]] = {
    "armed": ("armed", _truth),
    "armedHours": ("armed_hours", Hours.parse),
    "quietHours": ("quiet_hours", Hours.parse),
    "known": ("known", _treatment),
    "unknown": ("unknown", _treatment),
    "notify": ("notifications", NotificationRules.parse),
}

_NUMBERS: dict[str, tuple[str, float, float]] = {
    "threshold": ("threshold", 0.0, 2.0),
    "margin": ("margin", 0.0, 1.0),
    "visitSeconds": ("visit_seconds", 1, 86400),
    "retentionDays": ("retention_days", 1, 3650),
    "idleSeconds": ("idle_seconds", 1, 120),
    "cameraFramesPerDay": ("camera_frames", 100, 10_000_000),
    "siteFramesPerDay": ("site_frames", 100, 100_000_000),
}


def is_timezone(name: str) -> bool:
    """Whether ``name`` is in the IANA time-zone database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

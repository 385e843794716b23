"""What an owner may change while everything runs: the document ``settings/site`` over the process's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Site:
    """Recognition and retention as they hold at the moment. ``threshold`` None: the model's own."""

    threshold: float | None
    margin: float
    visit_seconds: int
    retention_days: int
    timezone: str

    def day(self, moment: datetime) -> str:
        """The site's calendar day of an aware ``moment``, as ``2026-05-31``."""
        return moment.astimezone(ZoneInfo(self.timezone)).date().isoformat()

    def hour(self, moment: datetime) -> int:
        """The hour of the site's day, 0 to 23, of an aware ``moment``."""
        return moment.astimezone(ZoneInfo(self.timezone)).hour

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
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                complaints.append(f"settings/site {name}={value!r} is not a number from {low} to {high}")
                continue
            changes[field] = int(value) if isinstance(low, int) else float(value)
        zone = document.get("timezone")
        if zone is not None:
            if isinstance(zone, str) and is_timezone(zone):
                changes["timezone"] = zone
            else:
                complaints.append(
                    f"settings/site timezone={zone!r} is no IANA time zone such as Europe/Berlin"
                )
        return replace(self, **changes), complaints


_NUMBERS: dict[str, tuple[str, float, float]] = {
    "threshold": ("threshold", 0.0, 2.0),
    "margin": ("margin", 0.0, 1.0),
    "visitSeconds": ("visit_seconds", 1, 86400),
    "retentionDays": ("retention_days", 1, 3650),
}


def is_timezone(name: str) -> bool:
    """Whether ``name`` is in the IANA time-zone database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

"""The site in numbers: what each camera counted each day, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from lookout.domain.recognition.reason import Reason

DAYS = 14
"""Days of the report, today included."""

KNOWN = "known"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CameraDay:
    """What one camera counted on one day: alerts by hour and person, frames by reason.

    ``hours`` maps the hour of the day to its known and unknown alerts, ``people`` a person's id to a name and a
    number of alerts. ``milliseconds`` is the sum over all ``frames``.
    """

    camera_id: str
    camera_name: str
    day: str
    hours: Mapping[int, Counter[str]] = field(default_factory=dict)
    people: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    doubles: int = 0
    milliseconds: int = 0

    @property
    def alerts(self) -> Counter[str]:
        """Known and unknown alerts of the whole day."""
        return sum(self.hours.values(), Counter())


def summary(days: Iterable[CameraDay], today: date) -> dict[str, object]:
    """``today`` in detail, and :data:`DAYS` days in brief, the oldest first."""
    days = list(days)
    of_today = [day for day in days if day.day == today.isoformat()]
    frames = sum(day.frames for day in of_today)
    milliseconds = sum(day.milliseconds for day in of_today)
    reasons: Counter[str] = sum((day.reasons for day in of_today), Counter())
    return {
        "today": {
            **_split(of_today),
            "hours": [{"hour": hour, **_hour(of_today, hour)} for hour in range(24)],
            "by_person": _by_person(of_today),
            "by_camera": [_camera(day) for day in sorted(of_today, key=lambda day: day.camera_id)],
            "frames": frames,
            "doubles": sum(day.doubles for day in of_today),
            "reasons": {reason: reasons[reason] for reason in Reason},
            "mean_milliseconds": round(milliseconds / frames, 1) if frames else None,
        },
        "days": [{"day": day, **_split([one for one in days if one.day == day])} for day in last_days(today)],
    }


def last_days(today: date) -> list[str]:
    """The days of the report, as ``2026-05-31``, the oldest first."""
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def _split(days: Iterable[CameraDay]) -> dict[str, int]:
    alerts: Counter[str] = sum((day.alerts for day in days), Counter())
    return {KNOWN: alerts[KNOWN], UNKNOWN: alerts[UNKNOWN]}


def _hour(days: Iterable[CameraDay], hour: int) -> dict[str, int]:
    alerts: Counter[str] = sum((day.hours.get(hour, Counter()) for day in days), Counter())
    return {KNOWN: alerts[KNOWN], UNKNOWN: alerts[UNKNOWN]}


def _by_person(days: Iterable[CameraDay]) -> list[dict[str, object]]:
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for day in days:
        for person_id, (name, alerts) in day.people.items():
            names[person_id] = name
            counts[person_id] += alerts
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"person_id": person, "person": names[person], "alerts": alerts} for person, alerts in ranked]


def _camera(day: CameraDay) -> dict[str, object]:
    return {
        "camera_id": day.camera_id,
        "name": day.camera_name,
        **_split([day]),
        "frames": day.frames,
        "reasons": {reason: day.reasons[reason] for reason in Reason if day.reasons[reason]},
    }

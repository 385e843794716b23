"""The site in numbers: what each camera counted each day, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """``today`` and the last :data:`DAYS` days in detail, and each of those days in brief, the oldest first."""
    wanted = last_days(today)
    days = [day for day in days if day.day in wanted]
    return {
        "today": _counts([day for day in days if day.day == today.isoformat()]),
        "two_weeks": _counts(days),
        "days": [{"day": day, **_split([one for one in days if one.day == day])} for day in wanted],
    }


def last_days(today: date) -> list[str]:
    """The days of the report, as ``2026-05-31``, the oldest first."""
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def _counts(days: Iterable[CameraDay]) -> dict[str, object]:
    """All that was counted, of several days added up; hours are those of the day."""
    days = sorted(days, key=lambda day: (day.day, day.camera_id))
    frames = sum(day.frames for day in days)
    milliseconds = sum(day.milliseconds for day in days)
    reasons: Counter[str] = sum((day.reasons for day in days), Counter())
    cameras = sorted({day.camera_id for day in days})
    return {
        **_split(days),
        "hours": [{"hour": hour, **_hour(days, hour)} for hour in range(24)],
        "by_person": _by_person(days),
        "by_camera": [_camera([day for day in days if day.camera_id == camera]) for camera in cameras],
        "frames": frames,
        "doubles": sum(day.doubles for day in days),
        "reasons": {reason: reasons[reason] for reason in Reason},
        "mean_milliseconds": round(milliseconds / frames, 1) if frames else None,
    }


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


def _camera(days: Sequence[CameraDay]) -> dict[str, object]:
    """One camera, under the name that it had last."""
    reasons: Counter[str] = sum((day.reasons for day in days), Counter())
    return {
        "camera_id": days[-1].camera_id,
        "name": days[-1].camera_name,
        **_split(days),
        "frames": sum(day.frames for day in days),
        "reasons": {reason: reasons[reason] for reason in Reason if reasons[reason]},
    }

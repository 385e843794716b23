"""What the site is set to and counts, its members' devices, and the work that is done on it. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict


class SiteSettings(TypedDict):
    """``settings/site``: what an owner changed, and when the functions changed cameras or people last."""

    timezone: NotRequired[str]
    armed: NotRequired[bool]
    armedHours: NotRequired[dict[str, str] | None]
    quietHours: NotRequired[dict[str, str] | None]
    known: NotRequired[str | None]
    unknown: NotRequired[str | None]
    notify: NotRequired[dict[str, object] | None]
    threshold: NotRequired[float | None]
    margin: NotRequired[float]
    visitSeconds: NotRequired[int]
    retentionDays: NotRequired[int]
    vapidKey: NotRequired[str | None]
    idleSeconds: NotRequired[int]
    cameraFramesPerDay: NotRequired[int]
    siteFramesPerDay: NotRequired[int]
    camerasChangedAt: NotRequired[datetime]
    peopleChangedAt: NotRequired[datetime]


class Device(TypedDict):
    """``devices/{id}``: a browser that is notified by push."""

    token: str
    uid: str
    createdAt: datetime


class Revocation(TypedDict):
    """``revocations/{uid}``: ID tokens issued before ``at``, in seconds since 1970, register no device."""

    at: int


class DayPerson(TypedDict):
    """How many alerts of a day are of a person."""

    name: str
    alerts: int


class Day(TypedDict):
    """``days/{day}_{cameraId}``; ``hours`` are of the site's day, with known and unknown alerts in each."""

    cameraId: str
    cameraName: str
    day: str
    expireAt: datetime
    hours: NotRequired[dict[str, dict[str, int]]]
    people: NotRequired[dict[str, DayPerson]]
    reasons: NotRequired[dict[str, int]]
    frames: NotRequired[int]
    doubles: NotRequired[int]
    milliseconds: NotRequired[int]


class Job(TypedDict):
    """``jobs/{id}``."""

    kind: str
    about: dict[str, object]
    takes: list[str]
    joins: list[str]
    progress: dict[str, object]
    createdBy: str
    createdAt: datetime
    state: str
    result: dict[str, object] | None
    expireAt: datetime | None


class Receipt(TypedDict):
    """``receipts/{id}``: what was erased of somebody, whose id only its SHA-256 tells. ``softDeleteDays``: for how
    long the bucket could still bring the pictures back, 0 for not at all, None where it did not say."""

    personIdSha256: str
    erasedAt: datetime
    erasedBy: str
    counts: dict[str, int]
    softDeleteDays: NotRequired[int | None]


class StateChange(TypedDict):
    """``stranger_state/current`` and ``jobs_state/current``: when the collection was changed last."""

    changedAt: datetime

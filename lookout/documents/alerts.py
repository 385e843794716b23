"""Alerts, the visits they are made of, and who is notified of them. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict


class Candidate(TypedDict):
    """One of the people between whom a face is."""

    personId: str
    person: str
    distance: float


class Undelivered(TypedDict):
    """Why a channel did not deliver the notice of that ``state``."""

    reason: str | None
    state: str
    at: datetime


class AlertIdentity(TypedDict):
    """Whom an alert shows, and how sure that is."""

    personId: str | None
    person: str
    isKnown: bool
    strangerId: str | None
    reason: str
    confidence: float
    distance: float | None
    candidates: list[Candidate]


class AlertPaths(TypedDict):
    """Where the pictures of an alert are."""

    picture: str
    shot: str | None
    imagePath: str | None
    facePath: str | None


class AlertShot(AlertPaths):
    """The picture that an alert shows, and who else is in it. ``yaw`` and ``light`` as in ``Quality``, None where
    they are not known; alerts of earlier versions have neither. ``spoof``: how probably the face is that of a
    photo held up, 0 to 1; None where nobody looked."""

    quality: float
    yaw: NotRequired[float | None]
    light: NotRequired[float | None]
    spoof: NotRequired[float | None]
    box: list[float] | None
    beside: list[str]


class NewAlert(AlertIdentity, AlertShot):
    """``alerts/{id}`` as it is made: one visit of one person or stranger at one camera."""

    cameraId: str
    cameraName: str
    firstSeenAt: datetime
    lastSeenAt: datetime
    frames: int
    doubles: int
    day: str
    reviewed: bool
    silence: str | None
    expireAt: datetime


class Alert(NewAlert):
    """``alerts/{id}``, with what may have become of it."""

    undelivered: NotRequired[dict[str, Undelivered]]
    correctedAt: NotRequired[datetime]
    correctedBy: NotRequired[str]
    erasedAt: NotRequired[datetime]


class AlertVector(TypedDict):
    """``alert_vectors/{alertId}``: the face of the alert's picture, as packed bytes."""

    vector: bytes
    modelId: str
    expireAt: datetime


class Outcome(TypedDict):
    """What a frame of the last minute was answered of a face."""

    alertId: str
    personId: str | None
    person: str
    reason: str
    change: str


class PastFrame(TypedDict):
    """A frame of the last minute, known again by its ``digest``."""

    digest: str
    at: datetime
    outcomes: list[Outcome]


class OpenVisit(TypedDict):
    """Somebody who is in front of a camera; ``vectors`` are packed bytes."""

    alertId: str
    personId: str | None
    person: str
    firstSeenAt: datetime
    lastSeenAt: datetime
    frames: int
    quality: float
    shot: str
    vectors: bytes
    vectorCount: int
    strangerId: str | None
    silent: bool
    settled: bool
    waiting: bool


class Visits(TypedDict):
    """``visits/{cameraId}``."""

    open: list[OpenVisit]
    recent: list[PastFrame]
    expireAt: datetime


class Delivery(TypedDict):
    """How far the delivery of a notice over one channel is."""

    state: str
    tries: int
    claim: str
    leaseUntil: NotRequired[datetime]
    reason: NotRequired[str | None]
    at: NotRequired[datetime]


class Notice(TypedDict):
    """``notices/{alertId}_{state}``; ``channels`` says how it was delivered."""

    alertId: str
    cameraId: str
    state: str
    personId: str | None
    createdAt: datetime
    expireAt: datetime
    channels: NotRequired[dict[str, Delivery]]


class Arrival(TypedDict):
    """``arrivals/{day}_{personId}``: the first alert of a person on a day."""

    alertId: str
    personId: str
    createdAt: datetime
    expireAt: datetime

"""People and their photos, strangers, and the vectors of both. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict


class Lookalike(TypedDict):
    """Somebody whom a person is hard to tell from; ``photoId``: the person's own photo that is closest."""

    personId: str
    name: str
    distance: float
    photoId: NotRequired[str]


class Person(TypedDict):
    """``people/{id}``."""

    name: str
    createdAt: datetime
    photoCount: NotRequired[int]
    muted: NotRequired[bool]
    consentAt: NotRequired[datetime | None]
    consentExpiresAt: NotRequired[datetime | None]
    lookalikes: NotRequired[list[Lookalike]]


class Photo(TypedDict):
    """``people/{id}/photos/{id}``. ``yaw`` and ``light`` of an enrolled face, as in ``Quality``."""

    path: str
    generation: int
    status: str
    reason: str | None
    quality: float | None
    modelId: str | None
    createdAt: datetime
    yaw: NotRequired[float]
    light: NotRequired[float]


class MisplacedPhoto(TypedDict):
    """``misplaced_photos/{id}``: a file under ``faces/`` that lies in nobody's folder."""

    path: str
    generation: int
    reason: str
    createdAt: datetime


class Negative(TypedDict):
    """A face that an owner said is not the person's."""

    alertId: str
    personId: str | None
    modelId: str
    vector: bytes


class GalleryPerson(TypedDict):
    """``gallery/{personId}``: a person's vectors, packed."""

    name: str
    modelId: str
    vectors: bytes
    photoIds: list[str]
    dimension: int
    version: int
    deleted: bool
    muted: bool
    consentExpiresAt: datetime | None
    negatives: list[Negative]
    lookalikes: dict[str, float]


class GalleryTombstone(TypedDict):
    """``gallery/{personId}`` of somebody who was deleted."""

    version: int
    deleted: bool
    deletedAt: datetime
    expireAt: datetime


class GalleryState(TypedDict):
    """``gallery_state/current``."""

    version: int
    modelId: NotRequired[str]


class Stranger(TypedDict):
    """``strangers/{id}``; ``cameras``: the ids of those that saw it, as far as it was seen by this version."""

    visits: int
    firstSeenAt: datetime
    lastSeenAt: datetime
    facePath: str | None
    faceAlertId: str | None
    quality: float
    ignored: bool
    modelId: str
    expireAt: datetime
    cameras: NotRequired[list[str]]
    personId: NotRequired[str | None]


class StrangerVectors(TypedDict):
    """``stranger_vectors/{id}``; ``vectors`` are packed bytes by alert."""

    vectors: dict[str, bytes]
    modelId: str
    ignored: bool
    personId: str | None
    name: str | None
    removed: bool
    lastSeenAt: datetime
    changedAt: datetime
    expireAt: datetime


class StrangerTombstone(TypedDict):
    """``stranger_vectors/{id}`` of a stranger that was removed."""

    removed: bool
    changedAt: datetime
    expireAt: datetime

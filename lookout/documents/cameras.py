"""Cameras, the agents in their networks, and the commands for them. Times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict


class Preset(TypedDict):
    """Where a camera looks at one of its places, in degrees."""

    pan: int
    tilt: int


class Camera(TypedDict):
    """``cameras/{id}``; what is missing or None is as the site has it."""

    name: str
    location: str
    ipAddress: str
    status: str
    led: int
    agentId: NotRequired[str]
    commandMap: NotRequired[str | dict[str, str]]
    pan: NotRequired[int]
    tilt: NotRequired[int]
    lastSeenAt: NotRequired[datetime]
    lastReason: NotRequired[str]
    day: NotRequired[str]
    framesToday: NotRequired[int]
    doublesToday: NotRequired[int]
    visitSeconds: NotRequired[int | None]
    armed: NotRequired[bool | None]
    known: NotRequired[str | None]
    unknown: NotRequired[str | None]
    follow: NotRequired[bool]
    fov: NotRequired[float | None]
    rotation: NotRequired[int | None]
    rotationHint: NotRequired[int | None]
    presets: NotRequired[dict[str, Preset]]
    watchedUntil: NotRequired[datetime]


class CameraKey(TypedDict):
    """``cameras/{id}/private/key``: the SHA-256 of the camera's key, in hexadecimal."""

    sha256: str
    rotatedAt: datetime


class Agent(TypedDict):
    """``agents/{id}``."""

    lastSeenAt: datetime
    version: str
    cameras: list[str]
    stoppedAt: NotRequired[datetime]


class CommandError(TypedDict):
    """Why a command was not carried out."""

    code: str
    message: str


class Command(TypedDict):
    """``agents/{id}/commands/{id}``."""

    cameraId: str
    action: str
    args: Mapping[str, object]
    kept: list[str]
    state: str
    createdBy: str
    createdAt: datetime
    deadlineAt: datetime
    expireAt: datetime
    trace: str | None
    takenAt: NotRequired[datetime]
    finishedAt: NotRequired[datetime]
    result: NotRequired[dict[str, object]]
    error: NotRequired[CommandError]

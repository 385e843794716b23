"""What a camera can be told: actions, their arguments, and how a command goes from the cloud to the camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lookout.domain.number import shown, switch, whole
from lookout.errors import BadRequest


class Action(StrEnum):
    """Every action there is."""

    SERVO = "servo"
    LED = "led"
    FRAMESIZE = "framesize"
    SNAPSHOT = "snapshot"
    STATUS = "status"


class CommandState(StrEnum):
    """Where a command stands. The agent takes it and finishes it; a late one expires, never carried out."""

    QUEUED = "queued"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


FINAL = frozenset({CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED})

FRAMESIZES = ("QQVGA", "QVGA", "CIF", "VGA", "SVGA", "XGA", "HD", "SXGA", "UXGA")
"""By name: esp32-camera renumbered its frame sizes in v2.0.14, so the agent knows the camera's numbers."""

HIGHEST = {"pan": 180, "tilt": 180, "led": 255}
"""The highest value of each argument that is a number; the lowest is 0."""

SERVO_CENTRE = 90
"""Where a servo is taken to be as long as nobody moved it."""

AGENT_SILENT_AFTER = timedelta(seconds=90)
"""An agent says at least every 30 s that it is there: three times missed, and it is offline."""

Arguments = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class Order:
    """A checked command for a camera, which is named by its id or by its registered address.

    ``kept`` names the arguments that were left out: of those the agent may know better where they stand by then.
    """

    camera_id: str | None
    camera_ip: str | None
    action: Action
    arguments: Arguments
    kept: tuple[str, ...] = ()


def parse_order(body: object, pan: int = SERVO_CENTRE, tilt: int = SERVO_CENTRE) -> Order:
    """The order that a request's JSON ``body`` gives.

    ``pan`` and ``tilt`` are where the servo stands: one that the body leaves out keeps its place.

    Raises:
        BadRequest: something is missing or out of range; the message says what is allowed.
    """
    if not isinstance(body, Mapping):
        raise BadRequest('Send a JSON object such as {"camera_id": "cam_001", "action": "status"}.')
    camera_id, camera_ip = (_text(body, name) for name in ("camera_id", "camera_ip"))
    if (camera_id is None) == (camera_ip is None):
        raise BadRequest("Which camera? Give either camera_id or camera_ip.")
    word = body.get("action")
    action = _ACTIONS.get(word.lower()) if isinstance(word, str) else None
    if action is None:
        raise BadRequest(f"Unknown action {shown(word)}: use {', '.join(sorted(_ACTIONS))}.")
    arguments = _arguments(action, body, pan, tilt)
    kept = tuple(name for name in ("pan", "tilt") if name in arguments and body.get(name) is None)
    return Order(camera_id, camera_ip, action, arguments, kept)


def spoken(time: timedelta) -> str:
    """A length of time as people say it: ``1 second``, ``90 seconds``, ``10 minutes``."""
    seconds = max(0, int(time.total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}s"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


_ACTIONS = {action.value: action for action in Action} | {"flashlight": Action.LED}


def _arguments(action: Action, body: Mapping[str, object], pan: int, tilt: int) -> Arguments:
    match action:
        case Action.SERVO:
            if body.get("pan") is None and body.get("tilt") is None:
                raise BadRequest("servo needs pan, tilt or both: whole degrees from 0 to 180.")
            return {"pan": _degrees(body, "pan", pan), "tilt": _degrees(body, "tilt", tilt)}
        case Action.LED:
            return {"led": _level(body)}
        case Action.FRAMESIZE:
            size = body.get("framesize")
            if not isinstance(size, str) or size.upper() not in FRAMESIZES:
                raise BadRequest(f"framesize {shown(size)} is none of {', '.join(FRAMESIZES)}.")
            return {"framesize": size.upper()}
        case Action.SNAPSHOT | Action.STATUS:
            return {}


def _text(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadRequest(f"{name} must be a text, not {shown(value)}.")
    return value


def _degrees(body: Mapping[str, object], name: str, otherwise: int) -> int:
    value = body.get(name)
    if value is None:
        return otherwise
    degrees = whole(value)
    if degrees is None or not 0 <= degrees <= HIGHEST[name]:
        raise BadRequest(f"{name}={shown(value)} is no angle: use whole degrees from 0 to 180.")
    return degrees


def _level(body: Mapping[str, object]) -> int:
    """The flashlight's level, 0 to 255, from ``led``, ``state`` or ``value``: a number, on/off or true/false.

    A ``state`` of 1 is a switch that is on, and not the lowest of all levels.
    """
    name = next((name for name in ("led", "state", "value") if body.get(name) is not None), "led")
    value = body.get(name)
    level = whole(value)
    if level is None or (name == "state" and level == 1):
        is_on = switch(value)
        level = None if is_on is None else HIGHEST["led"] * is_on
    if level is None or not 0 <= level <= HIGHEST["led"]:
        raise BadRequest(f"{name} {shown(value)} is no level: use a number from 0 to 255, or on or off.")
    return level

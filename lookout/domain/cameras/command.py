"""What a camera can be told: actions, their arguments, and how a command goes from the cloud to the camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lookout.domain.number import shown, switch, whole
from lookout.errors import BadRequest


class Action(StrEnum):
    """Every action there is. The agent has the same; ``tests/agent/test_contract.py`` compares them."""

    SERVO = "servo"
    LED = "led"
    FRAMESIZE = "framesize"
    SNAPSHOT = "snapshot"
    STATUS = "status"


class CommandState(StrEnum):
    """The state of a command. The agent takes it and finishes it; a late one expires and is never carried out."""

    QUEUED = "queued"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class FailureCode(StrEnum):
    """Why an agent did not carry a command out."""

    CAMERA_SILENT = "camera_silent"
    CAMERA_FAILED = "camera_failed"
    NOT_ALLOWED = "not_allowed"
    UNSUPPORTED = "unsupported"
    INTERRUPTED = "interrupted"


FINAL = frozenset({CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED})

FRAMESIZES = ("QQVGA", "QVGA", "CIF", "VGA", "SVGA", "XGA", "HD", "SXGA", "UXGA")
"""By name: esp32-camera renumbered its frame sizes in v2.0.14; the agent has the numbers."""

HIGHEST = {"pan": 180, "tilt": 180, "led": 255}
"""The highest value of each argument that is a number; the lowest is 0."""

SERVO_CENTRE = 90
"""Position of a servo that was never moved."""

AGENT_SILENT_AFTER = timedelta(seconds=90)
"""An agent reports every 20 s: after four missing reports it counts as offline."""

Arguments = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A checked command for a camera, which is named by its id or by its registered address.

    ``arguments`` are those that were given: ``pan`` or ``tilt`` may be missing, and then keeps its position.
    """

    camera_id: str | None
    camera_ip: str | None
    action: Action
    arguments: Arguments

    @classmethod
    def parse(cls, body: object) -> CommandRequest:
        """The command in a request's JSON ``body``.

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
        return cls(camera_id, camera_ip, action, _arguments(action, body))

    @property
    def kept(self) -> tuple[str, ...]:
        """Angles that were left out: when the command is executed, the agent may know their values better."""
        if self.action is not Action.SERVO:
            return ()
        return tuple(name for name in ("pan", "tilt") if name not in self.arguments)

    def filled(self, pan: int, tilt: int) -> Arguments:
        """All arguments; angles that were left out are those of a servo that stands at ``pan`` and ``tilt``."""
        position = {"pan": pan, "tilt": tilt}
        return {name: position[name] for name in self.kept} | self.arguments


@dataclass(frozen=True, slots=True)
class CameraRoute:
    """How a command gets to a camera: by which agent, and with the last known state of servo and flashlight."""

    camera_id: str
    agent_id: str
    led: int
    pan: int
    tilt: int


def spoken(time: timedelta) -> str:
    """A length of time in words: ``1 second``, ``90 seconds``, ``10 minutes``."""
    seconds = max(0, int(time.total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}s"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


_ACTIONS = {action.value: action for action in Action} | {"flashlight": Action.LED}


def _arguments(action: Action, body: Mapping[str, object]) -> Arguments:
    match action:
        case Action.SERVO:
            angles = [name for name in ("pan", "tilt") if body.get(name) is not None]
            if not angles:
                raise BadRequest("servo needs pan, tilt or both: whole degrees from 0 to 180.")
            return {name: _degrees(body, name) for name in angles}
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


def _degrees(body: Mapping[str, object], name: str) -> int:
    value = body.get(name)
    degrees = whole(value)
    if degrees is None or not 0 <= degrees <= HIGHEST[name]:
        raise BadRequest(f"{name}={shown(value)} is no angle: use whole degrees from 0 to 180.")
    return degrees


def _level(body: Mapping[str, object]) -> int:
    """The flashlight's level, 0 to 255, from ``led``, ``state`` or ``value``: a number, on/off or true/false.

    A ``state`` of 1 means on, not the lowest level.
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

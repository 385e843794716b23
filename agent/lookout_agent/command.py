"""A command as the cloud queued it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from lookout_agent.errors import Unsupported


class Action(StrEnum):
    """What a camera can do. The server has the same; ``tests/agent/test_contract.py`` compares them."""

    SERVO = "servo"
    LED = "led"
    FRAMESIZE = "framesize"
    SNAPSHOT = "snapshot"
    STATUS = "status"


class State(StrEnum):
    """The state of a command: ``queued -> taken -> done | failed``, or ``queued -> expired``."""

    QUEUED = "queued"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


LONG_AGO = datetime.min.replace(tzinfo=UTC)

_NAME = re.compile(r"[A-Z0-9_]{1,16}")
RANGES = {
    Action.SERVO: {"pan": 180, "tilt": 180},
    Action.LED: {"led": 255},
}
"""The highest value of each argument that is a number; the lowest is 0."""

_CAMERA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Command:
    """``version`` is the document's update time as it was read: it is taken only if nobody changed it since.

    Arguments named in ``kept`` were not given: their values are the servo's position when the command was queued.
    ``trace`` is the Cloud Trace name of the request that queued it, or empty.
    """

    id: str
    camera_id: str
    action: str
    args: Mapping[str, Any]
    deadline: datetime
    version: Any
    kept: tuple[str, ...] = ()
    trace: str = ""

    @classmethod
    def read(cls, command_id: str, fields: Mapping[str, Any], version: Any) -> Command:
        """A command from the document's ``fields``; one without a deadline counts as expired."""
        args, deadline, kept, trace = (fields.get(name) for name in ("args", "deadlineAt", "kept", "trace"))
        camera_id = str(fields.get("cameraId", ""))
        return cls(
            id=command_id,
            camera_id=camera_id if _CAMERA_ID.fullmatch(camera_id) else "",
            action=str(fields.get("action", "")),
            args=args if isinstance(args, Mapping) else {},
            deadline=deadline if isinstance(deadline, datetime) else LONG_AGO,
            version=version,
            kept=tuple(map(str, kept)) if isinstance(kept, list) else (),
            trace=trace if isinstance(trace, str) else "",
        )

    def at_position(self, position: Mapping[str, Any]) -> Command:
        """The command with its ``kept`` arguments taken from the servo's ``position`` of now."""
        now = {name: position[name] for name in self.kept if name in position}
        return replace(self, args={**self.args, **now})

    def checked(self) -> tuple[Action, dict[str, int | str]]:
        """The action and its arguments.

        Raises:
            Unsupported: the action is unknown, or an argument is missing or out of range.
        """
        try:
            action = Action(self.action)
        except ValueError:
            raise Unsupported(f"This agent knows no action {self.action!r}; is it up to date?") from None
        if action is Action.FRAMESIZE:
            size = self.args.get("framesize")
            if not isinstance(size, str) or not _NAME.fullmatch(size):
                raise Unsupported("framesize needs the name of a frame size, such as SVGA.")
            return action, {"framesize": size}
        return action, {name: self._number(name, top) for name, top in RANGES.get(action, {}).items()}

    def _number(self, name: str, top: int) -> int:
        value = whole(self.args.get(name))
        if value is None or not 0 <= value <= top:
            raise Unsupported(f"{self.action} needs {name}, a whole number from 0 to {top}.")
        return value


def whole(value: object) -> int | None:
    """The whole number that ``value`` is, or spells: ``90``, ``90.0`` and ``"90"`` are the same; else None."""
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_DIGITS = re.compile(r"[0-9]{1,15}(\.0{0,15})?")

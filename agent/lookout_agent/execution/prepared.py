"""Executes one command on one camera."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from lookout_agent import text
from lookout_agent.camera import addresses, command_maps, http
from lookout_agent.camera.addresses import Address
from lookout_agent.command import RANGES, Action, Command, whole
from lookout_agent.config import Config
from lookout_agent.errors import CameraFailed, NotAllowed
from lookout_agent.execution import snapshot

STATUS_FIELDS = 64
STATUS_TEXT = 200
"""Of a camera's status at most so many plain values are passed on, and so many characters of each."""

DISABLED = "disabled"

_RESERVED = re.compile(r"(__.*__)?", re.DOTALL)
"""Names that no field in Firestore can have."""

PreparedCommand = Callable[[], dict[str, Any]]
"""Executes a command that was checked, and returns what the camera reported. Raises ``CommandFailed``."""


def prepare(
    command: Command, camera: Mapping[str, Any] | None, config: Config, id_token: Callable[[], str]
) -> PreparedCommand:
    """Check the command against the camera's document; nothing is sent before the result is called.

    Raises:
        NotAllowed: the camera is unknown, another agent's, disabled, or at an address that is not allowed.
        Unsupported: its firmware has nothing for this.
    """
    if camera is None or camera.get("agentId") != config.agent_id:
        raise NotAllowed(f"Camera {command.camera_id!r} is unknown, or served by another agent.")
    if camera.get("status") == DISABLED:
        raise NotAllowed(f"Camera {command.camera_id} is disabled; an owner can enable it.")
    address = addresses.parse(camera.get("ipAddress"), config.networks)
    action, args = command.checked()
    path = command_maps.path(camera.get("commandMap"), action, args)

    def execute() -> dict[str, Any]:
        if action is Action.SNAPSHOT:
            jpeg = snapshot.capture(address, path, config.camera_seconds)
            return {"path": snapshot.upload(config, id_token, command.camera_id, jpeg), "bytes": len(jpeg)}
        return _send(address, path, config.camera_seconds, action, args)

    return execute


def _send(
    address: Address, path: str, seconds: float, action: Action, args: dict[str, int | str]
) -> dict[str, Any]:
    reported = _plain_values(http.get(address, path, seconds).body)
    if action is Action.STATUS:
        if reported is None:
            raise CameraFailed("The camera's status is no JSON object.")
        return reported
    # a camera that reports its new state is believed; most answer a bare 200
    highest = RANGES.get(action, {})
    return {name: _number((reported or {}).get(name), sent, highest.get(name)) for name, sent in args.items()}


def _number(reported: object, sent: int | str, highest: int | None) -> int | str:
    level = None if highest is None else whole(reported)
    return sent if level is None or highest is None or not 0 <= level <= highest else level


def _plain_values(body: bytes) -> dict[str, Any] | None:
    """The plain values of the JSON object ``body``; None when it is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    plain: dict[str, Any] = {}
    for name, value in read.items():
        if not _is_storable(name) or not _is_storable(value):
            continue
        name = text.plain(name, STATUS_TEXT)
        if not _RESERVED.fullmatch(name):
            plain[name] = text.plain(value, STATUS_TEXT) if isinstance(value, str) else value
        if len(plain) == STATUS_FIELDS:
            break
    return plain


def _is_storable(value: object) -> bool:
    """Whether it is a plain value that both Firestore and JSON can hold."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None

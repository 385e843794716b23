"""Carries out one command on one camera."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from lookout_agent import addresses, camera_http, command_maps, snapshots, text
from lookout_agent.addresses import Address
from lookout_agent.commands import RANGES, Action, Command, whole
from lookout_agent.config import Config
from lookout_agent.errors import CameraFailed, NotAllowed

STATUS_FIELDS = 64
STATUS_TEXT = 200
"""Of a camera's status at most so many plain values are passed on, and so many characters of each."""

DISABLED = "disabled"

_RESERVED = re.compile(r"(__.*__)?", re.DOTALL)
"""Names that no field in Firestore can have."""

Errand = Callable[[], dict[str, Any]]


def prepare(
    command: Command, camera: Mapping[str, Any] | None, config: Config, id_token: Callable[[], str]
) -> Errand:
    """What is to be done for the command: called, it does it and returns what the camera reported.

    Nothing is sent before that; whatever forbids it is found out here.

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

    def carry_out() -> dict[str, Any]:
        if action is Action.SNAPSHOT:
            jpeg = snapshots.capture(address, path, config.camera_seconds)
            return {"path": snapshots.upload(config, id_token, command.camera_id, jpeg), "bytes": len(jpeg)}
        return _tell(address, path, config.camera_seconds, action, args)

    return carry_out


def _tell(
    address: Address, path: str, seconds: float, action: Action, args: dict[str, int | str]
) -> dict[str, Any]:
    answer = camera_http.get(address, path, seconds)
    reported = _plain(answer.body)
    if action is Action.STATUS:
        if reported is None:
            raise CameraFailed("The camera's status is no JSON object.")
        return reported
    # a camera that says where it came to is believed; most say nothing but 200
    tops = RANGES.get(action, {})
    return {name: _number((reported or {}).get(name), sent, tops.get(name)) for name, sent in args.items()}


def _number(reported: object, sent: int | str, top: int | None) -> int | str:
    level = None if top is None else whole(reported)
    return sent if level is None or top is None or not 0 <= level <= top else level


def _plain(body: bytes) -> dict[str, Any] | None:
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
    """Whether it is a plain value that Firestore takes and JSON can tell."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None

"""A registered camera: its plain fields, what may be written into them, and when it counts as offline."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

from lookout.domain.cameras.command import Action
from lookout.domain.cameras.presets import parse_presets
from lookout.domain.number import number, whole
from lookout.domain.site.treatment import AS_THE_SITE, CameraRules, Treatment
from lookout.errors import BadRequest

_PORT = re.compile(r"[0-9]{1,5}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

ACTIVE = "active"
DISABLED = "disabled"
OFFLINE = "offline"

VISIT_SECONDS = (1, 86400)
"""How short and how long the pause within one visit may be."""

FOV = 66.0
"""Degrees that the lens of an ESP32-CAM's OV2640 sees along the longer side of its frame."""

FOV_RANGE = (10, 170)
"""From a telephoto lens to the widest fisheye that is still treated as a plain lens."""

ROTATIONS = (0, 90, 180, 270)
"""Degrees by which a camera's picture has to be turned clockwise to be upright."""

NETWORKS = tuple(
    ipaddress.IPv4Network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
)
"""Where a camera behind a home router can be (RFC 1918, link-local), and this machine, for fake cameras."""

HTTP = 80

COMMAND_MAPS = ("camerawebserver", "simple")
"""The firmwares whose URLs the agent knows; any other needs templates of its own."""


@dataclass(frozen=True, slots=True)
class Camera:
    """``led``: the flashlight's last known level, 0 to 255; ``rules``: its differences from the site's.

    ``follow``: whether its servos turn it towards a face; ``fov``: degrees its lens sees, within ``FOV_RANGE``.
    ``rotation``: one of ``ROTATIONS``, None where it is not known.
    ``watched_until``: somebody looks at it until then.
    """

    id: str
    name: str
    status: str
    led: int
    rules: CameraRules = AS_THE_SITE
    follow: bool = False
    fov: float = FOV
    rotation: int | None = None
    watched_until: datetime | None = None

    def is_watched(self, at: datetime) -> bool:
        """Whether somebody looks at it ``at`` a moment."""
        return self.watched_until is not None and at <= self.watched_until


def is_camera_id(text: str) -> bool:
    """Whether ``text`` can be a camera's id: up to 64 letters, digits, ``_`` and ``-``."""
    return _ID.fullmatch(text) is not None


def is_fov(value: object) -> TypeGuard[float]:
    """Whether ``value`` is a field of view in degrees that a lens can have."""
    low, high = FOV_RANGE
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def camera_address(text: str) -> str | None:
    """A private IPv4 address, with a port or without, in canonical form (no port 80); None for anything else."""
    host, colon, port = text.partition(":")
    # Python refuses to convert thousands of digits
    if colon and not (_PORT.fullmatch(port) and 1 <= int(port) <= 65535):
        return None
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return None
    if not any(address in network for network in NETWORKS):
        return None
    return host if not colon or int(port) == HTTP else f"{host}:{int(port)}"


def shown_status(stored: object, last_seen: object, now: datetime, offline_after: timedelta) -> str:
    """``disabled``, ``active``, or ``offline`` for a camera that was not seen for ``offline_after``.

    Cameras post every 2 to 120 s, with gaps: it is offline only after several frames are missing.
    """
    if stored == DISABLED:
        return DISABLED
    seen = isinstance(last_seen, datetime) and now - last_seen <= offline_after
    return ACTIVE if seen else OFFLINE


def camera_fields(body: object) -> dict[str, object]:
    """The plain fields that an owner's JSON ``body`` sets, checked; those it does not name are left out.

    Raises:
        BadRequest: a field is unknown or has a value that it cannot have.
    """
    if not isinstance(body, Mapping) or not body:
        raise BadRequest(f"Send a JSON object with any of {', '.join(_CHECKS)}.")
    unknown = sorted(str(name) for name in body if name not in _CHECKS)
    if unknown:
        raise BadRequest(f"Unknown field {unknown[0]!r}: a camera has {', '.join(_CHECKS)}.")
    return {name: _CHECKS[name](name, value) for name, value in body.items()}


def _name(field: str, value: object) -> str:
    text = _text(field, value)
    if not text.strip():
        raise BadRequest(f"{field} must not be empty.")
    return text


def _text(field: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > 100:
        raise BadRequest(f"{field} must be a text of at most 100 characters.")
    return value


def _address(field: str, value: object) -> str:
    text = _text(field, value)
    if not text:
        return text
    address = camera_address(text)
    if address is None:
        raise BadRequest(
            f"{field}={text!r} is no private IPv4 address such as 192.168.1.100 or 192.168.1.100:81."
        )
    return address


def _agent(field: str, value: object) -> str:
    text = _text(field, value)
    if text and not is_camera_id(text):
        raise BadRequest(f"{field}={text!r} cannot be an agent's id: use up to 64 letters, digits, _ and -.")
    return text


def _status(field: str, value: object) -> str:
    if value not in (ACTIVE, DISABLED):
        raise BadRequest(f"{field} must be {ACTIVE} or {DISABLED}.")
    return str(value)


def _visit_seconds(field: str, value: object) -> int | None:
    low, high = VISIT_SECONDS
    if value is None:
        return None
    seconds = whole(value)
    if seconds is not None and low <= seconds <= high:
        return seconds
    raise BadRequest(f"{field} must be a whole number from {low} to {high}, or null: as the site has it.")


def _armed(field: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadRequest(f"{field} must be true, false, or null: as the site has it.")


def _follow(field: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise BadRequest(f"{field} must be true or false.")


def _fov(field: str, value: object) -> float | None:
    if value is None:
        return None
    degrees = number(value)
    if is_fov(degrees):
        return degrees
    low, high = FOV_RANGE
    raise BadRequest(f"{field} must be a number of degrees from {low} to {high}, or null: {FOV:g}.")


def _rotation(field: str, value: object) -> int | None:
    degrees = whole(value)
    if value is None or degrees in ROTATIONS:
        return degrees
    raise BadRequest(
        f"{field} must be 0, 90, 180 or 270, the degrees to turn the picture clockwise, or null: not known."
    )


def _treatment(field: str, value: object) -> str | None:
    if value is None or (isinstance(value, str) and value in set(Treatment)):
        return value
    raise BadRequest(f"{field} must be {', '.join(Treatment)}, or null: as the site has it.")


def _command_map(field: str, value: object) -> str | dict[str, str]:
    if isinstance(value, str) and value in COMMAND_MAPS:
        return value
    if isinstance(value, Mapping) and value:
        templates = {str(action): path for action, path in value.items()}
        known = set(Action)
        if all(
            action in known and isinstance(path, str) and path.startswith("/") and len(path) <= 200
            for action, path in templates.items()
        ):
            return templates
    raise BadRequest(
        f"{field} must be {' or '.join(COMMAND_MAPS)}, or templates such as "
        '{"servo": "/servo?pan={pan}&tilt={tilt}"} for ' + ", ".join(Action) + "."
    )


_CHECKS: dict[str, Callable[[str, object], object]] = {
    "name": _name,
    "location": _text,
    "ipAddress": _address,
    "status": _status,
    "agentId": _agent,
    "commandMap": _command_map,
    "visitSeconds": _visit_seconds,
    "armed": _armed,
    "known": _treatment,
    "unknown": _treatment,
    "follow": _follow,
    "fov": _fov,
    "rotation": _rotation,
    "presets": parse_presets,
}
"""Each plain field and its check. ``visitSeconds`` to ``unknown`` override ``settings/site`` for this camera."""

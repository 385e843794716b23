"""A registered camera, and the form its name must have."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Camera:
    """``led`` is the flashlight's last known level, 0 to 255."""

    id: str
    name: str
    status: str
    led: int


def is_camera_id(text: str) -> bool:
    """Whether ``text`` can be a camera's id: up to 64 letters, digits, ``_`` and ``-``."""
    return _ID.fullmatch(text) is not None

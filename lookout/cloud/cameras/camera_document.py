"""A document of ``cameras`` as a camera."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lookout.domain.cameras.camera import FOV, ROTATIONS, VISIT_SECONDS, Camera, is_fov
from lookout.domain.number import number, whole
from lookout.domain.site.treatment import CameraRules, Treatment


def camera_of(camera_id: str, plain: dict[str, Any]) -> Camera:
    """The camera that a document of ``cameras`` describes; values that make no sense count as not set."""
    led, fov, rotation = whole(plain.get("led")), number(plain.get("fov")), whole(plain.get("rotation"))
    watched = plain.get("watchedUntil")
    return Camera(
        camera_id,
        str(plain.get("name") or camera_id),
        str(plain.get("status") or "active"),
        led or 0,
        _rules(plain),
        follow=plain.get("follow") is True,
        fov=fov if is_fov(fov) else FOV,
        rotation=rotation if rotation in ROTATIONS else None,
        watched_until=watched if isinstance(watched, datetime) else None,
    )


def _rules(plain: dict[str, Any]) -> CameraRules:
    """The camera's own rules; invalid values count as not set."""
    seconds, armed = whole(plain.get("visitSeconds")), plain.get("armed")
    low, high = VISIT_SECONDS
    known, unknown = (
        Treatment(value) if isinstance(value, str) and value in set(Treatment) else None
        for value in (plain.get("known"), plain.get("unknown"))
    )
    return CameraRules(
        visit_seconds=seconds if seconds is not None and low <= seconds <= high else None,
        armed=armed if isinstance(armed, bool) else None,
        known=known,
        unknown=unknown,
    )

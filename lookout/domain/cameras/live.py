"""Live pictures: how long a camera counts as watched, how often its picture is kept, and for how long."""

from __future__ import annotations

from datetime import timedelta

WATCHED = timedelta(seconds=30)
"""A page that shows a camera says so again within this time."""

EVERY = timedelta(seconds=1)
"""The shortest time between two live pictures of a camera."""

KEPT = timedelta(minutes=1)
"""A live picture that is older is deleted; ``storage.rules`` shows it to nobody."""

FOLDER = "live/"


def live_path(camera_id: str) -> str:
    """Where the live picture of a camera is kept."""
    return f"{FOLDER}{camera_id}.jpg"

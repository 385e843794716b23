"""The day's budget of frames: how many of one camera, and of all, are judged."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from lookout.domain.site.site import Site


def budget_of(of_camera: int, of_site: int, site: Site) -> str | None:
    """Which budget of ``site`` so many frames of a day use up, as a sentence; None while both last."""
    if of_camera >= site.camera_frames:
        return f"This camera has used up its {site.camera_frames} frames of today."
    if of_site >= site.site_frames:
        return f"The cameras have used up their {site.site_frames} frames of today."
    return None


def seconds_to_midnight(local: datetime) -> int:
    """Seconds, at least 1, until the day of an aware moment by the clock of the site ends."""
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, math.ceil(midnight.timestamp() - local.timestamp()))

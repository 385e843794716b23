"""How many frames a day may cost: counted with the heartbeats, refused beyond the site's budget, told once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from lookout.cloud.alerts.budget_notices import leave_budget_notice
from lookout.cloud.cameras.heartbeats import Heartbeats
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.budget import budget_of, seconds_to_midnight
from lookout.domain.cameras.camera import Camera
from lookout.domain.site.site import Site
from lookout.errors import OverBudget, Unavailable
from lookout.log import Severity, log

ASK_AGAIN_SECONDS = 600
"""A camera that was refused may try again after so long: the owner may have raised the budget."""


class FrameBudget:
    """Refuses frames beyond the day's budget. One per warm instance. Costs no call of a store by itself.

    A camera's count is that of all instances, but for frames that others took since this one's last heartbeat. The
    site's count is of the cameras that this instance has heard of today.
    """

    def __init__(self, stores: Stores, heartbeats: Heartbeats) -> None:
        self._stores = stores
        self._heartbeats = heartbeats
        self._lock = threading.Lock()
        self._told = ""

    def admit(self, camera: Camera, site: Site, at: datetime) -> None:
        """Go on only while the budget lasts.

        Raises:
            OverBudget: it does not; says when to ask again.
        """
        day = site.day(at)
        used = budget_of(*self._heartbeats.frames(camera.id, day), site)
        if used is None:
            return
        self._tell(camera, day, at)
        wait = min(ASK_AGAIN_SECONDS, seconds_to_midnight(site.local(at)))
        raise OverBudget(f"{used} An owner can raise it in the settings. Wait {wait} s.", wait)

    def _tell(self, camera: Camera, day: str, at: datetime) -> None:
        with self._lock:
            if self._told == day:
                return
            self._told = day
        log(Severity.WARNING, "budget used up", camera=camera.id, day=day)
        try:
            leave_budget_notice(self._stores, camera.id, day, at, at + timedelta(days=7))
        except Unavailable as error:
            log(Severity.WARNING, "budget notice not written", day=day, error=error.message)
            self._told = ""

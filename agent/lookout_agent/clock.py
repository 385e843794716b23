"""The server's time, learned from its answers: a small computer's clock may be hours off after a start."""

from __future__ import annotations

import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta

SAMPLES = 16
"""Answers remembered. The quickest of them gives the best estimate; old ones would add the drift of hours."""


def monotonic() -> float:
    """Seconds of a clock that is never set, and that goes on during suspend where the system has such a clock."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class ServerClock:
    """Estimates the server's time, never too early: a deadline is never taken to be farther away than it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead: deque[float] = deque(maxlen=SAMPLES)

    def observe(self, server_time: datetime, asked_at: float) -> None:
        """Learn that the server's clock showed ``server_time`` after ``asked_at`` (:func:`monotonic`)."""
        with self._lock:
            self._ahead.append(server_time.timestamp() - asked_at)

    @property
    def known(self) -> bool:
        """Whether the server has told its time yet."""
        return bool(self._ahead)

    def now(self) -> datetime:
        """The latest that the server's clock can show now; this machine's own time as long as none is known."""
        with self._lock:
            if not self._ahead:
                return datetime.now(UTC)
            return datetime.fromtimestamp(min(self._ahead) + monotonic(), UTC)

    def off_by(self) -> timedelta:
        """How far this machine's clock is ahead of the server's."""
        return datetime.now(UTC) - self.now()

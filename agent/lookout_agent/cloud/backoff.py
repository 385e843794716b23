"""How long to wait before trying again."""

from __future__ import annotations

import random

FIRST_SECONDS = 1.0
LIMIT_SECONDS = 60.0
FACTOR = 2.0
JITTER = 0.25
"""Share of the wait that is random, so that agents cut off together do not come back together."""


class Backoff:
    """Waits that double from ``first`` to ``limit`` seconds, until something succeeds."""

    def __init__(self, first: float = FIRST_SECONDS, limit: float = LIMIT_SECONDS) -> None:
        self._first, self._limit = first, limit
        self._next = first

    def next(self) -> float:
        """Seconds to wait now."""
        wait = self._next
        self._next = min(wait * FACTOR, self._limit)
        return wait * (1 - JITTER * random.random())  # noqa: S311 - no secret

    def reset(self) -> None:
        """Begin with the shortest wait again."""
        self._next = self._first

"""So many calls a minute for each caller, counted by each instance for itself."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict

from lookout.domain.rate import Bucket, take
from lookout.errors import TooMany

CALLERS = 4096
"""Callers remembered; the one not heard of for longest is forgotten, and starts anew."""

BURST_SECONDS = 15
"""A full bucket holds what this time allows: a page that opens makes several calls at once."""


class RateLimit:
    """Lets each caller through ``per_minute`` times a minute, with bursts of a quarter of that."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._burst = max(1.0, per_minute * BURST_SECONDS / 60)
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def admit(self, caller: str) -> None:
        """Count one call.

        Raises:
            TooMany: the caller has to wait; says how long.
        """
        with self._lock:
            bucket, wait = take(self._buckets.get(caller), time.monotonic(), self._per_minute, self._burst)
            self._buckets[caller] = bucket
            self._buckets.move_to_end(caller)
            while len(self._buckets) > CALLERS:
                self._buckets.popitem(last=False)
        if wait:
            seconds = math.ceil(wait)
            raise TooMany(f"Too many calls: at most {self._per_minute} a minute. Wait {seconds} s.", seconds)

"""So many calls a minute for each caller, counted by each instance for itself."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict

from lookout.domain.cameras.rate import Bucket, take
from lookout.errors import TooMany

CALLERS = 4096
"""Callers remembered; the one not heard of for longest is forgotten, and starts anew."""

BURST_SECONDS = 15
"""A full bucket holds what this time allows: a page that opens makes several calls at once."""


class RateLimit:
    """Lets each caller through ``per_minute`` times a minute, with bursts of a quarter of that.

    ``what``: what there are too many of, for those who are refused.
    """

    def __init__(self, per_minute: int, what: str = "calls") -> None:
        self._what = what
        self._per_minute = per_minute
        self._burst = max(1.0, per_minute * BURST_SECONDS / 60)
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def is_spent(self, caller: str) -> bool:
        """Whether the next call of this caller would be refused. Counts nothing."""
        with self._lock:
            bucket = self._buckets.get(caller)
            return bucket is not None and self._take(bucket)[1] > 0

    def admit(self, caller: str) -> None:
        """Count one call.

        Raises:
            TooMany: the caller has to wait; says how long.
        """
        with self._lock:
            bucket, wait = self._take(self._buckets.get(caller))
            self._buckets[caller] = bucket
            self._buckets.move_to_end(caller)
            while len(self._buckets) > CALLERS:
                self._buckets.popitem(last=False)
        if wait:
            seconds = math.ceil(wait)
            raise TooMany(
                f"Too many {self._what}: at most {self._per_minute} a minute. Wait {seconds} s.", seconds
            )

    def _take(self, bucket: Bucket | None) -> tuple[Bucket, float]:
        return take(bucket, time.monotonic(), self._per_minute, self._burst)

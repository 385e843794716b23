"""How often a caller may call: a bucket of tokens, refilled as time goes by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """``tokens`` left at the moment ``at``, in seconds of a monotonic clock."""

    tokens: float
    at: float


def take(bucket: Bucket | None, now: float, per_minute: float, burst: float) -> tuple[Bucket, float]:
    """Take one token of a ``bucket``, or of a full one for a new caller.

    ``burst`` is how many a full bucket holds. Returns the bucket afterwards and the seconds to wait: 0 when the
    token was there, else the time until there is one again, and then nothing was taken.
    """
    full = Bucket(burst, now) if bucket is None else bucket
    refill = max(0.0, now - full.at) * per_minute / 60
    tokens = min(burst, full.tokens + refill)
    if tokens >= 1:
        return Bucket(tokens - 1, now), 0.0
    return Bucket(tokens, now), (1 - tokens) * 60 / per_minute

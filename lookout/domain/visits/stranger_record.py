"""Strangers as they are stored: what two that are one come to, and which pictures of one are worth enrolling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

VECTORS_KEPT = 8
"""Vectors of a stranger, one per alert, that later faces are compared with."""

CROPS_ENROLLED = 5
"""Pictures of a stranger that become the photos of a person."""

REGULAR_VISITS = 2
"""Someone who came so often is remembered :data:`REGULAR_FACTOR` times as long as who came once."""

REGULAR_FACTOR = 3

_NEVER = datetime.min.replace(tzinfo=UTC)


def remembered_until(at: datetime, visits: int, retention_days: int) -> datetime:
    """When a stranger seen ``at`` a moment, for the ``visits``-th time, may be forgotten."""
    factor = REGULAR_FACTOR if visits >= REGULAR_VISITS else 1
    return at + timedelta(days=retention_days * factor)


def merged(into: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the stranger ``into`` when it takes the ``other`` in."""
    return {
        "visits": into.get("visits", 0) + other.get("visits", 0),
        "firstSeenAt": min(into["firstSeenAt"], other["firstSeenAt"]),
        "lastSeenAt": max(into["lastSeenAt"], other["lastSeenAt"]),
        "expireAt": max(into["expireAt"], other["expireAt"]),
        "cameras": sorted({*into.get("cameras", ()), *other.get("cameras", ())}),
    }


def newest(vectors: Mapping[str, bytes], seen: Mapping[str, datetime]) -> dict[str, bytes]:
    """Of ``vectors`` by alert the newest :data:`VECTORS_KEPT`, by when each alert was last ``seen``.

    An alert that is gone was never seen.
    """
    ordered = sorted(vectors, key=lambda alert_id: (seen.get(alert_id, _NEVER), alert_id))
    return {alert_id: vectors[alert_id] for alert_id in ordered[-VECTORS_KEPT:]}


def best_crops(crops: Sequence[Mapping[str, Any]], alert_id: str, quality: float) -> list[dict[str, Any]]:
    """The best :data:`CROPS_ENROLLED` of the ``crops`` so far and one more, best first."""
    rest = [dict(crop) for crop in crops if crop["alertId"] != alert_id]
    ranked = sorted(
        [*rest, {"alertId": alert_id, "quality": quality}],
        key=lambda crop: (-crop["quality"], crop["alertId"]),
    )
    return ranked[:CROPS_ENROLLED]

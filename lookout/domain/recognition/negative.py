"""Negatives: faces that an owner said are not a person, kept with that person's vectors as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

KEPT = 50
"""Negatives of a person, the newest last; older ones make room."""

Negative = Mapping[str, Any]


def with_negative(negatives: Sequence[Negative], new: Negative) -> list[dict[str, Any]]:
    """``negatives`` and a new one, which takes the place of one of the same alert."""
    return [*without_alert(negatives, new["alertId"]), dict(new)][-KEPT:]


def without_alert(negatives: Iterable[Negative], alert_id: str) -> list[dict[str, Any]]:
    """``negatives`` without that of an alert."""
    return [dict(negative) for negative in negatives if negative["alertId"] != alert_id]


def merged(
    into_id: str, into: Sequence[Negative], other_id: str, other: Sequence[Negative]
) -> list[dict[str, Any]]:
    """The negatives of a person who takes another one in: what is not the one is not the other either, but
    neither of the two is a negative any more."""
    result: list[dict[str, Any]] = []
    for negative in (*other, *into):
        if negative.get("personId") not in (into_id, other_id):
            result = with_negative(result, negative)
    return result

"""Counts that Firestore makes itself, at one read per thousand documents."""

from __future__ import annotations

from typing import Any

from lookout.cloud.firebase.calls import call_options, store_errors


def people(db: Any, timeout: float) -> int:
    """How many people there are.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return _count(db.collection("people"), timeout)


def alerts_of(db: Any, day: str, timeout: float) -> int:
    """How many alerts there are of a day, given as ``2026-05-31``.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    return _count(db.collection("alerts").where(filter=FieldFilter("day", "==", day)), timeout)


def _count(query: Any, timeout: float) -> int:
    with store_errors("Firestore"):
        return int(query.count().get(**call_options(timeout))[0][0].value)

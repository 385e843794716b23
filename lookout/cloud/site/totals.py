"""Counts that Firestore makes itself, at one read per thousand documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import count

if TYPE_CHECKING:
    from google.cloud.firestore import Client


def people(db: Client, timeout: float) -> int:
    """How many people there are.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return count(db.collection("people"), timeout)


def alerts_of(db: Client, day: str, timeout: float) -> int:
    """How many alerts there are of a day, given as ``2026-05-31``.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    return count(db.collection("alerts").where(filter=FieldFilter("day", "==", day)), timeout)

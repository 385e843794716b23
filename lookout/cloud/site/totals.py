"""Counts that Firestore makes itself, at one read per thousand documents."""

from __future__ import annotations

from lookout.cloud.firebase.calls import count
from lookout.cloud.firebase.stores import Stores


def people(stores: Stores) -> int:
    """How many people there are.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return count(stores.db.collection("people"), stores.timeout)


def alerts_of(stores: Stores, day: str) -> int:
    """How many alerts there are of a day, given as ``2026-05-31``.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    return count(stores.db.collection("alerts").where(filter=FieldFilter("day", "==", day)), stores.timeout)

"""``arrivals/{day}_{personId}``: the alert by which a person arrived on a day, where only that is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run

if TYPE_CHECKING:
    from google.cloud.firestore import Client

KEPT = timedelta(days=3)
"""A day is over everywhere by then."""


def is_first(stores: Stores, day: str, person_id: str, alert_id: str) -> bool:
    """Whether the person arrived on the site's ``day`` by that alert, which counts as the arrival if none did yet.

    Raises:
        Unavailable: Firestore did not answer.
    """

    def step(transaction: Transaction) -> bool:
        reference = stores.db.collection("arrivals").document(f"{day}_{person_id}")
        (stored,) = transaction.read([reference])
        if stored is not None:
            return bool(stored["alertId"] == alert_id)
        now = datetime.now(UTC)
        fields = {"alertId": alert_id, "personId": person_id, "createdAt": now, "expireAt": now + KEPT}
        transaction.set(reference, fields)
        return True

    return run(stores, step)


def withdraw(stores: Stores, day: str, person_id: str, alert_id: str) -> None:
    """Let the person not have arrived by that alert after all.

    Raises:
        Unavailable: Firestore did not answer.
    """

    run(stores, lambda transaction: take_back(transaction, stores.db, day, person_id, alert_id))


def take_back(transaction: Transaction, db: Client, day: str, person_id: str, alert_id: str) -> None:
    """The same as a part of a step: the real first arrival of the day is still to be told."""
    reference = db.collection("arrivals").document(f"{day}_{person_id}")
    (stored,) = transaction.read([reference])
    if stored is not None and stored.get("alertId") == alert_id:
        transaction.remove(reference)

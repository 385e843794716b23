"""``arrivals/{day}_{personId}``: the first alert of a person on a day, where people are only notified of that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.documents.alerts import Arrival

if TYPE_CHECKING:
    from google.cloud.firestore import Client

KEPT = timedelta(days=3)
"""By then the day is over in every time zone."""


def is_first(stores: Stores, day: str, person_id: str, alert_id: str) -> bool:
    """Whether that alert is the person's first on the site's ``day``. If there is none yet, it becomes the first.

    Raises:
        Unavailable: Firestore did not answer.
    """

    def step(transaction: Transaction) -> bool:
        reference = stores.db.collection("arrivals").document(f"{day}_{person_id}")
        (stored,) = transaction.read([reference])
        if stored is not None:
            return bool(stored["alertId"] == alert_id)
        now = datetime.now(UTC)
        made: Arrival = {
            "alertId": alert_id,
            "personId": person_id,
            "createdAt": now,
            "expireAt": now + KEPT,
        }
        transaction.set(reference, made)
        return True

    return run(stores, step)


def withdraw(stores: Stores, day: str, person_id: str, alert_id: str) -> None:
    """Take the first alert of the day back, if it is that alert.

    Raises:
        Unavailable: Firestore did not answer.
    """

    run(stores, lambda transaction: take_back(transaction, stores.db, day, person_id, alert_id))


def take_back(transaction: Transaction, db: Client, day: str, person_id: str, alert_id: str) -> None:
    """The same within a transaction."""
    reference = db.collection("arrivals").document(f"{day}_{person_id}")
    (stored,) = transaction.read([reference])
    if stored is not None and stored.get("alertId") == alert_id:
        transaction.remove(reference)

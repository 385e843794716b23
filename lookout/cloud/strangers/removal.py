"""Removing a stranger, or an alert from one, together with the pictures that are then unneeded."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.documents import (
    pictures_folder,
    reference,
    state_reference,
    tombstone,
    vectors_reference,
)
from lookout.cloud.strangers.records import Stranger, StrangerRecords


class StrangerRemoval:
    """Each method is one step, and raises ``Unavailable`` when a store does not answer."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._records = StrangerRecords(stores)

    def lose_alert(self, stranger_id: str, alert_id: str, person_id: str | None) -> None:
        """Take an alert that is now of the person from a stranger, as :meth:`StrangerRecords.lose_alert` does."""

        def change(transaction: Transaction) -> str | None:
            return self._records.lose_alert(transaction, stranger_id, alert_id, person_id)

        unneeded = run(self._stores, change)
        if unneeded is not None:
            storage.remove_folder(self._stores, unneeded)

    def remove_if(self, stranger_id: str, condition: Callable[[Stranger], bool]) -> bool:
        """Remove the stranger unless it is being named; whether it was removed.

        ``condition`` is asked within the step, and again when somebody changed the stranger meanwhile.
        """

        def change(transaction: Transaction) -> bool:
            stranger = self._records.find(transaction, stranger_id)
            if stranger is None or stranger.is_being_named or not condition(stranger):
                return False
            self._records.remove(transaction, stranger)
            return True

        removed = run(self._stores, change)
        if removed:
            storage.remove_folder(self._stores, pictures_folder(stranger_id))
        return removed


def forget_halves(stores: Stores, stranger_ids: Iterable[str]) -> None:
    """Write tombstones for strangers of whose two documents one was deleted by hand: they are recognised no more.

    Call it within :func:`store_errors`, when a batch that changes both was refused.
    """
    from google.cloud.firestore import SERVER_TIMESTAMP

    batch = stores.db.batch()
    for stranger_id in stranger_ids:
        vectors = vectors_reference(stores.db, stranger_id)
        both = [reference(stores.db, stranger_id), vectors]
        if not all(one.exists for one in stores.db.get_all(both, ["modelId"], **stores.options)):
            batch.set(vectors, tombstone())
    if len(batch):
        batch.set(state_reference(stores.db), {"changedAt": SERVER_TIMESTAMP})
        batch.commit(retry=None, timeout=stores.timeout)

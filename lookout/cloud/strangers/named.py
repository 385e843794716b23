"""Strangers that are being named as a person: finding them, and taking the name or all of them away.

A step that is refused is decided anew, as of :class:`StrangerRecords`. ``stranger_vectors`` are looked at for
themselves: a face is recognised by them, also when the stranger's own document was deleted.
"""

from __future__ import annotations

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction
from lookout.cloud.strangers import documents
from lookout.cloud.strangers.records import Stranger, StrangerRecords


class NamedStrangers:
    """The strangers that have a person's name. Methods with a ``transaction`` are a part of that step."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._records = StrangerRecords(stores)

    def of(self, person_id: str) -> list[str]:
        """The ids of strangers that are being named as the person, by either of their two documents.

        Raises:
            Unavailable: Firestore did not answer.
        """
        from google.cloud.firestore_v1.base_query import FieldFilter

        named = FieldFilter("personId", "==", person_id)
        with store_errors("Firestore"):
            return sorted(
                {
                    one.id
                    for collection in ("strangers", "stranger_vectors")
                    for one in self._stores.db.collection(collection)
                    .where(filter=named)
                    .select([])
                    .stream(**self._stores.options)
                }
            )

    def unname(self, transaction: Transaction, stranger_id: str, person_id: str) -> bool:
        """Make a stranger of it again; False when it does not have the person's name.

        Vectors without a stranger are removed.
        """
        stranger = self._find(transaction, stranger_id, person_id)
        if stranger is None:
            return self._remove_orphan(transaction, stranger_id, person_id)
        fields = {"personId": None} if stranger.is_being_named else {}
        alias = {"personId": None, "name": None, "ignored": stranger.is_muted}
        self._records.set(transaction, stranger, fields, alias)
        return True

    def remove(self, transaction: Transaction, stranger_id: str, person_id: str) -> bool:
        """Remove it; False when it does not have the person's name."""
        stranger = self._find(transaction, stranger_id, person_id)
        if stranger is None:
            return self._remove_orphan(transaction, stranger_id, person_id)
        self._records.remove(transaction, stranger)
        return True

    def _find(self, transaction: Transaction, stranger_id: str, person_id: str) -> Stranger | None:
        stranger = self._records.find(transaction, stranger_id)
        if stranger is None:
            return None
        named = (stranger.fields.get("personId"), stranger.vectors.get("personId"))
        return stranger if person_id in named else None

    def _remove_orphan(self, transaction: Transaction, stranger_id: str, person_id: str) -> bool:
        """Remove vectors of that name whose stranger is not there; False when there are none."""
        (vectors,) = transaction.read([documents.vectors_reference(self._stores.db, stranger_id)])
        if vectors is None or vectors.get("personId") != person_id:
            return False
        self._records.remove_vectors(transaction, stranger_id)
        return True

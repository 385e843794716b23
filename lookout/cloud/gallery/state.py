"""``gallery_state/current``, the gallery's version, and writing ``gallery/{personId}`` with it.

Running instances compare the version with theirs and read the documents that have a later one. So every change
of a document gets the next version, and is refused if somebody else changed the gallery since the step read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.changes import PEOPLE, announce
from lookout.cloud.firebase.transaction import Transaction

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

TOMBSTONES_KEPT = timedelta(days=1)
"""How long a deleted person's document stays, so that running instances notice the deletion."""


def state_reference(db: Client) -> DocumentReference:
    """The document whose ``version`` grows with every change of the gallery."""
    return db.collection("gallery_state").document("current")


def gallery_reference(db: Client, person_id: str) -> DocumentReference:
    """The document with a person's vectors."""
    return db.collection("gallery").document(person_id)


def living(gallery: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The fields of a person's document; none when there is no document, or a tombstone."""
    return {} if gallery is None or gallery.get("deleted") else gallery


class GalleryChange:
    """The gallery's documents that one step writes, all with the next ``version``.

    ``state`` is the state document as ``transaction`` read it, not after what the step is decided by.
    ``model_id`` is the model of the vectors that are written, if any are.
    """

    def __init__(
        self,
        transaction: Transaction,
        db: Client,
        state: Mapping[str, Any] | None,
        model_id: str | None = None,
    ) -> None:
        self._transaction = transaction
        self._db = db
        self.version = int((state or {}).get("version", 0)) + 1
        self._state = {"version": self.version} | ({} if model_id is None else {"modelId": model_id})

    def set(self, person_id: str, fields: Mapping[str, Any]) -> None:
        """Change fields of a document that the step read."""
        self._transaction.set(gallery_reference(self._db, person_id), {**fields, "version": self.version})
        self.write_version()

    def replace(self, person_id: str, fields: Mapping[str, Any]) -> None:
        """Write the whole document, whatever was there."""
        document = {**fields, "version": self.version}
        self._transaction.batch.set(gallery_reference(self._db, person_id), document)
        self.write_version()

    def write_tombstone(self, person_id: str, at: datetime) -> None:
        """Replace the vectors of a person who was deleted ``at`` a moment, and all that was learnt of them."""
        self.replace(person_id, {"deleted": True, "deletedAt": at, "expireAt": at + TOMBSTONES_KEPT})

    def write_version(self) -> None:
        """Write the version. The other methods do so by themselves."""
        reference = state_reference(self._db)
        if not self._transaction.has_write(reference):
            self._transaction.set(reference, self._state)
            announce(self._transaction.batch, self._db, PEOPLE)

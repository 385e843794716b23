"""The negatives in ``gallery/{personId}``: faces that an owner said are somebody else. Vectors are bytes here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.transaction import Transaction
from lookout.cloud.gallery.state import GalleryChange, gallery_reference, living, state_reference
from lookout.domain.recognition import negative

if TYPE_CHECKING:
    from google.cloud.firestore import Client

Change = Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]


class Negatives:
    """Changes negatives. Each method is a part of the step ``transaction``, and the only one of them in it."""

    def __init__(self, db: Client) -> None:
        self._db = db

    def corrected(
        self,
        transaction: Transaction,
        alert_id: str,
        face: Mapping[str, Any] | None,
        before: str | None,
        after: str | None,
    ) -> None:
        """Learn from an alert that was taken for ``before`` and is ``after``: ids of people, or None for unknown.

        ``face`` is the alert's document in ``alert_vectors``. Its vector becomes a negative of ``before``, and is
        none of ``after`` any more.
        """
        changes: dict[str, Change] = {}
        if before is not None and before != after and face is not None:
            new = {
                "alertId": alert_id,
                "personId": after,
                "modelId": face["modelId"],
                "vector": face["vector"],
            }
            changes[before] = lambda stored: negative.with_negative(stored, new)
        if after is not None:
            changes[after] = lambda stored: negative.without_alert(stored, alert_id)
        self._write(transaction, changes)

    def move_all(self, transaction: Transaction, person_id: str, into_id: str) -> None:
        """Merge the person's negatives into those of ``into_id``, and delete the person's vectors."""
        (gone,) = transaction.read([gallery_reference(self._db, person_id)])
        theirs = living(gone).get("negatives") or []
        self._write(
            transaction,
            {into_id: lambda stored: negative.merged(into_id, stored, person_id, theirs)},
            gone=person_id if living(gone) else None,
        )

    def rename(self, transaction: Transaction, owner_id: str, person_id: str, into_id: str) -> None:
        """Let the negatives of ``owner_id`` that are faces of ``person_id`` be faces of ``into_id``."""

        def change(stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
            return [
                dict(one) | ({"personId": into_id} if one.get("personId") == person_id else {})
                for one in stored
            ]

        self._write(transaction, {owner_id: change})

    def write_tombstone(self, transaction: Transaction, person_id: str) -> None:
        """Delete a person's vectors, and all that was learnt of the person."""
        self._write(transaction, {}, gone=person_id)

    def _write(
        self, transaction: Transaction, changes: Mapping[str, Change], gone: str | None = None
    ) -> None:
        galleries = [gallery_reference(self._db, person_id) for person_id in changes]
        state, *stored = transaction.read([state_reference(self._db), *galleries])
        gallery = GalleryChange(transaction, self._db, state)
        for (person_id, change), fields in zip(changes.items(), stored, strict=True):
            before = living(fields).get("negatives") or []
            # somebody without vectors is never matched, and needs no negatives
            if living(fields) and (after := change(before)) != list(before):
                gallery.set(person_id, {"negatives": after})
        if gone is not None:
            gallery.write_tombstone(gone, datetime.now(UTC))

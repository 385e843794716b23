"""The negatives in ``gallery/{personId}``: faces that an owner said are somebody else. Vectors are bytes here.

Whoever writes a gallery document writes the gallery's version too, and that only if it is as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.transaction import Transaction
from lookout.domain.recognition import negative

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

TOMBSTONE_KEPT = timedelta(days=1)
"""As in ``lookout.cloud.gallery.reader``, which functions that see no pixels cannot import."""

Change = Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]


class Negatives:
    """Changes negatives as a part of a step (``transaction``), which does so once."""

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
        """An alert was taken for ``before`` and is ``after``; each is a person's id, or None for nobody known.

        ``face`` is what ``alert_vectors`` has of the alert. It becomes a negative of the one and stops being one
        of the other.
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
        """The person is one with another one, whose negatives are the negatives of both; the vectors of the
        first go."""
        (gone,) = transaction.read([self._gallery(person_id)])
        theirs = _living(gone).get("negatives") or []
        self._write(
            transaction,
            {into_id: lambda stored: negative.merged(into_id, stored, person_id, theirs)},
            gone=person_id if _living(gone) else None,
        )

    def rename(self, transaction: Transaction, owner_id: str, person_id: str, into_id: str) -> None:
        """Among the negatives of ``owner_id``, the faces of a person are those of another one by now."""

        def change(stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
            return [
                dict(one) | ({"personId": into_id} if one.get("personId") == person_id else {})
                for one in stored
            ]

        self._write(transaction, {owner_id: change})

    def bury(self, transaction: Transaction, person_id: str) -> None:
        """The vectors of a person go, and all that was learnt of them."""
        self._write(transaction, {}, gone=person_id)

    def _write(
        self, transaction: Transaction, changes: Mapping[str, Change], gone: str | None = None
    ) -> None:
        galleries = [self._gallery(person_id) for person_id in changes]
        state, *stored = transaction.read([self._state(), *galleries])
        changed = False
        version = int((state or {}).get("version", 0)) + 1
        for change, reference, fields in zip(changes.values(), galleries, stored, strict=True):
            before = _living(fields).get("negatives") or []
            # somebody without vectors is never matched, and needs no negatives
            if _living(fields) and (after := change(before)) != list(before):
                transaction.set(reference, {"negatives": after, "version": version})
                changed = True
        if gone is not None:
            now = datetime.now(UTC)
            transaction.batch.set(
                self._gallery(gone),
                {"version": version, "deleted": True, "deletedAt": now, "expireAt": now + TOMBSTONE_KEPT},
            )
            changed = True
        if changed:
            transaction.set(self._state(), (state or {}) | {"version": version})

    def _gallery(self, person_id: str) -> DocumentReference:
        return self._db.collection("gallery").document(person_id)

    def _state(self) -> DocumentReference:
        return self._db.collection("gallery_state").document("current")


def _living(gallery: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if gallery is None or gallery.get("deleted") else gallery

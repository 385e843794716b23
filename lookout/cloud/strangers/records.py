"""``strangers/{id}`` and ``stranger_vectors/{id}`` as owners change them; ``detect`` writes what it sees of them.

Whoever changes the vectors writes ``stranger_state/current`` in the same commit, and here only if nobody else
did since it was read: a step that was decided by vectors that ``detect`` changed meanwhile is decided anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import call_options
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.domain.people.requests import is_document_id
from lookout.domain.site.expiry import has_expired
from lookout.domain.visits.stranger_record import newest
from lookout.errors import Conflict, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

TOMBSTONE_KEPT = timedelta(days=1)
"""How long instances that are warm may take to notice that a stranger is gone."""

NO_PICTURE: dict[str, Any] = {"facePath": None, "faceAlertId": None, "quality": 0.0}


@dataclass(frozen=True, slots=True)
class Stranger:
    """A stranger as a step read it. ``vectors`` is empty where there are none."""

    id: str
    fields: dict[str, Any]
    vectors: dict[str, Any]

    @property
    def is_being_named(self) -> bool:
        """Whether an owner has said who it is, and the rest is being done."""
        return self.fields.get("personId") is not None

    @property
    def by_alert(self) -> dict[str, bytes]:
        """Its vectors by the alerts that they are of."""
        return dict(self.vectors.get("vectors") or {})


class StrangerRecords:
    """The strangers. Its methods take the step (``transaction``) that they are part of."""

    def __init__(self, db: Client, timeout: float) -> None:
        self._db = db
        self._timeout = timeout

    def ignore(self, stranger_id: str, ignored: bool) -> None:
        """Make no more alerts of the stranger, or make them again.

        Raises:
            NotFound: there is no such stranger.
            Conflict: it is being named.
            Unavailable: Firestore did not answer.
        """

        def change(transaction: Transaction) -> None:
            stranger = self.read(transaction, stranger_id)
            require_unnamed(stranger)
            self.set(transaction, stranger, {"ignored": ignored}, {"ignored": ignored})

        run(self._db, self._timeout, change)

    def read(self, transaction: Transaction, stranger_id: str) -> Stranger:
        """The stranger.

        Raises:
            NotFound: there is none of that id, or it has expired.
        """
        found = self.find(transaction, stranger_id)
        if found is None:
            raise NotFound(f"There is no stranger {stranger_id!r}.")
        return found

    def find(self, transaction: Transaction, stranger_id: str) -> Stranger | None:
        """The stranger; None when there is none of that id, or it has expired."""
        if not is_document_id(stranger_id):
            return None
        references = [self.reference(stranger_id), self._vectors(stranger_id), self._state()]
        fields, vectors, _ = transaction.read(references)
        if fields is None or has_expired(fields, datetime.now(UTC)):
            return None
        living = vectors is not None and not vectors.get("removed", False)
        return Stranger(stranger_id, fields, (vectors or {}) if living else {})

    def set(
        self,
        transaction: Transaction,
        stranger: Stranger,
        fields: Mapping[str, Any],
        vectors: Mapping[str, Any],
    ) -> None:
        """Change fields of a stranger that the step read, and of its vectors where it has some."""
        if fields:
            transaction.set(self.reference(stranger.id), dict(fields))
        if stranger.vectors:
            from google.cloud.firestore import SERVER_TIMESTAMP

            transaction.set(self._vectors(stranger.id), dict(vectors) | {"changedAt": SERVER_TIMESTAMP})
            self._touch(transaction)

    def remove(self, transaction: Transaction, stranger: Stranger) -> None:
        """Delete a stranger that the step read; its vectors leave a tombstone, by which instances notice it."""
        from google.cloud.firestore import SERVER_TIMESTAMP

        transaction.remove(self.reference(stranger.id))
        expire_at = datetime.now(UTC) + TOMBSTONE_KEPT
        tombstone = {"removed": True, "changedAt": SERVER_TIMESTAMP, "expireAt": expire_at}
        transaction.batch.set(self._vectors(stranger.id), tombstone)
        self._touch(transaction)

    def lose_alert(self, transaction: Transaction, stranger_id: str, alert_id: str) -> str | None:
        """Take an alert from a stranger that may be gone already. A stranger goes with its last one, but stays
        while an owner ignores it.

        A picture that came from the alert is the stranger's no more. Returns where the pictures are that nobody
        needs once the step is written; None when all of them stay.
        """
        stranger = self.find(transaction, stranger_id)
        if stranger is None:
            return None
        vectors = {one: vector for one, vector in stranger.by_alert.items() if one != alert_id}
        visits = stranger.fields.get("visits", 1) - 1
        # nobody is known again without a vector; one that is named goes by itself
        is_unseen = not vectors or not (
            stranger.fields.get("ignored") or has_alerts(self._db, stranger_id, self._timeout, but=alert_id)
        )
        if is_unseen and not stranger.is_being_named:
            self.remove(transaction, stranger)
            return f"strangers/{stranger_id}/"
        fields: dict[str, Any] = {"visits": max(visits, 0)}
        unneeded: str | None = None
        if stranger.fields.get("faceAlertId") == alert_id:
            unneeded = stranger.fields.get("facePath")
            fields |= NO_PICTURE
        self.set(transaction, stranger, fields, {"vectors": vectors})
        return unneeded

    def gain_alert(
        self,
        transaction: Transaction,
        stranger: Stranger,
        alert_id: str,
        alert: Mapping[str, Any],
        face: Mapping[str, Any] | None,
    ) -> None:
        """Give a stranger that the step read an alert, with the vector of its ``face`` where it is of one model
        with the others."""
        fields = {
            "visits": stranger.fields.get("visits", 0) + 1,
            "firstSeenAt": min(stranger.fields["firstSeenAt"], alert["firstSeenAt"]),
            "lastSeenAt": max(stranger.fields["lastSeenAt"], alert["lastSeenAt"]),
        }
        vectors = stranger.by_alert
        if face is not None and face.get("modelId") == stranger.vectors.get("modelId"):
            vectors = self.newest(transaction, vectors | {alert_id: face["vector"]})
        changes = {"vectors": vectors, "lastSeenAt": fields["lastSeenAt"]}
        self.set(transaction, stranger, fields, changes)

    def joined_vectors(self, transaction: Transaction, into: Stranger, other: Stranger) -> dict[str, bytes]:
        """The vectors of a stranger that takes another one in; those of another model cannot be compared."""
        vectors = into.by_alert
        if into.vectors.get("modelId") == other.vectors.get("modelId"):
            vectors = other.by_alert | vectors
        return self.newest(transaction, vectors)

    def newest(self, transaction: Transaction, vectors: Mapping[str, bytes]) -> dict[str, bytes]:
        """As many of the vectors, by alert, as a stranger keeps: those of the latest alerts."""
        references = [self._db.collection("alerts").document(alert_id) for alert_id in vectors]
        alerts = zip(vectors, transaction.read(references), strict=True)
        return newest(vectors, {alert_id: alert["lastSeenAt"] for alert_id, alert in alerts if alert})

    def reference(self, stranger_id: str) -> DocumentReference:
        """The stranger's document."""
        return self._db.collection("strangers").document(stranger_id)

    def _vectors(self, stranger_id: str) -> DocumentReference:
        return self._db.collection("stranger_vectors").document(stranger_id)

    def _state(self) -> DocumentReference:
        return self._db.collection("stranger_state").document("current")

    def _touch(self, transaction: Transaction) -> None:
        from google.cloud.firestore import SERVER_TIMESTAMP

        if not transaction.has_write(self._state()):
            transaction.set(self._state(), {"changedAt": SERVER_TIMESTAMP})


def has_alerts(db: Client, stranger_id: str, timeout: float, but: str | None = None) -> bool:
    """Whether there is an alert of the stranger, ``but`` for one of them. To be asked within :func:`reaching`."""
    from google.cloud.firestore_v1.base_query import FieldFilter

    of_stranger = db.collection("alerts").where(filter=FieldFilter("strangerId", "==", stranger_id))
    return any(one.id != but for one in of_stranger.select([]).limit(2).stream(**call_options(timeout)))


def require_unnamed(stranger: Stranger) -> None:
    """Go on only with a stranger that is not being named.

    Raises:
        Conflict: it is.
    """
    if stranger.is_being_named:
        raise Conflict(f"Stranger {stranger.id!r} is being named: it is a person in a minute.")

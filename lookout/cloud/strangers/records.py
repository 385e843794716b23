"""``strangers/{id}`` and ``stranger_vectors/{id}`` as owners change them, and as alerts leave a stranger.

A step that changes vectors writes ``stranger_state/current`` too, and only if it is as it was read: if ``detect``
changed vectors meanwhile, the step is decided anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers import documents
from lookout.cloud.strangers.documents import NO_PICTURE, has_alerts, pictures_folder, tombstone
from lookout.domain.people.requests import is_document_id
from lookout.domain.site.expiry import has_expired
from lookout.domain.visits.stranger_record import newest
from lookout.errors import Conflict, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


@dataclass(frozen=True, slots=True)
class Stranger:
    """A stranger as a step read it. ``vectors`` is empty when there are none."""

    id: str
    fields: dict[str, Any]
    vectors: dict[str, Any]

    @property
    def is_being_named(self) -> bool:
        """Whether an owner named it, and the job for that is still running."""
        return self.fields.get("personId") is not None

    @property
    def is_muted(self) -> bool:
        """Whether it makes no alerts (the stored field is ``ignored``)."""
        return bool(self.fields.get("ignored"))

    @property
    def by_alert(self) -> dict[str, bytes]:
        """Its vectors, by the ids of their alerts."""
        return dict(self.vectors.get("vectors") or {})


class StrangerRecords:
    """The strangers. Methods with a ``transaction`` are a part of that step."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def mute(self, stranger_id: str, muted: bool) -> None:
        """Stop making alerts of the stranger, or make them again.

        Raises:
            NotFound: there is no such stranger.
            Conflict: it is being named.
            Unavailable: Firestore did not answer.
        """

        def change(transaction: Transaction) -> None:
            stranger = self.read(transaction, stranger_id)
            require_unnamed(stranger)
            self.set(transaction, stranger, {"ignored": muted}, {"ignored": muted})

        run(self._stores, change)

    def read(self, transaction: Transaction, stranger_id: str) -> Stranger:
        """The stranger.

        Raises:
            NotFound: there is none with that id, or it has expired.
        """
        found = self.find(transaction, stranger_id)
        if found is None:
            raise NotFound(f"There is no stranger {stranger_id!r}.")
        return found

    def find(self, transaction: Transaction, stranger_id: str) -> Stranger | None:
        """The stranger; None when there is none with that id, or it has expired."""
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
        """Change ``fields`` of a stranger that the step read, and of its ``vectors`` document if it has one."""
        if fields:
            transaction.set(self.reference(stranger.id), dict(fields))
        if stranger.vectors:
            from google.cloud.firestore import SERVER_TIMESTAMP

            transaction.set(self._vectors(stranger.id), dict(vectors) | {"changedAt": SERVER_TIMESTAMP})
            self._touch(transaction)

    def remove(self, transaction: Transaction, stranger: Stranger) -> None:
        """Delete a stranger that the step read, and write a tombstone in place of its vectors."""
        transaction.remove(self.reference(stranger.id))
        self.remove_vectors(transaction, stranger.id)

    def remove_vectors(self, transaction: Transaction, stranger_id: str) -> None:
        """Write a tombstone in place of the vectors, in a step that looked for the stranger."""
        transaction.batch.set(self._vectors(stranger_id), tombstone())
        self._touch(transaction)

    def lose_alert(
        self, transaction: Transaction, stranger_id: str, alert_id: str, person_id: str | None = None
    ) -> str | None:
        """Take an alert from a stranger, if there still is that stranger. ``person_id``: who the alert is of now.

        The alert's vector goes, and the picture if it came from the alert. Without its last alert or vector the
        stranger is removed; a muted one stays while it has vectors, one that is being named stays in any case.
        One that is being named as this very person stays as it is: its vectors are what the person is recognised
        by until photos are enrolled.

        Returns the path, or folder, of pictures to delete once the step is written; None when there are none.
        """
        stranger = self.find(transaction, stranger_id)
        if stranger is None or (stranger.is_being_named and stranger.fields["personId"] == person_id):
            return None
        vectors = {one: vector for one, vector in stranger.by_alert.items() if one != alert_id}
        stays = stranger.is_being_named or (
            # without a vector it is never recognised again
            bool(vectors) and (stranger.is_muted or has_alerts(self._stores, stranger_id, but=alert_id))
        )
        if not stays:
            self.remove(transaction, stranger)
            return pictures_folder(stranger_id)
        fields: dict[str, Any] = {"visits": max(1, stranger.fields.get("visits", 1) - 1)}
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
        """Add an alert to a stranger that the step read. ``face`` is the alert's vector, added if it is of the
        same model as the stranger's."""
        fields = {
            "visits": stranger.fields.get("visits", 0) + 1,
            "firstSeenAt": min(stranger.fields["firstSeenAt"], alert["firstSeenAt"]),
            "lastSeenAt": max(stranger.fields["lastSeenAt"], alert["lastSeenAt"]),
            "cameras": sorted({*stranger.fields.get("cameras", ()), alert["cameraId"]}),
        }
        vectors = stranger.by_alert
        if face is not None and face.get("modelId") == stranger.vectors.get("modelId"):
            vectors = self.newest(transaction, vectors | {alert_id: face["vector"]})
        changes = {"vectors": vectors, "lastSeenAt": fields["lastSeenAt"]}
        self.set(transaction, stranger, fields, changes)

    def joined_vectors(self, transaction: Transaction, into: Stranger, other: Stranger) -> dict[str, bytes]:
        """The vectors of ``into`` after a merge; those of ``other`` count only if they are of the same model."""
        vectors = into.by_alert
        if into.vectors.get("modelId") == other.vectors.get("modelId"):
            vectors = other.by_alert | vectors
        return self.newest(transaction, vectors)

    def newest(self, transaction: Transaction, vectors: Mapping[str, bytes]) -> dict[str, bytes]:
        """The vectors of the latest alerts, as many as a stranger keeps."""
        references = [self._stores.db.collection("alerts").document(alert_id) for alert_id in vectors]
        alerts = zip(vectors, transaction.read(references), strict=True)
        return newest(vectors, {alert_id: alert["lastSeenAt"] for alert_id, alert in alerts if alert})

    def reference(self, stranger_id: str) -> DocumentReference:
        """The stranger's document."""
        return documents.reference(self._stores.db, stranger_id)

    def _vectors(self, stranger_id: str) -> DocumentReference:
        return documents.vectors_reference(self._stores.db, stranger_id)

    def _state(self) -> DocumentReference:
        return documents.state_reference(self._stores.db)

    def _touch(self, transaction: Transaction) -> None:
        from google.cloud.firestore import SERVER_TIMESTAMP

        if not transaction.has_write(self._state()):
            transaction.set(self._state(), {"changedAt": SERVER_TIMESTAMP})


def require_unnamed(stranger: Stranger) -> None:
    """Check that the stranger is not being named.

    Raises:
        Conflict: it is.
    """
    if stranger.is_being_named:
        raise Conflict(f"Stranger {stranger.id!r} is being named: it is a person in a minute.")

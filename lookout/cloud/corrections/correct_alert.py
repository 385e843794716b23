"""Correcting an alert: an owner says who it is of. A frame that changes it meanwhile has it decided anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lookout.cloud.alerts import arrivals
from lookout.cloud.corrections.jobs import JobStore
from lookout.cloud.corrections.relabelling import Place, Relabelling
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.negatives import Negatives
from lookout.cloud.strangers.records import Stranger, StrangerRecords, require_unnamed
from lookout.domain.people.relabel import Identity, Stored, identity_of
from lookout.domain.people.requests import Correction, is_document_id
from lookout.domain.site.expiry import has_expired
from lookout.errors import NotFound


class CorrectAlert:
    """Corrects alerts."""

    def __init__(
        self,
        stores: Stores,
        jobs: JobStore,
        relabelling: Relabelling,
    ) -> None:
        self._stores = stores
        self._jobs = jobs
        self._strangers = StrangerRecords(stores)
        self._relabelling = relabelling
        self._negatives = Negatives(stores.db)

    def correct(self, alert_id: str, correction: Correction, by: str) -> dict[str, Any]:
        """Relabel the alert. Returns who it is of now, and who it was of.

        Its face becomes a negative of the person it was of, and it leaves the stranger it was of.

        Raises:
            NotFound: there is no such alert, person or stranger.
            Conflict: the person or stranger is being merged, named or erased.
            Unavailable: a store did not answer; nothing was changed.
        """
        place = self._relabelling.place(alert_id)

        def change(transaction: Transaction) -> tuple[Identity, Identity, str | None]:
            return self._step(transaction, place, correction, by)

        before, after, unneeded = run(self._stores, change)
        if unneeded is not None:
            storage.remove_folder(self._stores, unneeded)
        return {
            "alert_id": alert_id,
            **_plain(after),
            "was": _plain(before),
        }

    def _step(
        self, transaction: Transaction, place: Place, correction: Correction, by: str
    ) -> tuple[Identity, Identity, str | None]:
        """Who the alert was and is of, and the path of pictures to delete, if its stranger needs some no more."""
        now = datetime.now(UTC)
        person = self._person(transaction, correction.person_id)
        stranger = self._stranger(transaction, correction.stranger_id)

        def becomes(alert: Stored) -> Identity | None:
            if has_expired(alert, now):
                return None
            if person is not None:
                return person
            # an unknown alert that is said to be unknown stays of its stranger
            unknown = alert.get("strangerId") if alert.get("personId") is None else None
            return Identity(stranger_id=unknown if stranger is None else stranger.id)

        reason = (person or Identity()).reason
        said = {"reviewed": True, "correctedAt": now, "correctedBy": by, "reason": reason, "candidates": []}
        alert = self._relabelling.relabel(transaction, place, becomes, said)
        if alert is None:
            raise NotFound(f"There is no alert {place.alert_id!r}.")
        before, after = identity_of(alert), becomes(alert) or Identity()
        (face,) = transaction.read([self._stores.db.collection("alert_vectors").document(place.alert_id)])
        self._negatives.corrected(transaction, place.alert_id, face, before.person_id, after.person_id)
        if before.person_id is not None and before.person_id != after.person_id:
            arrivals.take_back(transaction, self._stores.db, place.day, before.person_id, place.alert_id)
        if before.stranger_id == after.stranger_id:
            return before, after, None
        unneeded: str | None = None
        if before.stranger_id is not None:
            unneeded = self._strangers.lose_alert(
                transaction, before.stranger_id, place.alert_id, after.person_id
            )
        if stranger is not None:
            self._strangers.gain_alert(transaction, stranger, place.alert_id, alert, face)
        return before, after, unneeded

    def _person(self, transaction: Transaction, person_id: str | None) -> Identity | None:
        if person_id is None:
            return None
        person = (
            self._stores.db.collection("people").document(person_id) if is_document_id(person_id) else None
        )
        stored = None if person is None else transaction.read([person])[0]
        if person is None or stored is None:
            raise NotFound(f"There is no person {person_id!r}.")
        # one who is deleted in this moment is not on the alert and its visit afterwards
        transaction.hold(person, stored)
        self._jobs.require_untaken(f"people/{person_id}")
        return Identity(person_id, str(stored.get("name") or person_id))

    def _stranger(self, transaction: Transaction, stranger_id: str | None) -> Stranger | None:
        if stranger_id is None:
            return None
        stranger = self._strangers.read(transaction, stranger_id)
        require_unnamed(stranger)
        self._jobs.require_untaken(f"strangers/{stranger_id}")
        return stranger


def _plain(identity: Identity) -> dict[str, Any]:
    return {
        "person_id": identity.person_id,
        "person": identity.person,
        "is_known": identity.is_known,
        "stranger_id": identity.stranger_id,
    }

"""Erasing a person: all that is stored about somebody goes, and a receipt says how much of what that was."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lookout.cloud.corrections.jobs import Job, JobStore, Runner
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.negatives import Negatives
from lookout.cloud.privacy.deletion_counts import DeletionCounts
from lookout.cloud.privacy.person_data import PersonData
from lookout.domain.people.erasure import fingerprint
from lookout.domain.people.requests import is_document_id
from lookout.errors import Conflict, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


KIND = "erase"

SWEEPS = 6
"""How often traces are looked for. Instances go on to recognise the person for a moment, so that once is never
enough; what a camera still brings after so many is left to a later call."""


class Erasure:
    """Erases people. Every method raises ``Unavailable`` when a store does not answer.

    ``stale_seconds``: for how long instances may go on to recognise somebody who was deleted.
    """

    def __init__(self, stores: Stores, book: JobStore, stale_seconds: float) -> None:
        self._stores = stores
        self._book = book
        self._stale_seconds = stale_seconds
        self._tally = DeletionCounts(stores, book)
        self._traces = PersonData(stores, self._tally)
        self._negatives = Negatives(stores.db)

    def begin(self, person_id: str, by: str) -> Job:
        """Open the job. Returns the one that is there already when the same was said before.

        Raises:
            NotFound: nothing is stored about such a person.
            Conflict: something else is being done with the person.
        """
        if not is_document_id(person_id):
            raise NotFound(f"There is no person {person_id!r}.")
        wanted = _job(person_id, by)

        def change(transaction: Transaction) -> Job:
            job = self._book.read(transaction, wanted.id)
            if job is not None:
                return job
            person, gallery = transaction.read([self._person(person_id), self._gallery(person_id)])
            lives = gallery is not None and not gallery.get("deleted")
            if person is None and not lives and not self._is_on_an_alert(person_id):
                raise NotFound(f"There is no person {person_id!r}.")
            self._book.open(transaction, wanted)
            return wanted

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any]:
        """Do what is left: the vectors, then every trace, until none is found any more; then the receipt.

        Raises:
            Conflict: another call has just finished the same.
        """
        person_id = job.about["personId"]
        self._tally.resume(job)
        # from here on nobody is recognised as them; what was seen before is swept up
        self._tally.step(job, lambda transaction: self._without_vectors(transaction, person_id))
        self._traces.photos(job, person_id)
        self._tally.step(job, lambda transaction: self._without_person(transaction, person_id))
        for sweep in range(SWEEPS):
            if self._traces.sweep(job, person_id) == 0 and sweep:
                break
            time.sleep(self._stale_seconds)
        return self._sign(job, person_id)

    def erase(self, runner: Runner, person_id: str, by: str) -> dict[str, Any]:
        """Erase somebody, or go on with it; the receipt. Who was erased before has one already.

        Raises:
            NotFound: nothing is stored about such a person, and nothing ever was erased.
            Conflict: something else is being done with the person.
        """
        runner.clear_the_way(f"people/{person_id}")
        try:
            job = self.begin(person_id, by)
        except NotFound:
            receipt = self.receipt(person_id)
            if receipt is None:
                raise
            return receipt
        try:
            return runner.finish(job)
        except Conflict:
            # another call may have finished the same job a moment ago
            receipt = self.receipt(person_id)
            if receipt is None or receipt["receipt_id"] != job.about["receiptId"]:
                raise
            return receipt

    def receipt(self, person_id: str) -> dict[str, Any] | None:
        """The receipt of the last time that somebody of that id was erased."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        by_person = FieldFilter("personIdSha256", "==", fingerprint(person_id))
        with store_errors("Firestore"):
            query = self._stores.db.collection("receipts").where(filter=by_person)
            found = [(one.id, one.to_dict() or {}) for one in query.stream(**self._stores.options)]
        return max(map(_plain, found), key=lambda plain: str(plain["erased_at"]), default=None)

    def _without_vectors(self, transaction: Transaction, person_id: str) -> dict[str, int]:
        (gallery,) = transaction.read([self._gallery(person_id)])
        if gallery is None or gallery.get("deleted"):
            return {}
        self._negatives.write_tombstone(transaction, person_id)
        return {
            "vectors": len(gallery.get("photoIds") or ()),
            "corrections": len(gallery.get("negatives") or ()),
        }

    def _without_person(self, transaction: Transaction, person_id: str) -> dict[str, int]:
        (person,) = transaction.read([self._person(person_id)])
        if person is not None:
            transaction.remove(self._person(person_id))
        return {"people": int(person is not None)}

    def _sign(self, job: Job, person_id: str) -> dict[str, Any]:
        """Write the receipt in place of the job, which knows who it is about."""
        receipt_id: str = job.about["receiptId"]
        receipt = {
            "personIdSha256": fingerprint(person_id),
            "erasedAt": datetime.now(UTC),
            "erasedBy": job.created_by,
            "counts": self._tally.counts(job),
        }

        def change(transaction: Transaction) -> None:
            self._book.going_on(transaction, job)
            transaction.batch.set(self._stores.db.collection("receipts").document(receipt_id), receipt)
            self._book.forget(transaction, job.id)

        run(self._stores, change)
        return _plain((receipt_id, receipt))

    def _is_on_an_alert(self, person_id: str) -> bool:
        from google.cloud.firestore_v1.base_query import FieldFilter

        alerts = self._stores.db.collection("alerts").where(filter=FieldFilter("personId", "==", person_id))
        return bool(list(alerts.limit(1).stream(**self._stores.options)))

    def _person(self, person_id: str) -> DocumentReference:
        return self._stores.db.collection("people").document(person_id)

    def _gallery(self, person_id: str) -> DocumentReference:
        return self._stores.db.collection("gallery").document(person_id)


def _plain(stored: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    receipt_id, receipt = stored
    return {
        "receipt_id": receipt_id,
        "erased_at": receipt["erasedAt"].isoformat(timespec="seconds"),
        "counts": receipt["counts"],
    }


def _job(person_id: str, by: str) -> Job:
    return Job(
        # the id stands in logs
        id=f"{KIND}_{fingerprint(person_id)[:24]}",
        kind=KIND,
        about={"personId": person_id, "receiptId": uuid4().hex},
        created_by=by,
        created_at=datetime.now(UTC),
        takes=(f"people/{person_id}",),
    )

"""Erasing a person: deletes all that is stored about the person, and writes a receipt with the counts."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.runner import Runner
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.soft_delete import soft_delete_days
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.negatives import Negatives
from lookout.cloud.privacy.deletion_counts import DeletionCounts
from lookout.cloud.privacy.person_data import PersonData
from lookout.documents.site import Receipt
from lookout.domain.people.erasure import fingerprint
from lookout.domain.people.requests import is_document_id
from lookout.errors import JobImpossible, NotFound
from lookout.lazy import Fresh

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


KIND = "erase"

SWEEPS = 6
"""The most sweeps of one call. One is never enough, because instances recognise the person for a moment longer;
what cameras still add after the last is left to a later call."""


SOFT_DELETE_SECONDS = 600.0
"""For so long an instance takes the bucket to be set as it was."""


class Erasure:
    """Erases people. Every method raises ``Unavailable`` when a store does not answer.

    ``stale_seconds``: how long running instances may still recognise a deleted person.
    """

    def __init__(self, stores: Stores, jobs: JobStore, stale_seconds: float) -> None:
        self._stores = stores
        self._jobs = jobs
        self._stale_seconds = stale_seconds
        self._counts = DeletionCounts(stores, jobs)
        self._data = PersonData(stores, self._counts)
        self._negatives = Negatives(stores.db)
        self._soft_delete = Fresh(lambda: soft_delete_days(stores), SOFT_DELETE_SECONDS)

    def begin(self, person_id: str, by: str) -> Job:
        """Open the job. Returns the one that is there already when the same call was made before.

        Raises:
            NotFound: nothing is stored about such a person.
            Conflict: a running job excludes this.
        """
        if not is_document_id(person_id):
            raise NotFound(f"There is no person {person_id!r}.")
        wanted = _job(person_id, by)

        def change(transaction: Transaction) -> Job:
            job = self._jobs.read(transaction, wanted.id)
            if job is not None:
                return job
            person, gallery = transaction.read([self._person(person_id), self._gallery(person_id)])
            lives = gallery is not None and not gallery.get("deleted")
            if person is None and not lives and not self._is_on_an_alert(person_id):
                raise NotFound(f"There is no person {person_id!r}.")
            self._jobs.open(transaction, wanted)
            return wanted

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any]:
        """Do the rest: delete the vectors, then everything else until a sweep finds nothing; write the receipt.

        Raises:
            JobImpossible: another instance has just finished the job.
        """
        person_id = job.about["personId"]
        self._counts.resume(job)
        # instances that read the gallery from here on recognise nobody as the person
        self._counts.step(job, lambda transaction: self._without_vectors(transaction, person_id))
        self._data.photos(job, person_id)
        self._counts.step(job, lambda transaction: self._without_person(transaction, person_id))
        for sweep in range(SWEEPS):
            if self._data.sweep(job, person_id) == 0 and sweep:
                break
            time.sleep(self._stale_seconds)
        # last, and no reason for a sweep: while somebody watches, each second brings another
        self._data.live_pictures(job)
        return self._sign(job, person_id)

    def erase(self, runner: Runner, person_id: str, by: str) -> dict[str, Any]:
        """Erase a person, or finish an erasure that was interrupted; the receipt.

        For a person who was erased before, it is the receipt of that time.

        Raises:
            NotFound: nothing is stored about such a person, and nobody of that id was erased.
            Conflict: a running job excludes this.
            JobImpossible: the job was given up.
        """
        runner.resume_excluding(f"people/{person_id}")
        try:
            job = self.begin(person_id, by)
        except NotFound:
            receipt = self.receipt(person_id)
            if receipt is None:
                raise
            return receipt
        try:
            return runner.finish(job)
        except JobImpossible:
            # another instance may have finished the same job a moment ago
            receipt = self.receipt(person_id)
            if receipt is None or receipt["receipt_id"] != job.about["receiptId"]:
                raise
            return receipt

    def receipt(self, person_id: str) -> dict[str, Any] | None:
        """The receipt of the last erasure of that id."""
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
        """Replace the job, which names the person, by the receipt, which does not."""
        receipt_id: str = job.about["receiptId"]
        receipt: Receipt = {
            "personIdSha256": fingerprint(person_id),
            "erasedAt": datetime.now(UTC),
            "erasedBy": job.created_by,
            "counts": self._counts.counts(job),
            "softDeleteDays": self._soft_delete(),
        }

        def change(transaction: Transaction) -> None:
            self._jobs.read_open(transaction, job)
            transaction.batch.set(self._stores.db.collection("receipts").document(receipt_id), dict(receipt))
            self._jobs.forget(transaction, job.id)

        run(self._stores, change)
        return _plain((receipt_id, dict(receipt)))

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
        "soft_delete_days": receipt.get("softDeleteDays"),
    }


def _job(person_id: str, by: str) -> Job:
    return Job(
        # job ids are logged
        id=f"{KIND}_{fingerprint(person_id)[:24]}",
        kind=KIND,
        about={"personId": person_id, "receiptId": uuid4().hex},
        created_by=by,
        created_at=datetime.now(UTC),
        takes=(f"people/{person_id}",),
    )

"""Merging two people: one gets the other's alerts, photos and negatives, and the other is deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lookout.cloud.alerts.closing import close_visits
from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.photo_import import PhotoImport
from lookout.cloud.corrections.relabelling import RelabelAll, Subject
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.negatives import Negatives
from lookout.domain.people.relabel import Identity, moved_beside, moved_candidates
from lookout.domain.people.requests import is_document_id, photo_names
from lookout.errors import BadRequest, Conflict, JobImpossible, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


KIND = "merge_person"

Moved = Callable[[Mapping[str, Any], str, Identity], dict[str, Any] | None]
"""The fields to change in an alert that mentions the person of that id, who becomes the identity."""


class MergePeople:
    """Merges people. Every method raises ``Unavailable`` when a store does not answer.

    ``stale_seconds``: how long running instances may still recognise a deleted person.
    """

    def __init__(
        self,
        stores: Stores,
        jobs: JobStore,
        relabel_all: RelabelAll,
        photo_import: PhotoImport,
        stale_seconds: float,
    ) -> None:
        self._stores = stores
        self._jobs = jobs
        self._relabel_all = relabel_all
        self._photo_import = photo_import
        self._stale_seconds = stale_seconds
        self._negatives = Negatives(stores.db)

    def begin(self, person_id: str, into_id: str, by: str) -> Job:
        """Open the job. Returns the one that is there already when the same call was made before.

        Raises:
            BadRequest: it is the same person.
            NotFound: there is no such person.
            Conflict: the person was merged into a third one, or a running job excludes this.
        """
        for one in (person_id, into_id):
            if not is_document_id(one):
                raise NotFound(f"There is no person {one!r}.")
        if person_id == into_id:
            raise BadRequest("A person cannot be merged into themselves: name another one.")

        def change(transaction: Transaction) -> Job:
            job = self._jobs.read(transaction, f"{KIND}_{person_id}")
            person, into = transaction.read([self._person(person_id), self._person(into_id)])
            # after the merge, a new person may have got that id
            if job is not None and (job.result is None or person is None):
                if job.about["into"] != into_id:
                    raise Conflict(f"{person_id!r} was merged into {job.about['into']!r}.")
                return job
            for one, stored in ((person_id, person), (into_id, into)):
                if stored is None:
                    raise NotFound(f"There is no person {one!r}.")
            job = _job(person_id, into_id, str((into or {}).get("name") or into_id), by)
            self._jobs.open(transaction, job)
            return job

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any]:
        """Do the rest: alerts, open visits and photos, then the person, then what frames added meanwhile.

        Raises:
            JobImpossible: the person who stays was deleted meanwhile.
        """
        into_id = job.about["into"]
        photos: dict[str, str] = self._jobs.progress(job).get("photos", {})
        if not self._jobs.progress(job).get("gone"):
            self._relabel(job)
            photos = self._copy_photos(job)
            self._photo_import.wait(into_id, list(photos.values()))
            run(self._stores, lambda transaction: self._remove(transaction, job))
        time.sleep(self._stale_seconds)
        self._relabel(job)
        return {
            "person_id": job.about["personId"],
            "into": into_id,
            "person": job.about["person"],
            "alerts": self._jobs.progress(job).get("alerts", 0),
            "photos": len(photos),
            **self._photo_import.wait(into_id, list(photos.values())).plain(),
        }

    def _relabel(self, job: Job) -> None:
        person_id, identity = job.about["personId"], _identity(job)
        subject = Subject("personId", person_id, identity)
        self._relabel_all.run(job, subject, lambda: self._require_into(job))
        self._relabel_mentions(person_id, identity)
        self._relabel_negatives(person_id, job.about["into"])

    def _relabel_mentions(self, person_id: str, identity: Identity) -> None:
        """Relabel the person in alerts of others: as a candidate, or as somebody in the same frame."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        def change(reference: DocumentReference, moved: Moved, transaction: Transaction) -> None:
            (alert,) = transaction.read([reference])
            fields = None if alert is None else moved(alert, person_id, identity)
            if fields is not None:
                transaction.set(reference, fields)

        alerts = self._stores.db.collection("alerts")
        for named, moved in (
            (FieldFilter("reason", "==", "ambiguous"), moved_candidates),
            (FieldFilter("beside", "array_contains", person_id), moved_beside),
        ):
            with store_errors("Firestore"):
                found = list(alerts.where(filter=named).stream(**self._stores.options))
            for one in found:
                if moved(one.to_dict() or {}, person_id, identity) is not None:
                    run(self._stores, partial(change, one.reference, moved))

    def _relabel_negatives(self, person_id: str, into_id: str) -> None:
        """Relabel the person's faces among the negatives of others."""
        with store_errors("Firestore"):
            galleries = (
                self._stores.db.collection("gallery").select(["negatives"]).stream(**self._stores.options)
            )
            owners = [
                one.id
                for one in galleries
                # their own are merged when the person is deleted
                if one.id not in (person_id, into_id)
                and any(
                    negative.get("personId") == person_id
                    for negative in (one.to_dict() or {}).get("negatives") or ()
                )
            ]
        for owner in owners:
            run(
                self._stores,
                partial(self._rename_negatives, owner, person_id, into_id),
            )

    def _rename_negatives(self, owner: str, person_id: str, into_id: str, transaction: Transaction) -> None:
        self._negatives.rename(transaction, owner, person_id, into_id)

    def _copy_photos(self, job: Job) -> dict[str, str]:
        """Copy the photos; their old and new names, which are noted in the job before the first is copied."""
        source, target = f"faces/{job.about['personId']}/", f"faces/{job.about['into']}/"
        theirs = storage.names(self._stores, source)
        taken = storage.names(self._stores, target)

        def plan(transaction: Transaction) -> dict[str, str]:
            progress = self._jobs.read_open(transaction, job).progress
            if "photos" not in progress:
                names = photo_names(theirs, taken, job.about["personId"])
                progress = progress | {"photos": names}
                self._jobs.note(transaction, job.id, progress)
            planned: dict[str, str] = progress["photos"]
            return planned

        photos = run(self._stores, plan)
        for old, new in photos.items():
            self._require_into(job)
            storage.copy(self._stores, source + old, target + new, {storage.JOB: job.id})
        return photos

    def _remove(self, transaction: Transaction, job: Job) -> None:
        """Delete the person, in the gallery too: no face is recognised as the person any more."""
        person_id = job.about["personId"]
        progress = self._jobs.read_open(transaction, job).progress
        if progress.get("gone"):
            return
        (person,) = transaction.read([self._person(person_id)])
        if person is not None:
            transaction.remove(self._person(person_id))
        self._negatives.move_all(transaction, person_id, job.about["into"])
        self._jobs.note(transaction, job.id, progress | {"gone": True})

    def _require_into(self, job: Job) -> None:
        """Check that the person who stays is there.

        Raises:
            JobImpossible: that person was deleted, and perhaps another one made of the same id.
        """
        if self._jobs.is_about(job, job.about["into"]):
            return
        self._photo_import.take_back(job.about["into"], job.id)
        if self._jobs.progress(job).get("gone"):
            # nobody is there any more whose visits they could be
            close_visits(self._stores, job.about["personId"])
        raise JobImpossible(f"{job.about['person']} was deleted meanwhile.")

    def _person(self, person_id: str) -> DocumentReference:
        return self._stores.db.collection("people").document(person_id)


def _identity(job: Job) -> Identity:
    return Identity(job.about["into"], job.about["person"], settled=False)


def _job(person_id: str, into_id: str, person: str, by: str) -> Job:
    return Job(
        id=f"{KIND}_{person_id}",
        kind=KIND,
        about={"personId": person_id, "into": into_id, "person": person},
        created_by=by,
        created_at=datetime.now(UTC),
        takes=(f"people/{person_id}",),
        joins=(f"people/{into_id}",),
    )

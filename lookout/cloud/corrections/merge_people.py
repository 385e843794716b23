"""Two people are one: the one takes the other's alerts, photos and negatives, and the other is deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.photo_import import PhotoImport
from lookout.cloud.corrections.relabelling import Place, Relabelling
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.negatives import Negatives
from lookout.domain.people.relabel import Identity, moved_beside, moved_candidates
from lookout.domain.people.requests import is_document_id, photo_names
from lookout.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


KIND = "merge_person"

Moved = Callable[[Mapping[str, Any], str, Identity], dict[str, Any] | None]
"""The fields to change in an alert when the person of that id is somebody else by now."""


class MergePeople:
    """Merges people. Every method raises ``Unavailable`` when a store does not answer.

    ``stale_seconds``: for how long instances may go on to recognise somebody who was deleted.
    """

    def __init__(
        self,
        stores: Stores,
        book: JobStore,
        relabelling: Relabelling,
        bringing: PhotoImport,
        stale_seconds: float,
    ) -> None:
        self._stores = stores
        self._book = book
        self._relabelling = relabelling
        self._bringing = bringing
        self._stale_seconds = stale_seconds
        self._negatives = Negatives(stores.db)

    def begin(self, person_id: str, into_id: str, by: str) -> Job:
        """Open the job. Returns the one that is there already when the same was said before.

        Raises:
            BadRequest: it is the same person.
            NotFound: there is no such person.
            Conflict: the person was merged into another one, or something else is being done with one of them.
        """
        for one in (person_id, into_id):
            if not is_document_id(one):
                raise NotFound(f"There is no person {one!r}.")
        if person_id == into_id:
            raise BadRequest("A person cannot be merged into themselves: name another one.")

        def change(transaction: Transaction) -> Job:
            job = self._book.read(transaction, f"{KIND}_{person_id}")
            person, into = transaction.read([self._person(person_id), self._person(into_id)])
            # somebody of that id may have come after the one who was merged
            if job is not None and (job.result is None or person is None):
                if job.about["into"] != into_id:
                    raise Conflict(f"{person_id!r} was merged into {job.about['into']!r}.")
                return job
            for one, stored in ((person_id, person), (into_id, into)):
                if stored is None:
                    raise NotFound(f"There is no person {one!r}.")
            job = _job(person_id, into_id, str((into or {}).get("name") or into_id), by)
            self._book.open(transaction, job)
            return job

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any]:
        """Do what is left: alerts, open visits and photos, then the person; then what came in meanwhile.

        Raises:
            Conflict: the one who stays was deleted meanwhile.
        """
        into_id = job.about["into"]
        photos: dict[str, str] = self._book.progress(job).get("photos", {})
        if not self._book.progress(job).get("gone"):
            self._relabel_all(job)
            photos = self._bring(job)
            self._bringing.wait(into_id, list(photos.values()))
            run(self._stores, lambda transaction: self._remove(transaction, job))
        time.sleep(self._stale_seconds)
        self._relabel_all(job)
        return {
            "person_id": job.about["personId"],
            "into": into_id,
            "person": job.about["person"],
            "alerts": self._book.progress(job).get("alerts", 0),
            "photos": len(photos),
            **self._bringing.wait(into_id, list(photos.values())).plain(),
        }

    def _relabel_all(self, job: Job) -> None:
        person_id, identity = job.about["personId"], _identity(job)
        while sum(self._relabel(job, place) for place in self._relabelling.places("personId", person_id)):
            pass
        self._relabelling.relabel_visits(
            lambda visit: identity if visit.get("personId") == person_id else None
        )
        self._relabel_mentions(person_id, identity)
        self._relabel_negatives(person_id, job.about["into"])

    def _relabel_mentions(self, person_id: str, identity: Identity) -> None:
        """Alerts of others that name the person: among those it may have been, or as somebody beside."""
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
        """Faces of the person that others are told from the person by."""
        with store_errors("Firestore"):
            galleries = (
                self._stores.db.collection("gallery").select(["negatives"]).stream(**self._stores.options)
            )
            owners = [
                one.id
                for one in galleries
                # their own are merged when the person goes
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

    def _relabel(self, job: Job, place: Place) -> bool:
        self._require_into(job)
        person_id, identity = job.about["personId"], _identity(job)

        def change(transaction: Transaction) -> bool:
            progress = self._book.going_on(transaction, job).progress
            alert = self._relabelling.relabel(
                transaction, place, lambda alert: identity if alert.get("personId") == person_id else None
            )
            if alert is None:
                return False
            self._book.note(transaction, job.id, progress | {"alerts": progress.get("alerts", 0) + 1})
            return True

        return run(self._stores, change)

    def _bring(self, job: Job) -> dict[str, str]:
        """Copy the photos; their old and new names, which are laid down before the first is copied."""
        source, target = f"faces/{job.about['personId']}/", f"faces/{job.about['into']}/"
        theirs = storage.names(self._stores, source)
        taken = storage.names(self._stores, target)

        def plan(transaction: Transaction) -> dict[str, str]:
            progress = self._book.going_on(transaction, job).progress
            if "photos" not in progress:
                names = photo_names(theirs, taken, job.about["personId"])
                progress = progress | {"photos": names}
                self._book.note(transaction, job.id, progress)
            planned: dict[str, str] = progress["photos"]
            return planned

        photos = run(self._stores, plan)
        for old, new in photos.items():
            self._require_into(job)
            storage.copy(self._stores, source + old, target + new)
        return photos

    def _remove(self, transaction: Transaction, job: Job) -> None:
        """Delete the person, from the gallery too: from now on nobody is recognised as them."""
        person_id = job.about["personId"]
        progress = self._book.going_on(transaction, job).progress
        if progress.get("gone"):
            return
        (person,) = transaction.read([self._person(person_id)])
        if person is not None:
            transaction.remove(self._person(person_id))
        self._negatives.move_all(transaction, person_id, job.about["into"])
        self._book.note(transaction, job.id, progress | {"gone": True})

    def _require_into(self, job: Job) -> None:
        with store_errors("Firestore"):
            into = self._person(job.about["into"]).get(**self._stores.options)
        if not into.exists:
            raise Conflict(f"{job.about['person']} was deleted meanwhile.")

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

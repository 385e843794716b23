"""Naming a stranger: a person is made or found, gets the stranger's alerts, and the best crops are enrolled.

From the first step on ``detect`` recognises the person by the stranger's vectors. The stranger is removed last,
when photos of the person are enrolled, or have been waited for long enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lookout.cloud.alerts.closing import close_visits
from lookout.cloud.corrections.alert_removal import UnseenStrangers
from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.photo_import import PhotoImport
from lookout.cloud.corrections.relabelling import Progress, RelabelAll, Subject
from lookout.cloud.corrections.runner import Unfinished
from lookout.cloud.corrections.stranger_crops import StrangerCrops
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.documents import pictures_folder
from lookout.cloud.strangers.named import NamedStrangers
from lookout.cloud.strangers.records import Stranger, StrangerRecords
from lookout.documents.people import Person
from lookout.domain.people.relabel import Identity
from lookout.domain.people.requests import Wanted, find_by_name, is_document_id, new_person_id
from lookout.domain.visits.stranger_record import best_crops
from lookout.errors import Conflict, JobImpossible, NotFound

KIND = "name"

WAITS = 8
"""The stranger's vectors are kept for this many times as long as a call waits for enrolment: 2 min."""


class NameStranger:
    """Names strangers. Every method raises ``Unavailable`` when a store does not answer."""

    def __init__(
        self,
        stores: Stores,
        jobs: JobStore,
        relabel_all: RelabelAll,
        photo_import: PhotoImport,
    ) -> None:
        self._stores = stores
        self._jobs = jobs
        self._strangers = StrangerRecords(stores)
        self._named = NamedStrangers(stores)
        self._unseen = UnseenStrangers(stores)
        self._relabel_all = relabel_all
        self._photo_import = photo_import
        self._crops = StrangerCrops(stores, jobs, photo_import)

    def begin(self, stranger_id: str, wanted: Wanted, by: str) -> Job:
        """Name the stranger for all frames from now on, and open the job for the rest.

        Returns the job that is there already when the same call was made before.

        Raises:
            NotFound: there is no such stranger, or no such person.
            Conflict: it is being named, or was named, as somebody else, or a running job excludes this.
        """
        if not is_document_id(stranger_id):
            raise NotFound(f"There is no stranger {stranger_id!r}.")

        def change(transaction: Transaction) -> Job:
            job = self._jobs.read(transaction, job_id(stranger_id))
            if job is not None:
                _require_same(job, wanted)
                return job
            stranger = self._strangers.read(transaction, stranger_id)
            person_id, person, muted = self._person(transaction, wanted)
            job = _job(stranger, person_id, person, by)
            self._jobs.open(transaction, job)
            alias = {"personId": person_id, "name": person, "ignored": muted}
            self._strangers.set(transaction, stranger, {"personId": person_id}, alias)
            return job

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any] | Unfinished:
        """Do the rest: relabel the alerts, import the crops, wait for their enrolment, remove the stranger.

        The job stays open, and the stranger there, while nobody could recognise the person otherwise.

        Raises:
            JobImpossible: the person was deleted meanwhile; the stranger is unnamed again.
        """
        stranger_id, person_id, person = (job.about[name] for name in ("strangerId", "personId", "person"))
        subject = Subject("strangerId", stranger_id, Identity(person_id, person))
        self._relabel_all.run(job, subject, lambda: self._require_person(job), _with_crop)
        photo_ids = self._crops.import_best(job, lambda: self._require_person(job))
        enrolled = self._photo_import.wait(person_id, photo_ids)
        result = {
            "stranger_id": stranger_id,
            "person_id": person_id,
            "person": person,
            "alerts": self._jobs.progress(job).get("alerts", 0),
            "pictures": len(photo_ids),
            **enrolled.plain(),
        }
        held_until = job.created_at + timedelta(seconds=self._photo_import.enrol_seconds * WAITS)
        if enrolled.waiting and not enrolled.enrolled and datetime.now(UTC) < held_until:
            return Unfinished(result)
        self._require_person(job)
        run(self._stores, lambda transaction: self._remove(transaction, job))
        # after the removal: no frame gives the stranger another picture
        storage.remove_folder(self._stores, pictures_folder(stranger_id))
        return result

    def _person(self, transaction: Transaction, wanted: Wanted) -> tuple[str, str, bool]:
        """Id and name of the wanted person, who is made if need be, and whether the person is muted."""
        people = self._stores.db.collection("people")
        if wanted.name is None:
            person_id = str(wanted.person_id)
            found = transaction.read([people.document(person_id)])[0] if is_document_id(person_id) else None
            if found is None:
                raise NotFound(f"There is no person {person_id!r}: send a name to make one.")
            return self._as_read(transaction, person_id, found)
        stored = transaction.read_collection(people)
        names = {person_id: str(plain.get("name") or person_id) for person_id, plain in stored.items()}
        known = find_by_name(wanted.name, names)
        if known is not None:
            return self._as_read(transaction, known, stored[known])
        made = new_person_id(wanted.name, names)
        person: Person = {
            "name": wanted.name,
            "muted": False,
            "createdAt": datetime.now(UTC),
            "photoCount": 0,
        }
        transaction.batch.create(people.document(made), dict(person))
        return made, wanted.name, False

    def _as_read(
        self, transaction: Transaction, person_id: str, found: Mapping[str, Any]
    ) -> tuple[str, str, bool]:
        """Id, name and muting of a person who must not be deleted before the step is written."""
        transaction.hold(self._stores.db.document(f"people/{person_id}"), found)
        return person_id, str(found.get("name") or person_id), found.get("muted") is True

    def _remove(self, transaction: Transaction, job: Job) -> None:
        stranger = self._strangers.find(transaction, job.about["strangerId"])
        if stranger is None:
            return
        if stranger.fields.get("personId") != job.about["personId"]:
            raise JobImpossible(_gone(job))
        self._strangers.remove(transaction, stranger)

    def _require_person(self, job: Job) -> None:
        """Check that the person is still there; otherwise take back what the job did in the person's name.

        Raises:
            JobImpossible: the person was deleted, and perhaps another one made of the same id.
        """
        person_id, stranger_id = job.about["personId"], job.about["strangerId"]
        if self._jobs.is_about(job, person_id):
            return
        run(self._stores, lambda transaction: self._named.unname(transaction, stranger_id, person_id))
        self._photo_import.take_back(person_id, job.id)
        close_visits(self._stores, person_id)
        # the alerts that had the name already keep it, so the stranger may have none any more
        self._unseen.remove(stranger_id, finishing=job.id)
        raise JobImpossible(_gone(job))


def job_id(stranger_id: str) -> str:
    """The id of the job that names the stranger."""
    return f"{KIND}_{stranger_id}"


def _gone(job: Job) -> str:
    return f"{job.about['person']} was deleted meanwhile: {job.about['strangerId']!r} is a stranger again."


def _with_crop(progress: Progress, alert_id: str, alert: Mapping[str, Any]) -> Progress:
    """The progress with the alert's crop, if it is one of the best."""
    if not alert.get("facePath"):
        return progress
    quality = float(alert.get("quality") or 0.0)
    return progress | {"crops": best_crops(progress.get("crops", ()), alert_id, quality)}


def _job(stranger: Stranger, person_id: str, person: str, by: str) -> Job:
    stranger_id, alerts = stranger.id, sorted(stranger.by_alert)
    about = {"strangerId": stranger_id, "personId": person_id, "person": person, "alerts": alerts}
    return Job(
        id=job_id(stranger_id),
        kind=KIND,
        about=about,
        created_by=by,
        created_at=datetime.now(UTC),
        takes=(f"strangers/{stranger_id}",),
        joins=(f"people/{person_id}",),
    )


def _require_same(job: Job, wanted: Wanted) -> None:
    person_id, person = job.about["personId"], job.about["person"]
    if not wanted.fits(person_id, person):
        done = "was" if job.result is not None else "is just being"
        raise Conflict(
            f"Stranger {job.about['strangerId']!r} {done} named {person!r}: "
            "correct the alerts, or merge the two people."
        )

"""A stranger gets a name: a person is made or joined, past alerts get the name, the best crops are enrolled.

From the first step on ``detect`` takes the face for the person, because the stranger's vectors say so; they go
last, when the person can be recognised by photos, or when these have been waited for long enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from lookout.cloud.corrections.alert_removal import UnseenStrangers
from lookout.cloud.corrections.jobs import Job, JobStore, Unfinished
from lookout.cloud.corrections.photo_import import PhotoImport, Source
from lookout.cloud.corrections.relabelling import Place, Relabelling
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.records import Stranger, StrangerRecords
from lookout.domain.people.relabel import Identity
from lookout.domain.people.requests import Wanted, find_by_name, is_document_id, new_person_id
from lookout.domain.visits.stranger_record import CROPS_ENROLLED, best_crops
from lookout.errors import Conflict, NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


KIND = "name"

PATIENCE = 8
"""So many times as long as a call waits for pictures (15 s), a stranger's vectors wait for them (2 min)."""

_OWN = "~"  # the stranger's own picture among crops by their alerts; sorted after a crop of the same quality


class NameStranger:
    """Names strangers. Every method raises ``Unavailable`` when a store does not answer."""

    def __init__(
        self,
        stores: Stores,
        book: JobStore,
        strangers: StrangerRecords,
        relabelling: Relabelling,
        bringing: PhotoImport,
    ) -> None:
        self._stores = stores
        self._book = book
        self._strangers = strangers
        self._relabelling = relabelling
        self._bringing = bringing

    def begin(self, stranger_id: str, wanted: Wanted, by: str) -> Job:
        """Say who the stranger is: all that makes frames of the moment right, and the job for the rest.

        Returns the job that is there already when the same was said before.

        Raises:
            NotFound: there is no such stranger, or no such person.
            Conflict: it is, or was, named otherwise, or something else is being done with it.
        """
        if not is_document_id(stranger_id):
            raise NotFound(f"There is no stranger {stranger_id!r}.")

        def change(transaction: Transaction) -> Job:
            job = self._book.read(transaction, f"{KIND}_{stranger_id}")
            if job is not None:
                _require_same(job, wanted)
                return job
            stranger = self._strangers.read(transaction, stranger_id)
            person_id, person, muted = self._person(transaction, wanted)
            job = _job(stranger, person_id, person, by)
            self._book.open(transaction, job)
            alias = {"personId": person_id, "name": person, "ignored": muted}
            self._strangers.set(transaction, stranger, {"personId": person_id}, alias)
            return job

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any] | Unfinished:
        """Do what is left: relabel, bring the crops, wait for their enrolment, let the stranger go.

        The stranger stays while nobody else could be recognised by that face.

        Raises:
            Conflict: the person was deleted meanwhile; the stranger is one again.
        """
        stranger_id, person_id = job.about["strangerId"], job.about["personId"]
        while self._relabel_all(job):
            pass
        identity = Identity(person_id, job.about["person"])
        self._relabelling.relabel_visits(
            lambda visit: identity if visit.get("strangerId") == stranger_id else None
        )
        photo_ids = self._bring(job)
        enrolled = self._bringing.wait(person_id, photo_ids)
        result = {
            "stranger_id": stranger_id,
            "person_id": person_id,
            "person": job.about["person"],
            "alerts": self._book.progress(job).get("alerts", 0),
            "pictures": len(photo_ids),
            **enrolled.plain(),
        }
        held_until = job.created_at + timedelta(seconds=self._bringing.enrol_seconds * PATIENCE)
        if enrolled.waiting and not enrolled.enrolled and datetime.now(UTC) < held_until:
            return Unfinished(result)
        run(self._stores, lambda transaction: self._let_go(transaction, stranger_id))
        # after that nobody offers the stranger another picture
        storage.remove_folder(self._stores, f"strangers/{stranger_id}/")
        return result

    def _person(self, transaction: Transaction, wanted: Wanted) -> tuple[str, str, bool]:
        """Id and name of the person who is meant, made if need be, and whether nobody wants to hear of them."""
        people = self._stores.db.collection("people")
        if wanted.name is None:
            person_id = str(wanted.person_id)
            found = transaction.read([people.document(person_id)])[0] if is_document_id(person_id) else None
            if found is None:
                raise NotFound(f"There is no person {person_id!r}: send a name to make one.")
            return person_id, str(found.get("name") or person_id), found.get("muted") is True
        stored = transaction.read_collection(people)
        names = {person_id: str(plain.get("name") or person_id) for person_id, plain in stored.items()}
        known = find_by_name(wanted.name, names)
        if known is not None:
            return known, names[known], stored[known].get("muted") is True
        made = new_person_id(wanted.name, names)
        person = {"name": wanted.name, "muted": False, "createdAt": datetime.now(UTC), "photoCount": 0}
        transaction.batch.create(people.document(made), person)
        return made, wanted.name, False

    def _relabel_all(self, job: Job) -> int:
        """Give the stranger's alerts the person's name; how many there were."""
        places = self._relabelling.places("strangerId", job.about["strangerId"])
        return sum(self._relabel(job, place) for place in places)

    def _relabel(self, job: Job, place: Place) -> bool:
        """Give one alert the person's name. False when it is not the stranger's any more."""
        self._require_person(job)
        stranger_id, identity = job.about["strangerId"], Identity(job.about["personId"], job.about["person"])

        def change(transaction: Transaction) -> bool:
            progress = self._book.going_on(transaction, job).progress
            alert = self._relabelling.relabel(
                transaction, place, lambda alert: identity if alert.get("strangerId") == stranger_id else None
            )
            if alert is None:
                return False
            noted = progress | {"alerts": progress.get("alerts", 0) + 1}
            if alert.get("facePath"):
                quality = float(alert.get("quality") or 0.0)
                noted["crops"] = best_crops(progress.get("crops", ()), place.alert_id, quality)
            self._book.note(transaction, job.id, noted)
            return True

        return run(self._stores, change)

    def _bring(self, job: Job) -> list[str]:
        """Bring the best crops to the person; which photos they are."""
        noted = self._book.progress(job)
        if "photos" in noted:
            photos: list[str] = noted["photos"]
            return photos
        photos = self._bringing.bring(job.about["personId"], self._sources(job, noted), CROPS_ENROLLED)

        def change(transaction: Transaction) -> list[str]:
            progress = self._book.going_on(transaction, job).progress
            kept: list[str] = progress.get("photos", photos)
            self._book.note(transaction, job.id, progress | {"photos": kept})
            return kept

        return run(self._stores, change)

    def _sources(self, job: Job, noted: dict[str, Any]) -> Iterator[Source]:
        """The crops to bring, best first; before each it is made sure that the person is still there."""
        stranger_id = job.about["strangerId"]
        own = self._stored(self._strangers.reference(stranger_id))
        # a frame may have given an alert the name before it was its turn
        alert_ids = {*job.about["alerts"], *(crop["alertId"] for crop in noted.get("crops", ()))}
        crops = [
            (-float(alert.get("quality") or 0.0), alert_id)
            for alert_id, alert in self._alerts(alert_ids)
            if self._crop(job, alert) is not None
        ]
        if own.get("facePath"):
            # it may be all that is left, when the alert that it is of is gone; else it is that alert's crop
            crops.append((-float(own.get("quality") or 0.0), _OWN))
        for _, alert_id in sorted(crops):
            self._require_person(job)
            if alert_id == _OWN:
                yield Source(f"stranger-{stranger_id}-best.jpg", partial(own.get, "facePath"))
            else:
                yield Source(f"stranger-{alert_id}.jpg", partial(self._crop_of, job, alert_id))

    def _alerts(self, alert_ids: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
        references = [self._stores.db.collection("alerts").document(alert_id) for alert_id in alert_ids]
        with store_errors("Firestore"):
            found = list(self._stores.db.get_all(references, **self._stores.options)) if references else []
        return [(one.id, one.to_dict() or {}) for one in found]

    def _crop_of(self, job: Job, alert_id: str) -> str | None:
        return self._crop(job, dict(self._alerts([alert_id]))[alert_id])

    def _crop(self, job: Job, alert: dict[str, Any]) -> str | None:
        """Where the alert's crop is, if it is an alert of the person now."""
        path: str | None = alert.get("facePath")
        return path if alert.get("personId") == job.about["personId"] else None

    def _let_go(self, transaction: Transaction, stranger_id: str) -> None:
        stranger = self._strangers.find(transaction, stranger_id)
        if stranger is not None:
            self._strangers.remove(transaction, stranger)

    def _require_person(self, job: Job) -> None:
        """Go on only while the person is there; else the stranger is a stranger again.

        Raises:
            Conflict: the person was deleted meanwhile.
        """
        person_id, stranger_id = job.about["personId"], job.about["strangerId"]
        if self._stored(self._stores.db.collection("people").document(person_id)):
            return

        def change(transaction: Transaction) -> None:
            stranger = self._strangers.find(transaction, stranger_id)
            if stranger is not None and stranger.fields.get("personId") == person_id:
                ignored = stranger.fields.get("ignored") is True
                alias = {"personId": None, "name": None, "ignored": ignored}
                self._strangers.set(transaction, stranger, {"personId": None}, alias)

        run(self._stores, change)
        # those of its alerts that had the name already keep it
        UnseenStrangers(self._stores).remove(stranger_id, finishing=job.id)
        raise Conflict(f"{job.about['person']} was deleted meanwhile: {stranger_id!r} is a stranger again.")

    def _stored(self, reference: DocumentReference) -> dict[str, Any]:
        with store_errors("Firestore"):
            return reference.get(**self._stores.options).to_dict() or {}


def _job(stranger: Stranger, person_id: str, person: str, by: str) -> Job:
    stranger_id, alerts = stranger.id, sorted(stranger.by_alert)
    about = {"strangerId": stranger_id, "personId": person_id, "person": person, "alerts": alerts}
    return Job(
        id=f"{KIND}_{stranger_id}",
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

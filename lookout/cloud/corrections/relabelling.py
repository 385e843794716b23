"""Relabelling past alerts: an alert changes in one step with its open visit and its count of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.domain.people.relabel import Becomes, Identity, identity_of, moved_counts, relabelled_visits
from lookout.domain.people.requests import is_document_id
from lookout.domain.site.expiry import has_expired
from lookout.errors import NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

PAGE = 500
"""Alerts read at once."""

Progress = dict[str, Any]

Note = Callable[[Progress, str, Mapping[str, Any]], Progress]
"""The job's progress after the alert of that id, which is given as it was before."""


@dataclass(frozen=True, slots=True)
class Place:
    """An alert, with what its open visit and its count are found by."""

    alert_id: str
    camera_id: str
    day: str


class Relabelling:
    """Changes who alerts are of. ``hour`` gives the site's hour of a moment, by which alerts are counted.

    Every method raises ``Unavailable`` when Firestore does not answer.
    """

    def __init__(self, stores: Stores, hour: Callable[[datetime], int]) -> None:
        self._stores = stores
        self._hour = hour

    def place(self, alert_id: str) -> Place:
        """Find an alert.

        Raises:
            NotFound: there is no such alert, or it has expired.
        """
        if is_document_id(alert_id):
            with store_errors("Firestore"):
                found = self._alert(alert_id).get(**self._stores.options)
            stored = found.to_dict()
            if stored is not None and not has_expired(stored, datetime.now(UTC)):
                return Place(alert_id, stored["cameraId"], stored["day"])
        raise NotFound(f"There is no alert {alert_id!r}.")

    def places(self, field: str, value: str) -> Iterator[Place]:
        """Every alert whose ``field`` (``personId``, ``strangerId``) is ``value``, expired ones too."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        query = self._stores.db.collection("alerts").where(filter=FieldFilter(field, "==", value))
        query = query.select(["cameraId", "day"]).order_by("__name__").limit(PAGE)
        last = None
        while True:
            with store_errors("Firestore"):
                page = list((query.start_after(last) if last else query).stream(**self._stores.options))
            for found in page:
                yield Place(found.id, found.get("cameraId"), found.get("day"))
            if len(page) < PAGE:
                return
            last = page[-1]

    def relabel(
        self, transaction: Transaction, place: Place, becomes: Becomes, more: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Relabel an alert as ``becomes`` says, as a part of the step ``transaction``.

        ``more`` are further fields for the alert. Returns the alert as it was before; None if there is none, or it
        stays as it is. The step is decided anew if the alert or its visit changes before it is written.
        """
        alert_reference = self._alert(place.alert_id)
        visits_reference = self._stores.db.collection("visits").document(place.camera_id)
        day_reference = self._stores.db.collection("days").document(f"{place.day}_{place.camera_id}")
        alert, visits, day = transaction.read([alert_reference, visits_reference, day_reference])
        identity = None if alert is None else becomes(alert)
        if alert is None or identity is None:
            return None
        transaction.set(alert_reference, identity.alert_fields(identity_of(alert)) | dict(more or {}))
        if visits is not None:
            changes = relabelled_visits(
                visits, lambda plain: identity if plain["alertId"] == place.alert_id else None
            )
            if changes is not None:
                transaction.set(visits_reference, changes)
        if day is not None:
            moved = moved_counts(day, self._hour(alert["firstSeenAt"]), identity_of(alert), identity)
            if moved is not None:
                transaction.set(day_reference, moved)
        return alert

    def relabel_visits(self, becomes: Becomes) -> None:
        """Relabel open visits as ``becomes`` says, those without an alert too; one step per camera."""
        with store_errors("Firestore"):
            cameras = [
                found.reference
                for found in self._stores.db.collection("visits").select([]).stream(**self._stores.options)
            ]
        for reference in cameras:
            run(self._stores, partial(_sweep, reference, becomes))

    def _alert(self, alert_id: str) -> DocumentReference:
        return self._stores.db.collection("alerts").document(alert_id)


def _sweep(reference: DocumentReference, becomes: Becomes, transaction: Transaction) -> None:
    (visits,) = transaction.read([reference])
    changes = None if visits is None else relabelled_visits(visits, becomes)
    if changes is not None:
        transaction.set(reference, changes)


@dataclass(frozen=True, slots=True)
class Subject:
    """All alerts and visits whose ``field`` (``personId``, ``strangerId``) is ``value`` become ``identity``."""

    field: str
    value: str
    identity: Identity

    def becomes(self, stored: Mapping[str, Any]) -> Identity | None:
        """Who the alert or visit becomes; None for one of somebody else."""
        return self.identity if stored.get(self.field) == self.value else None


class RelabelAll:
    """Relabels for jobs, and counts the alerts in their progress."""

    def __init__(self, stores: Stores, jobs: JobStore, relabelling: Relabelling) -> None:
        self._stores = stores
        self._jobs = jobs
        self._relabelling = relabelling

    def run(
        self, job: Job, subject: Subject, check: Callable[[], None] | None = None, note: Note | None = None
    ) -> None:
        """Relabel every alert, one step each, and then the open visits. What is relabelled already stays.

        ``check`` is called before each alert; what it raises ends the loop. ``note`` adds to the job's progress.

        Raises:
            JobImpossible: the job was given up.
            Unavailable: Firestore did not answer.
        """
        # again until there are none: frames may add alerts meanwhile
        while self.alerts(job, subject, check, note):
            pass
        self._relabelling.relabel_visits(subject.becomes)

    def alerts(
        self, job: Job, subject: Subject, check: Callable[[], None] | None = None, note: Note | None = None
    ) -> int:
        """Relabel the alerts that there are at the moment; how many."""
        count = 0
        for place in self._relabelling.places(subject.field, subject.value):
            if check is not None:
                check()
            count += self._alert(job, subject, place, note)
        return count

    def _alert(self, job: Job, subject: Subject, place: Place, note: Note | None) -> bool:
        def change(transaction: Transaction) -> bool:
            progress = self._jobs.read_open(transaction, job).progress
            alert = self._relabelling.relabel(transaction, place, subject.becomes)
            if alert is None:
                return False
            noted = progress | {"alerts": progress.get("alerts", 0) + 1}
            if note is not None:
                noted = note(noted, place.alert_id, alert)
            self._jobs.note(transaction, job.id, noted)
            return True

        return run(self._stores, change)

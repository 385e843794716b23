"""What is written when a frame is recorded: the camera's visits, their alerts, strangers, counts and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lookout.cloud.alerts import alert_document
from lookout.cloud.alerts.visit_document import to_document
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site import days
from lookout.cloud.strangers.reader import KnownStrangers
from lookout.cloud.strangers.visits import StrangerVisits
from lookout.domain.cameras.camera import Camera
from lookout.domain.site.site import Site
from lookout.domain.visits.visit import CameraVisits, Change, Judged, Judgement, Sighting, Visit

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference, WriteBatch

STATE_DAYS = 2
"""A camera's state expires so long after its last face; it holds nothing but open visits."""


def reference(db: Client, camera_id: str) -> DocumentReference:
    """The document of the camera's visits."""
    return db.collection("visits").document(camera_id)


@dataclass(frozen=True, slots=True)
class StoredVisits:
    """A camera's visits and the version of the document that holds them; None before there is one."""

    visits: CameraVisits
    update_time: datetime | None


NO_VISITS = StoredVisits(CameraVisits(), None)


def opened(judgement: Judgement) -> list[tuple[Visit, Sighting]]:
    """The visits that the frame opened, those without an alert included, each with the sighting that did."""
    visits = judgement.visits
    sightings = [one.sighting for one in judgement.judged]
    return [(visits[one.new_alert_id], one) for one in sightings if one.new_alert_id in visits]


class VisitWrites:
    """Writes what a frame changes as one batch, which is refused if the camera's visits were changed meanwhile."""

    def __init__(self, stores: Stores, model_id: str) -> None:
        self._stores = stores
        self._model_id = model_id
        self._stranger_visits = StrangerVisits(stores.db, model_id)

    def write(
        self,
        before: StoredVisits,
        camera: Camera,
        at: datetime,
        judgement: Judgement,
        known: KnownStrangers,
        site: Site,
    ) -> StoredVisits:
        """Store the judgement of a frame, taken ``at`` a moment; what is stored then.

        Raises Google's own errors.
        """
        batch = self._stores.db.batch()
        if judgement.doubled:
            self._count_double(batch, judgement)
            return before
        document = dict(to_document(judgement.after, at + timedelta(days=STATE_DAYS)))
        if before.update_time is None:
            batch.create(reference(self._stores.db, camera.id), document)
        else:
            unchanged = self._stores.db.write_option(last_update_time=before.update_time)
            batch.update(reference(self._stores.db, camera.id), document, unchanged)
        self._change_alerts(batch, camera, at, judgement, site)
        self._stranger_visits.write(batch, opened(judgement), known, camera.id, at, site.retention_days)
        results = batch.commit(retry=None, timeout=self._stores.timeout)
        return StoredVisits(judgement.after, results[0].update_time)

    def _count_double(self, batch: WriteBatch, judgement: Judgement) -> None:
        from google.cloud.firestore import Increment

        for alert_id in {outcome.alert_id for outcome in judgement.outcomes if outcome.has_alert}:
            batch.update(alert_document.reference(self._stores.db, alert_id), {"doubles": Increment(1)})
        if len(batch):
            batch.commit(retry=None, timeout=self._stores.timeout)

    def _change_alerts(
        self, batch: WriteBatch, camera: Camera, at: datetime, judgement: Judgement, site: Site
    ) -> None:
        visits = judgement.visits
        created: set[str] = set()
        people = {outcome.person_id for outcome in judgement.outcomes if outcome.person_id is not None}
        for one in judgement.judged:
            visit = visits.get(one.outcome.alert_id)
            if visit is None or not one.outcome.has_alert or visit.alert_id in created:
                continue  # closed because there were too many, muted, or created whole already
            self._change_alert(batch, camera, at, visit, one, people - {visit.person_id}, site)
            if one.outcome.change is Change.OPENED:
                created.add(visit.alert_id)

    def _change_alert(
        self,
        batch: WriteBatch,
        camera: Camera,
        at: datetime,
        visit: Visit,
        judged: Judged,
        beside: set[str],
        site: Site,
    ) -> None:
        sighting, outcome = judged.sighting, judged.outcome
        alert = alert_document.reference(self._stores.db, visit.alert_id)
        if outcome.change is Change.OPENED:
            made = alert_document.opened(camera, visit, outcome, sighting, at, site, beside)
            batch.create(alert, dict(made))
        else:
            batch.update(alert, alert_document.changed(visit, outcome, sighting, beside))
        if outcome.better_shot or outcome.change is Change.OPENED:
            expire_at = at + timedelta(days=site.retention_days)
            vector = alert_document.face_vector(sighting, self._model_id, expire_at)
            batch.set(alert_document.vector_reference(self._stores.db, visit.alert_id), dict(vector))
        day = days.reference(self._stores.db, camera.id, site.day(visit.first_seen))
        person = None if visit.person_id is None else (visit.person_id, visit.name)
        if outcome.was is not None and person is not None:
            counts = days.moved_person(camera, visit.first_seen, outcome.was, person, site)
            batch.set(day, counts, merge=True)
        if outcome.change in (Change.OPENED, Change.UPGRADED):
            if outcome.silence is None:
                notice = alert_document.notice(camera, outcome, at)
                batch.create(alert_document.notice_reference(self._stores.db, outcome), dict(notice))
            upgraded = outcome.change is Change.UPGRADED
            counts = days.alert_counts(camera, visit.first_seen, person, upgraded, site)
            batch.set(day, counts, merge=True)

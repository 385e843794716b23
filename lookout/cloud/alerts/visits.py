"""``visits/{cameraId}`` and the alerts that visits are: read, judged and written as one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lookout.cloud.alerts import alert_document
from lookout.cloud.alerts.visit_document import from_document, to_document
from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.cloud.site import days
from lookout.cloud.strangers.reader import KnownStrangers, StrangerReader
from lookout.cloud.strangers.visits import StrangerVisits
from lookout.domain.cameras.camera import Camera
from lookout.domain.site.site import Site
from lookout.domain.visits.judging import judge
from lookout.domain.visits.visit import (
    CameraVisits,
    Change,
    Judgement,
    Outcome,
    Rules,
    Sighting,
    Visit,
    without_shots,
)
from lookout.errors import Unavailable, Unconfirmed

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference, WriteBatch

ATTEMPTS = 8
"""Tries when other instances judge frames of the same camera at the same moment."""

STATE_DAYS = 2
"""A camera's state expires so long after its last face; it holds nothing but open visits."""


Lost = Callable[[Sequence[Outcome]], Collection[int]]
"""Of which outcomes, by index, the picture that an alert wants is not stored."""


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame with its faces, ready to be recorded. ``new_alert_ids``: one unused id per sighting."""

    camera: Camera
    digest: str
    at: datetime
    sightings: Sequence[Sighting]
    new_alert_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class _State:
    """A camera's visits and the version of the document that holds them; None before there is one."""

    visits: CameraVisits
    update_time: datetime | None


_NOTHING = _State(CameraVisits(), None)


class Visits:
    """Keeps one alert per visit, however many instances judge a camera's frames.

    The state is written only if nobody else wrote it since it was read, together with the alerts it changes.
    What an instance wrote last it need not read again, so that a frame usually costs a single write.
    """

    def __init__(self, db: Client, strangers: StrangerReader, timeout: float) -> None:
        self._db = db
        self._strangers = strangers
        self._ledger = StrangerVisits(db, strangers.model_id)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._known: dict[str, _State] = {}

    def foresee(self, frame: SeenFrame, rules: Rules) -> Judgement:
        """What recording the frame will probably come to, by what this instance knows: to start uploads early."""
        with self._lock:
            state = self._known.get(frame.camera.id, _NOTHING)
        return _judge(state, frame, frame.sightings, rules)

    def record(self, frame: SeenFrame, rules: Rules, site: Site, lost: Lost) -> Judgement:
        """Judge the frame against the camera's visits and store the new state with its alerts.

        Raises:
            Unavailable: Firestore did not answer, or too many instances were at it; nothing was stored.
            Unconfirmed: it did not answer, and may have stored it.
        """
        unanswered: list[Judgement] = []
        try:
            return self._record(frame, rules, site, lost, unanswered)
        except Unavailable as error:
            if not unanswered:
                raise
            raise Unconfirmed(error.message, error.retry_after) from error

    def _record(
        self, frame: SeenFrame, rules: Rules, site: Site, lost: Lost, unanswered: list[Judgement]
    ) -> Judgement:
        from google.api_core import exceptions as google

        with self._lock:
            state = remembered = self._known.pop(frame.camera.id, None)
        alert_gone = False
        for _ in range(ATTEMPTS):
            with store_errors("Firestore"):
                state = state or self._read(frame.camera.id, without_deleted=alert_gone)
                seen, known = self._strangers.recognise(frame.sightings, rules.same_face, frame.at)
                judgement = _judge(state, frame, seen, rules)
                if judgement.doubled and unanswered and _same_alerts(judgement, unanswered[0]):
                    # the write whose answer was lost did arrive: this is no second posting
                    return replace(unanswered[0], after=state.visits)
                if judgement.doubled and state is remembered:
                    # nothing will be written that fails if an owner said meanwhile who it was
                    state = remembered = None
                    continue
                judgement = without_shots(judgement, state.visits, seen, lost(judgement.outcomes))
                try:
                    written = self._write(state, frame, seen, judgement, known, site)
                except (google.Aborted, google.AlreadyExists, google.FailedPrecondition):
                    state = None  # another instance was faster
                    self._strangers.invalidate()
                except google.NotFound:
                    # an owner deleted the alert of an open visit, or a stranger
                    state, alert_gone = None, True
                    self._strangers.invalidate()
                except (google.ServerError, google.Cancelled):
                    unanswered.append(judgement)
                    if len(unanswered) > 1:
                        raise
                    state = None
                else:
                    with self._lock:
                        self._known[frame.camera.id] = written
                    return judgement
        raise Unavailable(f"Too many frames of camera {frame.camera.id} at once; post again.", retry_after=1)

    def _reference(self, camera_id: str) -> DocumentReference:
        return self._db.collection("visits").document(camera_id)

    def _read(self, camera_id: str, without_deleted: bool) -> _State:
        snapshot = self._reference(camera_id).get(**call_options(self._timeout))
        if not snapshot.exists:
            return _NOTHING
        visits = from_document(camera_id, snapshot.to_dict() or {})
        if without_deleted:
            visits = self._without_deleted(visits)
        return _State(visits, snapshot.update_time)

    def _without_deleted(self, visits: CameraVisits) -> CameraVisits:
        ids = {visit.alert_id for visit in visits.open}
        ids |= {outcome.alert_id for frame in visits.recent for outcome in frame.outcomes}
        references = [alert_document.reference(self._db, alert_id) for alert_id in ids]
        found = self._db.get_all(references, ["day"], **call_options(self._timeout))
        there = {snapshot.id for snapshot in found if snapshot.exists}
        return CameraVisits(
            tuple(visit for visit in visits.open if visit.alert_id in there),
            tuple(f for f in visits.recent if all(outcome.alert_id in there for outcome in f.outcomes)),
        )

    def _write(
        self,
        state: _State,
        frame: SeenFrame,
        seen: Sequence[Sighting],
        judgement: Judgement,
        known: KnownStrangers,
        site: Site,
    ) -> _State:
        from google.cloud.firestore import Increment

        batch = self._db.batch()
        if judgement.doubled:
            for alert_id in {outcome.alert_id for outcome in judgement.outcomes if not outcome.is_silent}:
                batch.update(alert_document.reference(self._db, alert_id), {"doubles": Increment(1)})
            if len(batch):
                batch.commit(retry=None, timeout=self._timeout)
            return state

        reference = self._reference(frame.camera.id)
        document = to_document(judgement.after, frame.at + timedelta(days=STATE_DAYS))
        if state.update_time is None:
            batch.create(reference, document)
        else:
            batch.update(reference, document, self._db.write_option(last_update_time=state.update_time))
        self._change_alerts(batch, frame, seen, judgement, site)
        opened = _opened(frame, seen, judgement)
        self._ledger.write(batch, opened, known, frame.at, site.retention_days)
        results = batch.commit(retry=None, timeout=self._timeout)
        if any(visit.stranger_id for visit, _ in opened):
            self._strangers.invalidate()
        return _State(judgement.after, results[0].update_time)

    def _change_alerts(
        self, batch: WriteBatch, frame: SeenFrame, seen: Sequence[Sighting], judgement: Judgement, site: Site
    ) -> None:
        visits = {visit.alert_id: visit for visit in judgement.after.open}
        created: set[str] = set()
        people = {outcome.person_id for outcome in judgement.outcomes if outcome.person_id is not None}
        for outcome, sighting in zip(judgement.outcomes, seen, strict=True):
            visit = visits.get(outcome.alert_id)
            if visit is None or outcome.is_silent or outcome.alert_id in created:
                continue  # closed for want of room, nobody wants to hear of it, or told whole already
            reference = alert_document.reference(self._db, outcome.alert_id)
            beside = people - {visit.person_id}
            if outcome.change is Change.OPENED:
                document = alert_document.opened(
                    frame.camera, visit, outcome, sighting, frame.at, site, beside
                )
                batch.create(reference, document)
                created.add(outcome.alert_id)
            else:
                batch.update(reference, alert_document.changed(visit, outcome, sighting, beside))
            if outcome.better_shot or outcome.change is Change.OPENED:
                expire_at = frame.at + timedelta(days=site.retention_days)
                vector = alert_document.face_vector(sighting, self._strangers.model_id, expire_at)
                batch.set(alert_document.vector_reference(self._db, outcome.alert_id), vector)
            if outcome.was is not None and visit.person_id is not None:
                day = days.reference(self._db, frame.camera.id, site.day(visit.first_seen))
                person = visit.person_id, visit.name
                counts = days.moved_person(frame.camera, visit.first_seen, outcome.was, person, site)
                batch.set(day, counts, merge=True)
            if outcome.change in (Change.OPENED, Change.UPGRADED):
                if outcome.silence is None:
                    notice = alert_document.notice(frame.camera, outcome, frame.at)
                    batch.create(alert_document.notice_reference(self._db, outcome), notice)
                self._count(batch, frame.camera, visit, outcome.change is Change.UPGRADED, site)

    def _count(self, batch: WriteBatch, camera: Camera, visit: Visit, upgraded: bool, site: Site) -> None:
        person = None if visit.person_id is None else (visit.person_id, visit.name)
        counts = days.alert_counts(camera, visit.first_seen, person, upgraded, site)
        day = days.reference(self._db, camera.id, site.day(visit.first_seen))
        batch.set(day, counts, merge=True)


def _judge(state: _State, frame: SeenFrame, seen: Sequence[Sighting], rules: Rules) -> Judgement:
    return judge(state.visits, frame.digest, frame.at, seen, frame.new_alert_ids, rules)


def _opened(frame: SeenFrame, seen: Sequence[Sighting], judgement: Judgement) -> list[tuple[Visit, Sighting]]:
    """The visits that the frame opened, silent ones included, each with the face that did."""
    visits = {visit.alert_id: visit for visit in judgement.after.open}
    return [
        (visits[alert_id], sighting)
        for alert_id, sighting in zip(frame.new_alert_ids, seen, strict=True)
        if alert_id in visits
    ]


def _same_alerts(one: Judgement, other: Judgement) -> bool:
    return [outcome.alert_id for outcome in one.outcomes] == [outcome.alert_id for outcome in other.outcomes]

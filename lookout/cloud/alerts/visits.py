"""``visits/{cameraId}`` and the alerts that visits are: read, judged and written as one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from lookout.cloud.alerts import alert_document
from lookout.cloud.alerts.visit_document import from_document
from lookout.cloud.alerts.visit_writes import NO_VISITS, StoredVisits, VisitWrites, opened, reference
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.strangers.reader import StrangerReader
from lookout.cloud.strangers.removal import forget_halves
from lookout.domain.cameras.camera import Camera
from lookout.domain.site.site import Site
from lookout.domain.visits.judging import judge
from lookout.domain.visits.visit import CameraVisits, Judgement, Rules, Sighting, without_shots
from lookout.errors import Unavailable, Unconfirmed

TRIES = 8
"""Tries when other instances judge frames of the same camera at the same moment."""

Lost = Callable[[Judgement], Collection[str]]
"""The names of the shots that a judgement wants as pictures and that are not stored."""


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame with its faces, ready to be recorded."""

    camera: Camera
    digest: str
    at: datetime
    sightings: Sequence[Sighting]


class _Basis(Enum):
    """The visits that a try judges the frame by."""

    REMEMBERED = "as this instance wrote them last, without a read"
    FRESH = "as they are stored: none are remembered, or somebody else was faster"
    WITHOUT_DELETED = "as they are stored, but for those whose alert an owner deleted"

    def after_refusal(self) -> _Basis:
        """The basis of the next try when what was written is not as it was read any more."""
        return _Basis.FRESH if self is _Basis.REMEMBERED else self


@dataclass(slots=True)
class _Recording:
    """A frame on its way into Firestore, try by try.

    ``unanswered``: what was written when Firestore did not answer, so that it may be stored.
    """

    frame: SeenFrame
    rules: Rules
    site: Site
    lost: Lost
    remembered: StoredVisits
    basis: _Basis
    unanswered: Judgement | None = None

    def has_arrived(self, judgement: Judgement) -> bool:
        """Whether the write that was not answered did arrive: this is then no second posting of the frame."""
        sent = self.unanswered
        return sent is not None and judgement.doubled and _alert_ids(judgement) == _alert_ids(sent)


class Visits:
    """Keeps one alert per visit, however many instances judge a camera's frames.

    The state is written only if nobody else wrote it since it was read, together with the alerts it changes.
    What an instance wrote last it need not read again, so that a frame usually costs a single write.
    """

    def __init__(self, stores: Stores, strangers: StrangerReader) -> None:
        self._stores = stores
        self._strangers = strangers
        self._writes = VisitWrites(stores, strangers.model_id)
        self._lock = threading.Lock()
        self._remembered: dict[str, StoredVisits] = {}

    def predict(self, frame: SeenFrame, rules: Rules) -> Judgement:
        """What recording the frame will probably come to, by what this instance knows: to start uploads early."""
        with self._lock:
            stored = self._remembered.get(frame.camera.id, NO_VISITS)
        return judge(stored.visits, frame.digest, frame.at, frame.sightings, rules)

    def record(self, frame: SeenFrame, rules: Rules, site: Site, lost: Lost) -> Judgement:
        """Judge the frame against the camera's visits and store the new state with its alerts.

        Raises:
            Unavailable: Firestore did not answer, or too many instances were at it; nothing was stored.
            Unconfirmed: it did not answer, and may have stored it.
        """
        with self._lock:
            remembered = self._remembered.pop(frame.camera.id, None)
        basis = _Basis.FRESH if remembered is None else _Basis.REMEMBERED
        recording = _Recording(frame, rules, site, lost, remembered or NO_VISITS, basis)
        try:
            for _ in range(TRIES):
                with store_errors("Firestore"):
                    judgement = self._try(recording)
                if judgement is not None:
                    return judgement
            raise Unavailable(
                f"Too many frames of camera {frame.camera.id} at once; post again.", retry_after=1
            )
        except Unavailable as error:
            if recording.unanswered is None:
                raise
            raise Unconfirmed(error.message, error.retry_after) from error

    def _try(self, recording: _Recording) -> Judgement | None:
        """What was recorded; None when it has to be tried again, on the recording's next basis."""
        from google.api_core import exceptions as google

        frame, rules = recording.frame, recording.rules
        stored = self._stored(recording)
        sightings, known = self._strangers.recognise(frame.sightings, rules.same_face, frame.at)
        judgement = judge(stored.visits, frame.digest, frame.at, sightings, rules)
        if recording.has_arrived(judgement) and recording.unanswered is not None:
            return replace(recording.unanswered, after=stored.visits)
        if judgement.doubled and recording.basis is _Basis.REMEMBERED:
            # nothing is written for it that would be refused if an owner said meanwhile who it was
            recording.basis = _Basis.FRESH
            return None
        judgement = without_shots(judgement, stored.visits, recording.lost(judgement))
        try:
            written = self._writes.write(stored, frame.camera, frame.at, judgement, known, recording.site)
        except (google.Aborted, google.AlreadyExists, google.FailedPrecondition):
            # another instance was faster; or somebody deleted a stranger's vectors by hand
            if recording.basis is not _Basis.REMEMBERED:
                forget_halves(self._stores, _strangers_of(sightings))
            recording.basis = recording.basis.after_refusal()
            self._strangers.invalidate()
        except google.NotFound:
            # an owner deleted the alert of an open visit, or a stranger
            recording.basis = _Basis.WITHOUT_DELETED
            forget_halves(self._stores, _strangers_of(sightings))
            self._strangers.invalidate()
        except (google.ServerError, google.Cancelled):
            if recording.unanswered is not None:
                raise
            recording.unanswered = judgement
            if judgement.doubled:
                # the frame was there before: no second look tells whether this posting was counted
                raise
            recording.basis = recording.basis.after_refusal()
        else:
            if any(visit.stranger_id for visit, _ in opened(judgement)):
                self._strangers.invalidate()
            with self._lock:
                self._remembered[frame.camera.id] = written
            return judgement
        return None

    def _stored(self, recording: _Recording) -> StoredVisits:
        if recording.basis is _Basis.REMEMBERED:
            return recording.remembered
        camera_id = recording.frame.camera.id
        snapshot = reference(self._stores.db, camera_id).get(**self._stores.options)
        if not snapshot.exists:
            return NO_VISITS
        visits = from_document(camera_id, snapshot.to_dict() or {})
        if recording.basis is _Basis.WITHOUT_DELETED:
            visits = self._without_deleted(visits)
        return StoredVisits(visits, snapshot.update_time)

    def _without_deleted(self, visits: CameraVisits) -> CameraVisits:
        ids = {visit.alert_id for visit in visits.open}
        ids |= {outcome.alert_id for frame in visits.recent for outcome in frame.outcomes}
        references = [alert_document.reference(self._stores.db, alert_id) for alert_id in ids]
        found = self._stores.db.get_all(references, ["day"], **self._stores.options)
        there = {snapshot.id for snapshot in found if snapshot.exists}
        return CameraVisits(
            tuple(visit for visit in visits.open if visit.alert_id in there),
            tuple(f for f in visits.recent if all(outcome.alert_id in there for outcome in f.outcomes)),
        )


def _alert_ids(judgement: Judgement) -> list[str]:
    return [outcome.alert_id for outcome in judgement.outcomes]


def _strangers_of(sightings: Sequence[Sighting]) -> set[str]:
    return {sighting.stranger_id for sighting in sightings if sighting.stranger_id is not None}

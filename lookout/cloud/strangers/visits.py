"""Strangers' visits, written in the same batch as the alerts of the frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.strangers.documents import reference, state_reference, vectors_reference
from lookout.cloud.strangers.reader import KnownStrangers
from lookout.documents.people import Stranger, StrangerVectors
from lookout.domain.recognition.gallery import pack
from lookout.domain.visits.stranger_record import remembered_until
from lookout.domain.visits.visit import Sighting, Visit

if TYPE_CHECKING:
    from google.cloud.firestore import Client, WriteBatch


class StrangerVisits:
    """Adds strangers' visits to a frame's batch."""

    def __init__(self, db: Client, model_id: str) -> None:
        self._db = db
        self._model_id = model_id

    def write(
        self,
        batch: WriteBatch,
        visits: Sequence[tuple[Visit, Sighting]],
        known: KnownStrangers,
        camera_id: str,
        at: datetime,
        retention_days: int,
    ) -> None:
        """Add the visits that strangers began to ``batch``. It is refused if a stranger changed since ``known``.

        ``visits`` are those that the frame of that camera opened, each with its sighting.
        """
        from google.cloud.firestore import SERVER_TIMESTAMP

        changed = {"changedAt": SERVER_TIMESTAMP}
        started = False
        for visit, sighting in visits:
            stranger_id = visit.stranger_id
            if stranger_id is None:
                continue
            if stranger_id in known.strangers:
                self._join(batch, visit, sighting, known, camera_id, at, retention_days)
            else:
                self._start(batch, visit, sighting, camera_id, at, retention_days)
                started = True
        if not started:
            if any(visit.stranger_id is not None for visit, _ in visits):
                batch.set(state_reference(self._db), changed)
        elif known.state_version is None:
            batch.create(state_reference(self._db), changed)
        else:
            unchanged = self._db.write_option(last_update_time=known.state_version)
            batch.update(state_reference(self._db), changed, unchanged)

    def _start(
        self,
        batch: WriteBatch,
        visit: Visit,
        sighting: Sighting,
        camera_id: str,
        at: datetime,
        retention_days: int,
    ) -> None:
        from google.cloud.firestore import SERVER_TIMESTAMP

        expire_at = remembered_until(at, 1, retention_days)
        stranger_id = str(visit.stranger_id)
        made: Stranger = {
            "visits": 1,
            "firstSeenAt": at,
            "lastSeenAt": at,
            "facePath": None,
            "faceAlertId": None,
            "quality": 0.0,
            "ignored": False,
            "modelId": self._model_id,
            "expireAt": expire_at,
            "cameras": [camera_id],
        }
        batch.create(reference(self._db, stranger_id), dict(made))
        vectors: StrangerVectors = {
            "vectors": {visit.alert_id: pack(sighting.embedding[None, :])},
            "modelId": self._model_id,
            "ignored": False,
            "personId": None,
            "name": None,
            "removed": False,
            "lastSeenAt": at,
            "changedAt": at,
            "expireAt": expire_at,
        }
        batch.create(vectors_reference(self._db, stranger_id), {**vectors, "changedAt": SERVER_TIMESTAMP})

    def _join(
        self,
        batch: WriteBatch,
        visit: Visit,
        sighting: Sighting,
        known: KnownStrangers,
        camera_id: str,
        at: datetime,
        retention_days: int,
    ) -> None:
        from google.cloud.firestore import ArrayUnion, Increment

        stranger_id = str(visit.stranger_id)
        stranger = known.strangers[stranger_id]
        seen = {"lastSeenAt": at, "expireAt": remembered_until(at, 2, retention_days)}
        here = {"visits": Increment(1), "cameras": ArrayUnion([camera_id])}
        batch.update(reference(self._db, stranger_id), here | seen)
        fields = _seen(at, seen["expireAt"])
        if visit.has_alert:
            after = stranger.with_face(visit.alert_id, sighting.embedding)
            faces = zip(after.alert_ids, after.vectors, strict=True)
            fields["vectors"] = {alert_id: pack(vector[None, :]) for alert_id, vector in faces}
        unchanged = self._db.write_option(last_update_time=known.versions[stranger_id])
        batch.update(vectors_reference(self._db, stranger_id), fields, unchanged)


def _seen(at: datetime, expire_at: Any) -> dict[str, Any]:
    from google.cloud.firestore import SERVER_TIMESTAMP

    return {"lastSeenAt": at, "expireAt": expire_at, "changedAt": SERVER_TIMESTAMP}

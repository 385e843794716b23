"""Strangers' visits: written down in the very batch that writes their alerts, and taken back from those who were
somebody known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.reader import KnownStrangers, reference, state_reference, vectors_reference
from lookout.cloud.strangers.records import has_alerts
from lookout.domain.recognition.gallery import pack
from lookout.domain.visits.judging import BETTER_BY
from lookout.domain.visits.stranger_record import remembered_until
from lookout.domain.visits.visit import Sighting, Visit

if TYPE_CHECKING:
    from google.cloud.firestore import Client, WriteBatch

REMOVED_KEPT = timedelta(days=1)
"""How long a removed stranger's document stays behind, so that running instances hear of it."""

NO_PICTURE: dict[str, Any] = {"facePath": None, "faceAlertId": None, "quality": 0.0}


class StrangerVisits:
    """Writes down strangers' visits, in the very batch that writes their alerts."""

    def __init__(self, db: Client, model_id: str) -> None:
        self._db = db
        self._model_id = model_id

    def write(
        self,
        batch: WriteBatch,
        visits: Sequence[tuple[Visit, Sighting]],
        known: KnownStrangers,
        at: datetime,
        retention_days: int,
    ) -> None:
        """Add to ``batch`` the visits that strangers have begun; it fails if one was changed since ``known``.

        ``visits`` are those opened by the frame, with the sighting of each.
        """
        from google.cloud.firestore import SERVER_TIMESTAMP

        changed = {"changedAt": SERVER_TIMESTAMP}
        started = False
        for visit, sighting in visits:
            stranger_id = visit.stranger_id
            if stranger_id is None:
                continue
            if stranger_id in known.strangers:
                self._join(batch, visit, sighting, known, at, retention_days)
            else:
                self._start(batch, visit, sighting, at, retention_days)
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
        self, batch: WriteBatch, visit: Visit, sighting: Sighting, at: datetime, retention_days: int
    ) -> None:
        expire_at = remembered_until(at, 1, retention_days)
        stranger_id = str(visit.stranger_id)
        batch.create(
            reference(self._db, stranger_id),
            {
                "visits": 1,
                "firstSeenAt": at,
                "lastSeenAt": at,
                **NO_PICTURE,
                "ignored": False,
                "modelId": self._model_id,
                "expireAt": expire_at,
            },
        )
        face = {visit.alert_id: pack(sighting.embedding[None, :])}
        plain = {
            "modelId": self._model_id,
            "ignored": False,
            "personId": None,
            "name": None,
            "removed": False,
        }
        vectors = {"vectors": face} | plain | _seen(at, expire_at)
        batch.create(vectors_reference(self._db, stranger_id), vectors)

    def _join(
        self,
        batch: WriteBatch,
        visit: Visit,
        sighting: Sighting,
        known: KnownStrangers,
        at: datetime,
        retention_days: int,
    ) -> None:
        from google.cloud.firestore import Increment

        stranger_id = str(visit.stranger_id)
        stranger = known.strangers[stranger_id]
        seen = {"lastSeenAt": at, "expireAt": remembered_until(at, 2, retention_days)}
        batch.update(reference(self._db, stranger_id), {"visits": Increment(1)} | seen)
        fields = _seen(at, seen["expireAt"])
        if not visit.silent:
            after = stranger.with_face(visit.alert_id, sighting.embedding)
            faces = zip(after.alert_ids, after.vectors, strict=True)
            fields["vectors"] = {alert_id: pack(vector[None, :]) for alert_id, vector in faces}
        unchanged = self._db.write_option(last_update_time=known.versions[stranger_id])
        batch.update(vectors_reference(self._db, stranger_id), fields, unchanged)


def _seen(at: datetime, expire_at: Any) -> dict[str, Any]:
    from google.cloud.firestore import SERVER_TIMESTAMP

    return {"lastSeenAt": at, "expireAt": expire_at, "changedAt": SERVER_TIMESTAMP}


def withdraw(db: Client, stranger_id: str, alert_id: str, timeout: float) -> str | None:
    """Take a visit back from a stranger: it was somebody known. Who has no other alert is gone.

    Returns the path of the stranger's picture where that has to go too.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore import SERVER_TIMESTAMP

    def step(transaction: Transaction) -> str | None:
        shown, hidden = transaction.read([reference(db, stranger_id), vectors_reference(db, stranger_id)])
        if shown is None or hidden is None or shown.get("personId") is not None:
            return None  # one who is being named takes everything along, and goes last
        now = datetime.now(UTC)
        vectors = hidden.get("vectors") or {}
        rest = {key: packed for key, packed in vectors.items() if key != alert_id}
        changed = {"changedAt": SERVER_TIMESTAMP}
        path: str | None = shown["facePath"]
        if rest and (shown.get("ignored") or has_alerts(db, stranger_id, timeout, but=alert_id)):
            if alert_id not in vectors:
                return None
            fields = {"visits": max(1, shown["visits"] - 1)}
            if shown.get("faceAlertId") == alert_id:
                fields |= NO_PICTURE
            else:
                path = None
            transaction.set(reference(db, stranger_id), fields)
            transaction.set(vectors_reference(db, stranger_id), {"vectors": rest} | changed)
        else:
            transaction.remove(reference(db, stranger_id))
            gone = {"removed": True, "expireAt": now + REMOVED_KEPT} | changed
            transaction.batch.set(vectors_reference(db, stranger_id), gone)
        transaction.batch.set(state_reference(db), changed)
        return path

    return run(db, timeout, step)


def is_without_picture(db: Client, stranger_id: str, timeout: float) -> bool:
    """Whether there is such a stranger and no picture of it.

    Raises:
        Unavailable: Firestore did not answer.
    """
    with store_errors("Firestore"):
        shown = reference(db, stranger_id).get(["facePath"], **call_options(timeout))
    return bool(shown.exists) and shown.get("facePath") is None


def offer_picture(
    db: Client, stranger_id: str, alert_id: str, path: str, quality: float, timeout: float
) -> str | None:
    """Let the picture stored under ``path`` be the stranger's, if it is clearly better than the one there is.

    Returns the path of the picture that nobody needs any more: the one before, or this one.

    Raises:
        Unavailable: Firestore did not answer.
    """

    def step(transaction: Transaction) -> str | None:
        (shown,) = transaction.read([reference(db, stranger_id)])
        if shown is None:
            return path
        before: str | None = shown["facePath"]
        if before == path:
            return None
        if quality <= shown["quality"] * BETTER_BY:
            return path
        fields = {"facePath": path, "faceAlertId": alert_id, "quality": quality}
        transaction.set(reference(db, stranger_id), fields)
        return before

    return run(db, timeout, step)

"""Alerts of something that is no face: the alert is deleted, and what looks like it makes no more alerts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lookout.cloud.corrections.alert_removal import delete_alert
from lookout.cloud.corrections.correct_alert import CorrectAlert
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers import documents
from lookout.cloud.strangers.records import StrangerRecords, require_unnamed
from lookout.domain.people.requests import Correction, is_document_id
from lookout.domain.site.expiry import has_expired
from lookout.domain.visits.shot import stranger_picture_path
from lookout.errors import NotFound


class NotAFace:
    """Keeps a muted stranger in place of the thing, which an owner can unmute."""

    def __init__(
        self,
        stores: Stores,
        strangers: StrangerRecords,
        corrections: CorrectAlert,
    ) -> None:
        self._stores = stores
        self._strangers = strangers
        self._corrections = corrections

    def mute(self, alert_id: str, by: str) -> str | None:
        """Delete the alert, and mute its stranger; one that was taken for a person becomes a stranger first.

        Returns the id of the muted stranger; None for an alert whose face was not stored, which is only deleted.
        May be called again after an error.

        Raises:
            NotFound: there is no such alert.
            Conflict: its stranger is being named, or the person it was taken for is being merged or erased.
            Unavailable: a store did not answer.
        """
        if not is_document_id(alert_id):
            raise NotFound(f"There is no alert {alert_id!r}.")
        made_id = hashlib.sha256(alert_id.encode()).hexdigest()[:32]
        stranger_id, shot = run(self._stores, lambda step: self._mute(step, alert_id, made_id))
        if stranger_id == made_id or stranger_id is None:
            # also a negative of the person it was taken for
            self._corrections.correct(alert_id, Correction(stranger_id=stranger_id), by)
        if shot is not None:
            face, picture = shot
            storage.copy(self._stores, face, picture)
        delete_alert(self._stores, alert_id)
        return stranger_id

    def _mute(
        self, step: Transaction, alert_id: str, made_id: str
    ) -> tuple[str | None, tuple[str, str] | None]:
        """The id of the muted stranger, and the path of its picture with the path to copy it to."""
        references = [
            self._stores.db.collection(name).document(alert_id) for name in ("alerts", "alert_vectors")
        ]
        alert, face = step.read(references)
        if alert is None or has_expired(alert, datetime.now(UTC)):
            raise NotFound(f"There is no alert {alert_id!r}.")
        if alert.get("personId") is None and alert.get("strangerId"):
            stranger = self._strangers.find(step, alert["strangerId"])
            if stranger is not None and stranger.vectors:
                require_unnamed(stranger)
                self._strangers.set(step, stranger, {"ignored": True}, {"ignored": True})
                return stranger.id, None
        if face is None:
            return None, None
        path, shot = alert.get("facePath"), alert.get("shot")
        picture = stranger_picture_path(made_id, alert_id, shot) if path and shot else None
        self._make(step, made_id, alert_id, alert, face, picture)
        return made_id, (path, picture) if path and picture else None

    def _make(
        self,
        step: Transaction,
        stranger_id: str,
        alert_id: str,
        alert: Mapping[str, Any],
        face: Mapping[str, Any],
        picture: str | None,
    ) -> None:
        from google.cloud.firestore import SERVER_TIMESTAMP

        shown = documents.reference(self._stores.db, stranger_id)
        vectors = documents.vectors_reference(self._stores.db, stranger_id)
        state = documents.state_reference(self._stores.db)
        if step.read([shown, vectors, state])[0] is not None:
            return  # an earlier call was interrupted
        common = {
            "ignored": True,
            "modelId": face["modelId"],
            "lastSeenAt": alert["lastSeenAt"],
            "expireAt": alert["expireAt"],
        }
        # the correction adds the alert as its first visit
        fields = {"visits": 0, "firstSeenAt": alert["firstSeenAt"], **documents.NO_PICTURE}
        if picture is not None:
            fields |= {"facePath": picture, "faceAlertId": alert_id, "quality": alert["quality"]}
        step.set(shown, fields | common)
        plain = {"personId": None, "name": None, "removed": False, "changedAt": SERVER_TIMESTAMP}
        step.set(vectors, {"vectors": {alert_id: face["vector"]}} | plain | common)
        step.set(state, {"changedAt": SERVER_TIMESTAMP})

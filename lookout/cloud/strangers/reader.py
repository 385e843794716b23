"""``strangers/{id}``, ``stranger_vectors/{id}`` and ``stranger_state/current``: unknown faces seen before.

What readers may see of a stranger and the vectors, which they may not, are two documents. Whoever writes vectors
writes the state too, so that two cameras that meet the same new face at once make one stranger of it: the later
one's write is refused, and it looks again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.domain.recognition.gallery import unpack
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Rule
from lookout.domain.visits.stranger import Stranger, Strangers
from lookout.domain.visits.visit import Sighting
from lookout.errors import CorruptGallery
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

    from lookout.cloud.firebase.types import Documents

READ_ALL_SECONDS = 3600.0
"""An instance that slept for longer reads everybody again: it may have slept through a removal."""


def reference(db: Client, stranger_id: str) -> DocumentReference:
    """What readers see of the stranger."""
    return db.collection("strangers").document(stranger_id)


def vectors_reference(db: Client, stranger_id: str) -> DocumentReference:
    """The stranger's vectors, for the server alone."""
    return db.collection("stranger_vectors").document(stranger_id)


def state_reference(db: Client) -> DocumentReference:
    """The document that every change of vectors changes too."""
    return db.collection("stranger_state").document("current")


@dataclass(frozen=True, slots=True)
class KnownStrangers:
    """The strangers as they were read, with the versions of their documents and of the state; None where there is
    no document yet."""

    strangers: Strangers
    versions: Mapping[str, datetime] = field(default_factory=dict)
    state_version: datetime | None = None


class StrangerReader:
    """The strangers of one model as this warm instance knows them, asked for at most every ``refresh_seconds``.

    With ``room`` for no more of them, faces that were never seen are not remembered.
    """

    def __init__(
        self,
        db: Client,
        model_id: str,
        rule: Rule,
        room: int,
        refresh_seconds: float,
        timeout: float,
    ) -> None:
        self._db = db
        self.model_id = model_id
        self._rule = rule
        self._room = room
        self._refresh_seconds = refresh_seconds
        self._timeout = timeout
        self._lock = threading.Lock()
        self._read: dict[str, tuple[Stranger, datetime]] = {}
        self._cursor: datetime | None = None
        self._state_version: datetime | None = None
        self._asked_at = float("-inf")
        self._doubted = False

    def recognise(
        self, sightings: Sequence[Sighting], threshold: float, at: datetime
    ) -> tuple[list[Sighting], KnownStrangers]:
        """The sightings of a frame, the unknown ones with the stranger that each is, and what that is based on.

        Raises:
            Unavailable: Firestore did not answer.
        """
        if all(sighting.match.reason is not Reason.UNKNOWN for sighting in sightings):
            return list(sightings), KnownStrangers(Strangers(self.model_id, (), at))
        known = self.current(at)
        rule = self._rule.with_threshold(threshold)
        return known.strangers.recognise(sightings, rule, self._room), known

    def current(self, at: datetime) -> KnownStrangers:
        """The strangers remembered ``at`` a moment.

        Raises:
            Unavailable: Firestore did not answer.
        """
        with self._lock:
            if self._doubted or time.monotonic() - self._asked_at >= self._refresh_seconds:
                with store_errors("Firestore"):
                    self._refresh()
                self._asked_at, self._doubted = time.monotonic(), False
            strangers = Strangers(self.model_id, (one for one, _ in self._read.values()), at)
            versions = {stranger_id: version for stranger_id, (_, version) in self._read.items()}
            return KnownStrangers(strangers, versions, self._state_version)

    def doubt(self) -> None:
        """Ask again the next time: somebody, perhaps this very instance, has changed them."""
        self._doubted = True

    def _refresh(self) -> None:
        from google.cloud.firestore_v1.base_query import FieldFilter

        state = state_reference(self._db).get(**call_options(self._timeout))
        slept = time.monotonic() - self._asked_at > READ_ALL_SECONDS
        if state.update_time == self._state_version and not slept:
            return
        wanted: Documents = self._db.collection("stranger_vectors")
        if slept:
            self._read, self._cursor = {}, None
        if self._cursor is None:
            wanted = wanted.where(filter=FieldFilter("removed", "==", False))
        else:
            wanted = wanted.where(filter=FieldFilter("changedAt", ">", self._cursor))
        for snapshot in wanted.stream(**call_options(self._timeout)):
            document = snapshot.to_dict() or {}
            changed_at = document.get("changedAt")
            if isinstance(changed_at, datetime):
                self._cursor = changed_at if self._cursor is None else max(self._cursor, changed_at)
            self._read.pop(snapshot.id, None)
            stranger = _stranger(snapshot.id, document, self.model_id)
            if stranger is not None:
                self._read[snapshot.id] = stranger, snapshot.update_time
        self._state_version = state.update_time


def _stranger(stranger_id: str, document: dict[str, Any], model_id: str) -> Stranger | None:
    """The stranger, or None for one that was removed, is of another model or cannot be read."""
    if document.get("removed") or document.get("modelId") != model_id or not document.get("vectors"):
        return None
    try:
        vectors = np.vstack([unpack(packed, 1) for packed in document["vectors"].values()])
        person = (document["personId"], document["name"]) if document.get("personId") else None
        ignored, expire_at = bool(document.get("ignored")), document["expireAt"]
        return Stranger(stranger_id, vectors, tuple(document["vectors"]), ignored, person, expire_at)
    except (CorruptGallery, KeyError, TypeError, ValueError) as error:
        log(Severity.ERROR, "a stranger is left out", stranger=stranger_id, error=repr(error))
        return None

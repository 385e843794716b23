"""The strangers, kept in memory and kept fresh, to recognise faces seen before.

Every commit that changes vectors changes ``stranger_state/current`` too. So two cameras that meet the same new
face at once make one stranger of it: the later write is refused, and that frame is judged again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.strangers.documents import state_reference
from lookout.domain.recognition.gallery import unpack
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Rule
from lookout.domain.visits.stranger import Stranger, Strangers
from lookout.domain.visits.visit import Sighting
from lookout.errors import CorruptGallery
from lookout.log import Severity, log

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Documents

READ_ALL_SECONDS = 3600.0
"""After a longer sleep an instance reads all strangers again: tombstones that it missed may have expired."""


@dataclass(frozen=True, slots=True)
class KnownStrangers:
    """The strangers as they were read, with the ``update_time`` of each one's vectors and of the state document.

    ``state_version`` is None when there is no such document yet.
    """

    strangers: Strangers
    versions: Mapping[str, datetime] = field(default_factory=dict)
    state_version: datetime | None = None


class StrangerReader:
    """The strangers of one model, read again at most every ``refresh_seconds``. One per warm instance.

    Once there are ``room`` strangers, new faces are not remembered.
    """

    def __init__(
        self,
        stores: Stores,
        model_id: str,
        rule: Rule,
        room: int,
        refresh_seconds: float,
    ) -> None:
        self._stores = stores
        self.model_id = model_id
        self._rule = rule
        self._room = room
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._read: dict[str, tuple[Stranger, datetime]] = {}
        self._cursor: datetime | None = None
        self._state_version: datetime | None = None
        self._asked_at = float("-inf")
        self._stale = threading.Event()

    def recognise(
        self, sightings: Sequence[Sighting], threshold: float, at: datetime
    ) -> tuple[list[Sighting], KnownStrangers]:
        """The sightings of a frame, the unknown ones with their strangers; and the strangers compared with.

        Raises:
            Unavailable: Firestore did not answer.
        """
        if all(sighting.match.reason is not Reason.UNKNOWN for sighting in sightings):
            return list(sightings), KnownStrangers(Strangers(self.model_id, (), at))
        known = self.current(at)
        rule = self._rule.with_threshold(threshold)
        return known.strangers.recognise(sightings, rule, self._room), known

    def current(self, at: datetime) -> KnownStrangers:
        """The strangers that have not expired ``at`` a moment.

        Raises:
            Unavailable: Firestore did not answer.
        """
        with self._lock:
            if self._stale.is_set() or time.monotonic() - self._asked_at >= self._refresh_seconds:
                # before reading: what changes while it is read is read the next time
                self._stale.clear()
                try:
                    with store_errors("Firestore"):
                        self._refresh()
                except BaseException:
                    self._stale.set()
                    raise
                self._asked_at = time.monotonic()
            strangers = Strangers(self.model_id, (one for one, _ in self._read.values()), at)
            versions = {stranger_id: version for stranger_id, (_, version) in self._read.items()}
            return KnownStrangers(strangers, versions, self._state_version)

    def invalidate(self) -> None:
        """Read again before the next use, because a stranger was changed. May be called by any thread."""
        self._stale.set()

    def _refresh(self) -> None:
        from google.cloud.firestore_v1.base_query import FieldFilter

        state = state_reference(self._stores.db).get(**self._stores.options)
        slept = time.monotonic() - self._asked_at > READ_ALL_SECONDS
        if state.update_time == self._state_version and not slept:
            return
        wanted: Documents = self._stores.db.collection("stranger_vectors")
        if slept:
            self._read, self._cursor = {}, None
        if self._cursor is None:
            wanted = wanted.where(filter=FieldFilter("removed", "==", False))
        else:
            wanted = wanted.where(filter=FieldFilter("changedAt", ">", self._cursor))
        # all of it or nothing: a cursor from half of an answer would pass over the other half
        for snapshot in list(wanted.stream(**self._stores.options)):
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
    """The stranger; None if it was removed, is of another model or cannot be read."""
    if document.get("removed") or document.get("modelId") != model_id or not document.get("vectors"):
        return None
    try:
        vectors = np.vstack([unpack(packed, 1) for packed in document["vectors"].values()])
        person = (document["personId"], document["name"]) if document.get("personId") else None
        ignored, expire_at = bool(document.get("ignored")), document["expireAt"]
        return Stranger(stranger_id, vectors, tuple(document["vectors"]), ignored, person, expire_at)
    except (CorruptGallery, KeyError, TypeError, ValueError) as error:
        log(Severity.ERROR, "stranger unreadable", stranger=stranger_id, error=repr(error))
        return None

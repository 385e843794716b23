"""``gallery/{personId}`` and ``gallery_state/current``: the known vectors, kept in memory and kept fresh."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.cloud.gallery.person_document import from_document
from lookout.cloud.gallery.state import state_reference
from lookout.domain.recognition.gallery import Gallery
from lookout.errors import CorruptGallery, Unavailable
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client

READ_ALL_SECONDS = 3600.0
"""An instance that slept for longer reads everybody again: it may have slept through a tombstone."""


class GalleryReader:
    """The gallery of one model as this warm instance knows it.

    Asks for the version at most every ``refresh_seconds`` and then reads only the people that changed; the
    first call reads one document per person.
    """

    def __init__(self, db: Client, model_id: str, refresh_seconds: float, timeout: float) -> None:
        self._db = db
        self._refresh_seconds = refresh_seconds
        self._timeout = timeout
        self._lock = threading.Lock()
        self._gallery = Gallery(model_id)
        self._version: int | None = None
        self._asked_at = float("-inf")

    def current(self) -> Gallery:
        """The people who may be matched now, at most ``refresh_seconds`` old; older while Firestore is silent.

        Raises:
            Unavailable: Firestore did not answer and nothing was ever read.
        """
        with self._lock:
            if time.monotonic() - self._asked_at >= self._refresh_seconds:
                try:
                    with store_errors("Firestore"):
                        self._refresh()
                except Unavailable as error:
                    if self._version is None:
                        raise
                    log(Severity.WARNING, "the gallery could not be refreshed", error=error.message)
                self._asked_at = time.monotonic()
            return self._consenting()

    def latest(self) -> Gallery:
        """The people as they are stored now.

        Raises:
            Unavailable: Firestore did not answer.
        """
        with self._lock:
            with store_errors("Firestore"):
                self._refresh()
            self._asked_at = time.monotonic()
            return self._consenting()

    def _consenting(self) -> Gallery:
        self._gallery = self._gallery.consenting(datetime.now(UTC))
        return self._gallery

    def _refresh(self) -> None:
        from google.cloud.firestore_v1.base_query import FieldFilter

        state = state_reference(self._db).get(**call_options(self._timeout)).to_dict() or {}
        version = int(state.get("version", 0))
        slept = time.monotonic() - self._asked_at > READ_ALL_SECONDS
        if version == self._version and not slept:
            return
        people = self._db.collection("gallery")
        if self._version is None or slept:
            before = Gallery(self._gallery.model_id)
            wanted = people.where(filter=FieldFilter("deleted", "==", False))
        else:
            before = self._gallery
            wanted = people.where(filter=FieldFilter("version", ">", self._version))
        changed, removed = [], []
        for snapshot in wanted.stream(**call_options(self._timeout)):
            document = snapshot.to_dict() or {}
            # the query may see a later state than the version that was read before it
            if isinstance(document.get("version"), int):
                version = max(version, document["version"])
            if document.get("deleted"):
                removed.append(snapshot.id)
                continue
            try:
                changed.append(from_document(snapshot.id, document))
            except CorruptGallery as error:
                removed.append(snapshot.id)
                log(Severity.ERROR, "a person is left out", person=snapshot.id, error=error.message)
        self._gallery = before.updated(changed, removed)
        self._version = version

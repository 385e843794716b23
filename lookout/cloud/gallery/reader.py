"""The known people's vectors, kept in memory and kept fresh."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery.person_document import from_document
from lookout.cloud.gallery.state import state_reference
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.errors import CorruptGallery, Unavailable
from lookout.log import Severity, log

UNTOLD_SECONDS = 600.0
"""After so long the version is read although no change was announced."""

READ_ALL_SECONDS = 3600.0
"""After a longer sleep an instance reads all people again: tombstones that it missed may have expired."""


class GalleryReader:
    """The gallery of one model. One per warm instance.

    Reads the version at most every ``refresh_seconds``, and then only the people that changed since. The first
    call reads one document per person. ``told``, where given, says by another value that people changed; while it
    says the same, not even the version is read.
    """

    def __init__(
        self,
        stores: Stores,
        model_id: str,
        refresh_seconds: float,
        told: Callable[[], object] | None = None,
    ) -> None:
        self._stores = stores
        self._refresh_seconds = refresh_seconds
        self._ask = told
        self._told: object = None
        self._version_at = float("-inf")
        self._lock = threading.Lock()
        self._gallery = Gallery(model_id)
        self._of_other_models: set[str] = set()
        self._version: int | None = None
        self._asked_at = float("-inf")
        # apart from the former: a refresh that failed is no reading
        self._read_at = float("-inf")

    def current(self) -> Gallery:
        """The people who may be matched now, at most ``refresh_seconds`` old; older if Firestore does not answer.

        Raises:
            Unavailable: Firestore did not answer, and has not been read before.
        """
        with self._lock:
            if time.monotonic() - self._asked_at >= self._refresh_seconds:
                try:
                    self._refresh_if_told()
                except Unavailable as error:
                    if self._version is None:
                        raise
                    log(Severity.WARNING, "gallery not refreshed", error=error.message)
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

    def _refresh_if_told(self) -> None:
        # before reading: what changes while it is read is read again
        told = None if self._ask is None else self._ask()
        since = time.monotonic() - self._version_at
        if self._ask is not None and told == self._told and since < UNTOLD_SECONDS:
            return
        with store_errors("Firestore"):
            self._refresh()
        self._told, self._version_at = told, time.monotonic()

    def _consenting(self) -> Gallery:
        self._gallery = self._gallery.consenting(datetime.now(UTC))
        return self._gallery

    def _refresh(self) -> None:
        from google.cloud.firestore_v1.base_query import FieldFilter

        state = state_reference(self._stores.db).get(**self._stores.options).to_dict() or {}
        version = int(state.get("version", 0))
        now = time.monotonic()
        slept = now - self._read_at > READ_ALL_SECONDS
        if version == self._version and not slept:
            self._read_at = now
            return
        people = self._stores.db.collection("gallery")
        if self._version is None or slept:
            before = Gallery(self._gallery.model_id)
            wanted = people.where(filter=FieldFilter("deleted", "==", False))
        else:
            before = self._gallery
            wanted = people.where(filter=FieldFilter("version", ">", self._version))
        changed, removed = [], []
        for snapshot in wanted.stream(**self._stores.options):
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
                log(Severity.ERROR, "person unreadable", person=snapshot.id, error=error.message)
        self._gallery = before.updated(changed, removed)
        self._warn_of_other_models(changed, removed)
        self._version = version
        self._read_at = now

    def _warn_of_other_models(self, changed: Sequence[PersonVectors], removed: Sequence[str]) -> None:
        known = self._of_other_models
        here = {person.person_id for person in changed if person.model_id == self._gallery.model_id}
        other = {person.person_id for person in changed if len(person.vectors)} - here
        self._of_other_models = (known | other) - here - set(removed)
        if other - known:
            log(
                Severity.WARNING,
                "people of another network",
                people=len(self._of_other_models),
                network=self._gallery.model_id,
                error="They are not recognised: run scripts/reenrol, or install the network of their photos.",
            )

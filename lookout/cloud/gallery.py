"""``gallery/{personId}`` and ``gallery_state/current``: the known vectors, kept in memory and kept fresh."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from lookout.cloud.app import patience, reaching
from lookout.domain.gallery import NEGATIVES_KEPT, Gallery, Negative, PersonVectors, pack, unpack
from lookout.errors import CorruptGallery, Unavailable
from lookout.log import Severity, log

TOMBSTONES_KEPT = timedelta(days=1)
"""How long a deleted person's document stays behind, so that running instances hear of it."""

READ_ALL_SECONDS = 3600.0
"""An instance that slept for longer reads everybody again: it may have slept through a tombstone."""


def state_reference(db: Any) -> Any:
    """The one-field document whose ``version`` grows with every change of the gallery."""
    return db.collection("gallery_state").document("current")


def to_document(person: PersonVectors, version: int) -> dict[str, Any]:
    """A person's vectors as ``gallery/{personId}`` stores them."""
    return {
        "name": person.name,
        "modelId": person.model_id,
        "vectors": pack(person.vectors),
        "photoIds": list(person.photo_ids),
        "dimension": int(person.vectors.shape[1]),
        "version": version,
        "deleted": False,
        "muted": person.muted,
        "consentExpiresAt": person.consent_ends,
        "negatives": [
            {
                "alertId": negative.alert_id,
                "personId": negative.person_id,
                "modelId": negative.model_id,
                "vector": pack(negative.vector[None, :]),
            }
            for negative in person.negatives[-NEGATIVES_KEPT:]
        ],
        "lookalikes": dict(person.lookalikes),
    }


def tombstone(version: int, at: datetime) -> dict[str, Any]:
    """What a person deleted ``at`` a moment leaves behind: no name, no vector."""
    return {"version": version, "deleted": True, "deletedAt": at, "expireAt": at + TOMBSTONES_KEPT}


def from_document(person_id: str, document: dict[str, Any]) -> PersonVectors:
    """The person's vectors again.

    Raises:
        CorruptGallery: a field is missing or of the wrong type, or the vectors cannot be read.
    """
    try:
        photo_ids = tuple(str(photo_id) for photo_id in document["photoIds"])
        data = document["vectors"]
        if not isinstance(data, bytes):
            raise TypeError("vectors are no bytes")
        # without it, half of the bytes would pass for as many vectors of half the length
        vectors = unpack(data, len(photo_ids), int(document["dimension"]))
        consent_ends = document.get("consentExpiresAt")
        return PersonVectors(
            person_id,
            str(document["name"]),
            str(document["modelId"]),
            vectors,
            photo_ids,
            muted=bool(document.get("muted")),
            consent_ends=consent_ends if isinstance(consent_ends, datetime) else None,
            negatives=negatives(person_id, document, vectors.shape[1] or None),
            lookalikes=lookalikes(document),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptGallery(f"gallery/{person_id} cannot be read ({error!r}).") from error


def negatives(person_id: str, document: dict[str, Any], dimension: int | None = None) -> tuple[Negative, ...]:
    """The corrections of a person that can be read, also where the person's own vectors cannot.

    ``dimension`` is that of the person's vectors, None where they are not known.
    """
    listed = document.get("negatives") or []
    found = []
    for stored in listed if isinstance(listed, list) else [listed]:
        try:
            # beside vectors of another length it would keep every face from being matched
            own = stored["modelId"] == document.get("modelId")
            (vector,) = unpack(stored["vector"], 1, dimension if own else None)
            found.append(
                Negative(stored["alertId"], stored["personId"], stored["modelId"], np.asarray(vector))
            )
        except (CorruptGallery, KeyError, TypeError) as error:
            # a correction that cannot be read is no reason to know the person no more
            log(Severity.ERROR, "a correction is left out", person=person_id, error=repr(error))
    return tuple(found)


def lookalikes(document: dict[str, Any]) -> dict[str, float]:
    """The look-alikes of a person that can be read; the next change of the person finds the others again."""
    listed = document.get("lookalikes")
    if not isinstance(listed, dict):
        return {}
    return {other: float(distance) for other, distance in listed.items() if isinstance(distance, int | float)}


class GalleryReader:
    """The gallery of one model as this warm instance knows it.

    Asks for the version at most every ``refresh_seconds`` and then reads only the people that changed; the
    first call reads one document per person.
    """

    def __init__(self, db: Any, model_id: str, refresh_seconds: float, timeout: float) -> None:
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
                    with reaching("Firestore"):
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
            with reaching("Firestore"):
                self._refresh()
            self._asked_at = time.monotonic()
            return self._consenting()

    def _consenting(self) -> Gallery:
        self._gallery = self._gallery.consenting(datetime.now(UTC))
        return self._gallery

    def _refresh(self) -> None:
        from google.cloud.firestore_v1.base_query import FieldFilter

        state = state_reference(self._db).get(**patience(self._timeout)).to_dict() or {}
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
        for snapshot in wanted.stream(**patience(self._timeout)):
            document = snapshot.to_dict()
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

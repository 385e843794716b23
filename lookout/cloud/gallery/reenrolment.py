"""Finding photos that are not enrolled: the event was lost, the enrolment was interrupted, or the model changed.

Storage decides which photos there are, not the documents: a photo whose event was lost has none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery import photos
from lookout.cloud.gallery.misplaced import MisplacedPhotos
from lookout.cloud.gallery.photos import UploadedPhoto
from lookout.domain.people.photo import PhotoPath, PhotoStatus
from lookout.errors import LookoutError
from lookout.log import Severity, log

EVERY = timedelta(minutes=15)
"""How often :class:`LostPhotos` looks."""

LOOKED_AT = 100
"""Photos that one run checks, a read each. If there are more, each run checks another part."""

UPLOADED_AGAIN = 25
"""Photos that one run uploads again; the rest of a part waits for its next turn."""

UNDER_WAY = timedelta(minutes=10)
"""A younger photo may still be waiting for its event, or being enrolled."""

AT_ONCE = 8
"""Photos that :func:`enrol_again` uploads before it waits for them."""

ENROL_SECONDS = 60.0
"""How long it waits for them. A function that has to start first takes seconds."""

TRIES = 3
"""How often a photo is uploaded again. One that is still not enrolled then has another problem."""


def unenrolled(
    stores: Stores, uploaded: Iterable[UploadedPhoto], model_id: str | None = None
) -> list[UploadedPhoto]:
    """The photos whose current version was neither enrolled nor rejected by that model.

    Photos of people who were deleted after the upload are left out.

    Raises:
        Unavailable: Firestore did not answer.
    """
    of_people = [(one, one.place) for one in uploaded if one.place is not None]
    found = []
    for start in range(0, len(of_people), LOOKED_AT):
        some = of_people[start : start + LOOKED_AT]
        stored = _documents(stores, [place for _, place in some])
        waiting = [(one, place) for one, place in some if not _is_finished(one, stored[place], model_id)]
        deleted = _deleted(stores, {place.person_id for _, place in waiting})
        found += [
            one for one, place in waiting if deleted.get(place.person_id, one.created_at) <= one.created_at
        ]
    return found


Progress = Callable[[int, int], None]
"""Told how many of how many photos are finished."""


def enrol_again(
    stores: Stores, waiting: Sequence[UploadedPhoto], model_id: str, progress: Progress
) -> tuple[int, int]:
    """Upload photos again, a few at a time; how many there were, and how many still wait.

    The next few wait until these are finished, so that a slow function does not lose their events too. Photos that
    were uploaded again a moment ago, by a run that was interrupted, are waited for and not uploaded once more.

    Raises:
        Unavailable: a store did not answer.
    """
    young = datetime.now(UTC) - timedelta(seconds=ENROL_SECONDS)
    under_way = {one.path for one in waiting if one.tries and one.created_at > young}
    lost = _still_waiting(stores, under_way, model_id, ENROL_SECONDS)
    queue = [one for one in waiting if one.path not in under_way - lost]
    finished, done, left, patient = len(waiting) - len(queue), 0, 0, True
    for start in range(0, len(queue), AT_ONCE):
        progress(finished, len(waiting))
        some = queue[start : start + AT_ONCE]
        done += sum(photos.upload_again(stores, one.path) for one in some)
        still = _still_waiting(
            stores, {one.path for one in some}, model_id, ENROL_SECONDS if patient else 0.0
        )
        # if nothing happens at all, no function is deployed yet
        patient = patient and len(still) < len(some)
        finished += len(some) - len(still)
        left += len(still)
    progress(finished, len(waiting))
    return done, left


def _still_waiting(stores: Stores, paths: Collection[str], model_id: str, seconds: float) -> set[str]:
    """Wait until the photos are finished, while one is every so many ``seconds``; those that are not."""
    left, deadline = set(paths), time.monotonic() + seconds
    while left:
        there = [one for one in photos.uploaded(stores) if one.path in left]
        still = {one.path for one in unenrolled(stores, there, model_id)}
        if len(still) < len(left):
            deadline = time.monotonic() + seconds
        elif time.monotonic() > deadline:
            break
        left = still
        if left and seconds:
            time.sleep(1.0)
    return left


def vanished(stores: Stores, uploaded: Iterable[UploadedPhoto]) -> list[tuple[PhotoPath, int]]:
    """The photos that have a document but are not in Storage, each with its generation.

    Raises:
        Unavailable: a store did not answer.
    """
    there = {one.path for one in uploaded}
    with store_errors("Firestore"):
        known = {
            PhotoPath(one.reference.parent.parent.id, one.id): int(
                (one.to_dict() or {}).get("generation") or 0
            )
            for one in stores.db.collection_group("photos").select(["generation"]).stream(**stores.options)
        }
    # asked again: it may have been uploaded after the others were listed
    return [
        (place, generation)
        for place, generation in known.items()
        if str(place) not in there and storage.photo(stores, str(place)) is None
    ]


def _is_finished(photo: UploadedPhoto, stored: Mapping[str, Any], model_id: str | None) -> bool:
    return (
        stored.get("status") in (PhotoStatus.ENROLLED, PhotoStatus.REJECTED)
        and int(stored.get("generation") or 0) >= photo.generation
        and model_id in (None, stored.get("modelId"))
    )


def _documents(stores: Stores, places: Sequence[PhotoPath]) -> dict[PhotoPath, dict[str, Any]]:
    """The documents of photos, of those that have one."""
    people = stores.db.collection("people")
    references = [
        people.document(place.person_id).collection("photos").document(place.photo_id) for place in places
    ]
    with store_errors("Firestore"):
        found = stores.db.get_all(references, ["status", "generation", "modelId"], **stores.options)
        return {PhotoPath(one.reference.parent.parent.id, one.id): one.to_dict() or {} for one in found}


def _deleted(stores: Stores, person_ids: Iterable[str]) -> dict[str, datetime]:
    """When people were deleted, of those who were."""
    galleries = [stores.db.collection("gallery").document(one) for one in sorted(person_ids)]
    with store_errors("Firestore"):
        found = stores.db.get_all(galleries, ["deletedAt"], **stores.options) if galleries else []
        told = {one.id: (one.to_dict() or {}).get("deletedAt") for one in found}
    return {person_id: at for person_id, at in told.items() if isinstance(at, datetime)}


class LostPhotos:
    """Enrols photos, or lists them as misplaced, whose event was lost; a limited number at each run."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._misplaced = MisplacedPhotos(stores)

    def run(self, now: datetime | None = None) -> int:
        """Upload lost photos again; how many. A store that does not answer is logged."""
        at = now or datetime.now(UTC)
        try:
            uploaded = photos.uploaded(self._stores)
            self._misplaced.catch_up(uploaded, at - UNDER_WAY)
            return sum(self._again(one) for one in self._lost(uploaded, at)[:UPLOADED_AGAIN])
        except LookoutError as error:
            log(Severity.WARNING, "lost photos not looked for", error=error.message)
            return 0

    def _lost(self, uploaded: Sequence[UploadedPhoto], at: datetime) -> list[UploadedPhoto]:
        parts = max(1, -(-len(uploaded) // LOOKED_AT))
        part = int(at.timestamp() // EVERY.total_seconds()) % parts
        old = [one for one in uploaded[part::parts] if one.created_at <= at - UNDER_WAY and one.tries < TRIES]
        return unenrolled(self._stores, old)

    def _again(self, photo: UploadedPhoto) -> bool:
        done = photos.upload_again(self._stores, photo.path)
        if done:
            log(Severity.WARNING, "photo uploaded again", path=photo.path)
        return done

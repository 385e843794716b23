"""``people/{id}``, their ``photos`` and their vectors, changed together.

Events arrive at least once and in any order. Three things make every order end in the same state: Storage is
asked what is really there, a photo's document carries the object's generation, and a person's deletion leaves
a tombstone with its time, so that what was uploaded before it cannot come back after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from lookout.cloud.app import patience, reaching
from lookout.cloud.gallery import from_document, state_reference, to_document
from lookout.domain.enrolment import PhotoPath, PhotoStatus
from lookout.domain.face import Embedding
from lookout.domain.gallery import PersonVectors
from lookout.errors import CorruptGallery, PhotoRejected
from lookout.log import Severity, log

ATTEMPTS = 20
"""Tries of a transaction: a folder of photos dropped at once has them all want the gallery's version."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One version of an uploaded photo. ``generation`` is Storage's number of that version."""

    place: PhotoPath
    generation: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a transaction found: the photo's document, the person, the vectors, the gallery's version."""

    photo: dict[str, Any]
    person_exists: bool
    person: PersonVectors
    deleted_at: datetime | None
    version: int

    def awaits(self, photo: Photo) -> bool:
        """Whether ``photo`` is still the version being processed, of a person not deleted since."""
        return (
            self.photo.get("generation") == photo.generation
            and self.photo.get("status") == PhotoStatus.PROCESSING
            and (self.deleted_at is None or self.deleted_at < photo.created_at)
        )


class Enrolment:
    """Enrols photos for one model, and forgets them. Every method raises ``Unavailable`` when Firestore does
    not answer, and has then changed nothing."""

    def __init__(self, db: Any, model_id: str, max_photos: int, timeout: float) -> None:
        self._db = db
        self._model_id = model_id
        self._max_photos = max_photos
        self._timeout = timeout

    def begin(self, photo: Photo) -> bool:
        """Mark the photo as being processed. False when a newer version, or this one, is dealt with already."""

        reference = self._photo(photo.place)

        def dealt_with(stored: dict[str, Any]) -> bool:
            generation = int(stored.get("generation", 0))
            done = stored.get("status") != PhotoStatus.PROCESSING and stored.get("modelId") == self._model_id
            return generation > photo.generation or (generation == photo.generation and done)

        def change(transaction: Any) -> bool:
            if dealt_with(reference.get(transaction=transaction).to_dict() or {}):
                return False
            transaction.set(reference, _photo_document(photo, PhotoStatus.PROCESSING))
            return True

        # most doubled events end here, and so does one that finds Firestore silent, before the costly work
        with reaching("Firestore"):
            if dealt_with(reference.get(**patience(self._timeout)).to_dict() or {}):
                return False
        return bool(self._transact(change))

    def enrol(self, photo: Photo, vector: Embedding, quality: float) -> bool:
        """Store the photo's vector. False when the photo was changed or deleted while it was looked at.

        Raises:
            PhotoRejected: the person has as many photos as are allowed.
        """

        def change(transaction: Any) -> bool:
            stored = self._read(transaction, photo.place)
            if not stored.awaits(photo):
                return False
            others = stored.person.without_photo(photo.place.photo_id)
            if len(others.photo_ids) >= self._max_photos:
                raise PhotoRejected(
                    f"{others.name} has {self._max_photos} photos already: delete one, then upload this again"
                )
            self._write(transaction, stored, stored.person.with_photo(photo.place.photo_id, vector))
            outcome = {"quality": quality, "modelId": self._model_id}
            document = _photo_document(photo, PhotoStatus.ENROLLED) | outcome
            transaction.set(self._photo(photo.place), document)
            return True

        return bool(self._transact(change))

    def reject(self, photo: Photo, reason: str) -> bool:
        """Say on the photo why it cannot be used; a vector of its earlier version goes."""

        def change(transaction: Any) -> bool:
            stored = self._read(transaction, photo.place)
            if not stored.awaits(photo):
                return False
            self._write(transaction, stored, stored.person.without_photo(photo.place.photo_id))
            outcome = {"reason": reason, "modelId": self._model_id}
            document = _photo_document(photo, PhotoStatus.REJECTED) | outcome
            transaction.set(self._photo(photo.place), document)
            return True

        return bool(self._transact(change))

    def forget(self, place: PhotoPath, generation: int) -> bool:
        """Drop the photo and its vector. False when it is not there, or is there in a newer version."""

        def change(transaction: Any) -> bool:
            stored = self._read(transaction, place)
            if not stored.photo or int(stored.photo.get("generation", 0)) > generation:
                return False
            if place.photo_id in stored.person.photo_ids:
                after = stored.person.without_photo(place.photo_id)
                self._write(transaction, stored, after, new_person=False)
            transaction.delete(self._photo(place))
            return True

        return bool(self._transact(change))

    def forget_person(self, person_id: str, until: datetime) -> int:
        """Drop every photo document and vector of what was uploaded up to ``until``; how many photos that was.

        The gallery keeps a tombstone with that time when nothing newer is left.
        """

        def change(transaction: Any) -> int:
            stored = self._read(transaction, PhotoPath(person_id, "-"))
            photos = self._person(person_id).collection("photos").stream(transaction=transaction)
            documents = {photo.id: photo.to_dict() for photo in photos}
            gone = [
                photo_id for photo_id, plain in documents.items() if plain.get("createdAt", until) <= until
            ]
            person = stored.person
            for photo_id in gone:
                person = person.without_photo(photo_id)
            if len(gone) == len(documents):
                tombstone = {"version": stored.version + 1, "deleted": True, "deletedAt": until}
                transaction.set(self._gallery(person_id), tombstone)
                self._write_version(transaction, stored)
            else:
                self._write(transaction, stored, person, new_person=False)
            for photo_id in gone:
                transaction.delete(self._photo(PhotoPath(person_id, photo_id)))
            return len(gone)

        return int(self._transact(change))

    def rename(self, person_id: str) -> bool:
        """Carry a person's name of the moment into the gallery. False when it is there already."""

        def change(transaction: Any) -> bool:
            stored = self._read(transaction, PhotoPath(person_id, "-"))
            known = self._gallery(person_id).get(["name"], transaction=transaction).to_dict() or {}
            if not stored.person_exists or known.get("name") in (None, stored.person.name):
                return False
            self._write(transaction, stored, stored.person)
            return True

        return bool(self._transact(change))

    def _transact(self, change: Callable[[Any], object]) -> Any:
        from google.api_core.exceptions import GoogleAPIError
        from google.cloud.firestore import transactional

        with reaching("Firestore"):
            try:
                return transactional(change)(self._db.transaction(max_attempts=ATTEMPTS))
            except ValueError as error:
                # what Google's library raises when the attempts are used up, and when it wants to roll back a
                # transaction that could not even begin
                if isinstance(cause := error.__cause__ or error.__context__, GoogleAPIError):
                    raise cause from None
                raise

    def _person(self, person_id: str) -> Any:
        return self._db.collection("people").document(person_id)

    def _photo(self, place: PhotoPath) -> Any:
        return self._person(place.person_id).collection("photos").document(place.photo_id)

    def _gallery(self, person_id: str) -> Any:
        return self._db.collection("gallery").document(person_id)

    def _read(self, transaction: Any, place: PhotoPath) -> _Stored:
        references = {
            "photo": self._photo(place),
            "person": self._person(place.person_id),
            "gallery": self._gallery(place.person_id),
            "state": state_reference(self._db),
        }
        found = {
            snapshot.reference.path: snapshot.to_dict()
            for snapshot in self._db.get_all(list(references.values()), transaction=transaction)
            if snapshot.exists
        }
        photo, person, gallery, state = (found.get(reference.path) for reference in references.values())
        # a folder that nobody made a person for is a person of that name: the habit of faces_db/Name/
        name = str((person or {}).get("name") or place.person_id)
        return _Stored(
            photo or {},
            person is not None,
            self._vectors(place.person_id, name, gallery),
            (gallery or {}).get("deletedAt"),
            int((state or {}).get("version", 0)),
        )

    def _vectors(self, person_id: str, name: str, gallery: dict[str, Any] | None) -> PersonVectors:
        nothing = PersonVectors(person_id, name, self._model_id, np.empty((0, 0), np.float32), ())
        if gallery is None or gallery.get("deleted"):
            return nothing
        try:
            stored = from_document(person_id, gallery)
        except CorruptGallery as error:
            log(Severity.ERROR, "an unreadable gallery is begun anew", person=person_id, error=error.message)
            return nothing
        if stored.model_id != self._model_id:
            return nothing
        return PersonVectors(person_id, name, self._model_id, stored.vectors, stored.photo_ids)

    def _write(
        self, transaction: Any, stored: _Stored, after: PersonVectors, new_person: bool = True
    ) -> None:
        from google.cloud.firestore import SERVER_TIMESTAMP

        count = {"photoCount": len(after.photo_ids)}
        if stored.person_exists:
            transaction.update(self._person(after.person_id), count)
        elif new_person:
            plain = {"name": after.name, "muted": False, "createdAt": SERVER_TIMESTAMP}
            transaction.set(self._person(after.person_id), plain | count)
        transaction.set(self._gallery(after.person_id), to_document(after, stored.version + 1))
        self._write_version(transaction, stored)

    def _write_version(self, transaction: Any, stored: _Stored) -> None:
        state = {"version": stored.version + 1, "modelId": self._model_id}
        transaction.set(state_reference(self._db), state)


def _photo_document(photo: Photo, status: PhotoStatus) -> dict[str, Any]:
    return {
        "path": str(photo.place),
        "generation": photo.generation,
        "status": status,
        "createdAt": photo.created_at,
    }

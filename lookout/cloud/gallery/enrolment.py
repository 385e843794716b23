"""``people/{id}``, their ``photos`` and their vectors, changed together.

Events arrive at least once and in any order. Three things make every order end in the same state: Storage is
asked what is really there, a photo's document carries the object's generation, and a person's deletion leaves
a tombstone with its time, so that what was uploaded before it cannot come back after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.person_document import to_document
from lookout.cloud.gallery.state import state_reference, tombstone
from lookout.cloud.gallery.stored_person import StoredPerson, read_person
from lookout.domain.people.person import Profile
from lookout.domain.people.photo import PhotoPath, PhotoStatus
from lookout.domain.people.requests import find_by_folder
from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import PersonVectors
from lookout.errors import PhotoRejected
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Photo:
    """One version of an uploaded photo. ``generation`` is Storage's number of that version."""

    place: PhotoPath
    generation: int
    created_at: datetime


class Enrolment:
    """Enrols photos for one model, and forgets them. Every method raises ``Unavailable`` when Firestore does
    not answer, and has then changed nothing."""

    def __init__(self, db: Client, model_id: str, max_photos: int, timeout: float) -> None:
        self._db = db
        self._model_id = model_id
        self._max_photos = max_photos
        self._timeout = timeout

    def begin(self, photo: Photo) -> bool:
        """Mark the photo as being processed. False when a newer version, or this one, is dealt with already."""

        def change(transaction: Transaction) -> bool:
            reference = self._photo(photo.place)
            (found,) = transaction.read([reference])
            stored = found or {}
            generation = int(stored.get("generation", 0))
            done = stored.get("status") != PhotoStatus.PROCESSING and stored.get("modelId") == self._model_id
            if generation > photo.generation or (generation == photo.generation and done):
                return False
            transaction.set(reference, _photo_document(photo, PhotoStatus.PROCESSING))
            return True

        return self._step(change)

    def enrol(self, photo: Photo, vector: Embedding, quality: float) -> bool:
        """Store the photo's vector. False when the photo was changed or deleted meanwhile, or is another's by now.

        Raises:
            PhotoRejected: the person has as many photos as are allowed.
        """

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, photo.place)
            if not _awaited(photo, stored) or self._is_anothers(stored):
                return False
            others = stored.person.without_photo(photo.place.photo_id)
            if len(others.photo_ids) >= self._max_photos:
                raise PhotoRejected(
                    f"{others.name} has {self._max_photos} photos already: delete one, then upload this again"
                )
            after = stored.person.with_photo(photo.place.photo_id, vector)
            self._write(transaction, stored, after, new_person=photo.created_at)
            outcome = {"quality": quality, "modelId": self._model_id}
            document = _photo_document(photo, PhotoStatus.ENROLLED) | outcome
            transaction.set(self._photo(photo.place), document)
            return True

        return self._step(change)

    def reject(self, photo: Photo, reason: str) -> bool:
        """Say on the photo why it cannot be used; a vector of its earlier version goes."""

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, photo.place)
            if not _awaited(photo, stored) or self._is_anothers(stored):
                return False
            after = stored.person.without_photo(photo.place.photo_id)
            self._write(transaction, stored, after, new_person=photo.created_at)
            outcome = {"reason": reason, "modelId": self._model_id}
            document = _photo_document(photo, PhotoStatus.REJECTED) | outcome
            transaction.set(self._photo(photo.place), document)
            return True

        return self._step(change)

    def forget(self, place: PhotoPath, generation: int) -> bool:
        """Drop the photo and its vector. False when it is not there, or is there in a newer version."""

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, place)
            if not stored.photo or int(stored.photo.get("generation", 0)) > generation:
                return False
            if place.photo_id in stored.person.photo_ids:
                after = stored.person.without_photo(place.photo_id)
                self._write(transaction, stored, after)
            transaction.remove(self._photo(place))
            return True

        return self._step(change)

    def owner(self, person_id: str) -> str:
        """Whose photos those in the folder of that name are: mostly of the person with this id, but of somebody
        there whose name looks alike when this one is not there."""
        with store_errors("Firestore"):
            if self._person(person_id).get(field_paths=["name"], **call_options(self._timeout)).exists:
                return person_id
            return find_by_folder(person_id, self._names()) or person_id

    def is_there_since(self, person_id: str, moment: datetime) -> bool:
        """Whether the person's document is there and was made up to that moment."""
        with store_errors("Firestore"):
            person = self._person(person_id).get(field_paths=["name"], **call_options(self._timeout))
        return bool(person.exists and person.create_time <= moment)

    def forget_person(self, person_id: str, until: datetime) -> int:
        """Drop every photo document and vector of what was uploaded up to ``until``; how many photos that was.

        The gallery keeps a tombstone with that time when nothing newer is left.
        """

        def change(transaction: Transaction) -> int:
            stored = self._read(transaction, PhotoPath(person_id, "-"))
            photos = self._person(person_id).collection("photos")
            documents = transaction.read_collection(photos)
            gone = [name for name, plain in documents.items() if plain.get("createdAt", until) <= until]
            person = stored.person
            for photo_id in gone:
                person = person.without_photo(photo_id)
                transaction.remove(photos.document(photo_id))
            if len(gone) < len(documents):
                self._write(transaction, stored, person)
                return len(gone)
            transaction.batch.set(self._gallery(person_id), tombstone(stored.version + 1, until))
            self._write_version(transaction, stored)
            if stored.person_exists and stored.person_since is not None and stored.person_since <= until:
                # a photo that was just being enrolled made the deleted person once more
                transaction.remove(self._person(person_id))
            return len(gone)

        return self._step(change)

    def carry(self, person_id: str) -> bool:
        """Carry what an owner says of a person into the gallery. False when it is there, or no vectors are.

        Somebody without vectors gets it with the first of them.
        """
        complaints: list[str] = []

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, PhotoPath(person_id, "-"))
            complaints[:] = stored.complaints
            if not stored.person_exists or stored.carried in (None, stored.profile):
                return False
            # the vectors stay as they are, also those of another model, or of bytes that cannot be read
            transaction.set(
                self._gallery(person_id), stored.profile.fields() | {"version": stored.version + 1}
            )
            self._write_version(transaction, stored)
            return True

        done = self._step(change)
        for complaint in complaints:
            log(Severity.WARNING, complaint)
        return done

    def _step(self, change: Callable[[Transaction], Result]) -> Result:
        return run(self._db, self._timeout, change)

    def _person(self, person_id: str) -> DocumentReference:
        return self._db.collection("people").document(person_id)

    def _photo(self, place: PhotoPath) -> DocumentReference:
        photo: DocumentReference = self._person(place.person_id).collection("photos").document(place.photo_id)
        return photo

    def _gallery(self, person_id: str) -> DocumentReference:
        return self._db.collection("gallery").document(person_id)

    def _names(self) -> dict[str, str]:
        """What everybody is called, by their ids."""
        people = self._db.collection("people").select(["name"]).stream(**call_options(self._timeout))
        return {one.id: Profile.read(one.id, one.to_dict() or {})[0].name for one in people}

    def _is_anothers(self, stored: StoredPerson) -> bool:
        """Whether somebody whose name looks alike came before a person who is about to be made.

        The version was read before: of two who are made at once, the second step is not written.
        """
        person_id = stored.person.person_id
        return not stored.person_exists and find_by_folder(person_id, self._names()) is not None

    def _read(self, transaction: Transaction, place: PhotoPath) -> StoredPerson:
        return read_person(transaction, self._db, self._model_id, place)

    def _write(
        self,
        transaction: Transaction,
        stored: StoredPerson,
        after: PersonVectors,
        new_person: datetime | None = None,
    ) -> None:
        """Write the vectors ``after`` a change; ``new_person`` is since when somebody who is not there yet is."""
        count = {"photoCount": len(after.photo_ids)}
        person = self._person(after.person_id)
        if stored.person_exists:
            # only if the owner changed nothing: without vectors there was nothing to carry the change into
            transaction.set(person, count)
        elif new_person is not None:
            transaction.set(person, {"name": after.name, "muted": False, "createdAt": new_person} | count)
        # whoever writes a gallery document writes the version too, and that only if it is as it was read
        transaction.batch.set(self._gallery(after.person_id), to_document(after, stored.version + 1))
        self._write_version(transaction, stored)

    def _write_version(self, transaction: Transaction, stored: StoredPerson) -> None:
        state = {"version": stored.version + 1, "modelId": self._model_id}
        transaction.set(state_reference(self._db), state)


def _awaited(photo: Photo, stored: StoredPerson) -> bool:
    """Whether ``photo`` is still the version being processed, of a person not deleted since."""
    return (
        stored.photo.get("generation") == photo.generation
        and stored.photo.get("status") == PhotoStatus.PROCESSING
        and (stored.deleted_at is None or stored.deleted_at < photo.created_at)
    )


def _photo_document(photo: Photo, status: PhotoStatus) -> dict[str, Any]:
    return {
        "path": str(photo.place),
        "generation": photo.generation,
        "status": status,
        "reason": None,
        "quality": None,
        "modelId": None,
        "createdAt": photo.created_at,
    }

"""``people/{id}``, their ``photos`` and their vectors, changed together.

Events arrive at least once and in any order. Every order ends in the same state, for three reasons: Storage is
asked what is really there, a photo's document has the object's generation, and a deleted person leaves a tombstone
with the time of the deletion, so that photos uploaded before it are not enrolled after it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from lookout.cloud.firebase.calls import count, store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.person_document import to_document
from lookout.cloud.gallery.photo_document import Photo, enrolled_document, photo_document
from lookout.cloud.gallery.state import GalleryChange
from lookout.cloud.gallery.stored_person import StoredPerson, read_person
from lookout.domain.people.person import Profile
from lookout.domain.people.photo import PhotoPath, PhotoStatus
from lookout.domain.people.requests import find_by_folder
from lookout.domain.recognition.face import GoodFace
from lookout.domain.recognition.gallery import PersonVectors
from lookout.errors import PhotoRejected
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

Result = TypeVar("Result")


class Enrolment:
    """Enrols and removes photos, for one model.

    Every method raises ``Unavailable`` when Firestore does not answer, and has then changed nothing.
    """

    def __init__(self, stores: Stores, model_id: str, max_photos: int, max_people: int | None = None) -> None:
        self._stores = stores
        self._model_id = model_id
        self._max_photos = max_photos
        self._max_people = max_people

    def begin(self, photo: Photo) -> bool:
        """Mark the photo as being processed. False when this version or a newer one is finished already."""

        def change(transaction: Transaction) -> bool:
            reference = self._photo(photo.place)
            (found,) = transaction.read([reference])
            stored = found or {}
            generation = int(stored.get("generation", 0))
            done = stored.get("status") != PhotoStatus.PROCESSING and stored.get("modelId") == self._model_id
            if generation > photo.generation or (generation == photo.generation and done):
                return False
            transaction.set(reference, photo_document(photo, PhotoStatus.PROCESSING))
            return True

        return self._step(change)

    def enrol(self, photo: Photo, face: GoodFace) -> bool:
        """Store the vector of the photo's face. False when the photo was changed or deleted meanwhile, or is
        another person's.

        Raises:
            PhotoRejected: the person has as many photos as are allowed, or there are as many people.
        """

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, photo.place)
            if not stored.awaits(photo) or self._is_anothers(stored):
                return False
            others = stored.person.without_photo(photo.place.photo_id)
            if len(others.photo_ids) >= self._max_photos:
                raise PhotoRejected(
                    f"{others.name} has {self._max_photos} photos already: delete one, then upload this again"
                )
            if not stored.is_enrolled:
                self._require_room()
            after = stored.person.with_photo(photo.place.photo_id, face.embedding)
            self._write(transaction, stored, after, new_person=photo.created_at)
            document = enrolled_document(photo, self._model_id, face.quality)
            transaction.set(self._photo(photo.place), document)
            return True

        return self._step(change)

    def _require_room(self) -> None:
        """Two photos at the same moment may find the last place both: one more does not matter."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        if self._max_people is None:
            return
        # a tombstone has no photos, and somebody whose photos were all rejected an empty list
        enrolled = self._stores.db.collection("gallery").where(filter=FieldFilter("photoIds", "!=", []))
        if count(enrolled, self._stores.timeout) >= self._max_people:
            raise PhotoRejected(
                f"{self._max_people} people are enrolled, as many as MAX_PEOPLE allows: delete somebody, or see "
                "docs/scale.md, then upload this again"
            )

    def reject(self, photo: Photo, reason: str) -> bool:
        """Write on the photo why it cannot be used, and drop the vector of its earlier version."""

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, photo.place)
            if not stored.awaits(photo) or self._is_anothers(stored):
                return False
            after = stored.person.without_photo(photo.place.photo_id)
            self._write(transaction, stored, after, new_person=photo.created_at)
            outcome = {"reason": reason, "modelId": self._model_id}
            document = photo_document(photo, PhotoStatus.REJECTED) | outcome
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
        """The id of the person whose photos are in the folder ``person_id``: that person, or, if there is none, a
        person whose name looks alike. Without either it is ``person_id``."""
        with store_errors("Firestore"):
            if self._person(person_id).get(field_paths=["name"], **self._stores.options).exists:
                return person_id
            return find_by_folder(person_id, self._names()) or person_id

    def is_there(self, person_id: str, since: datetime | None = None) -> bool:
        """Whether the person's document exists and, where told, was made at or before that moment."""
        with store_errors("Firestore"):
            person = self._person(person_id).get(field_paths=["name"], **self._stores.options)
        return bool(person.exists and (since is None or person.create_time <= since))

    def forget_person(self, person_id: str, until: datetime) -> int:
        """Drop the documents and vectors of all photos uploaded at or before ``until``; how many photos.

        If no newer photo is left, the gallery gets a tombstone with that time.
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
            self._change(transaction, stored).write_tombstone(person_id, until)
            if stored.person_exists and stored.person_since is not None and stored.person_since <= until:
                # a photo that was just being enrolled made the deleted person once more
                transaction.remove(self._person(person_id))
            return len(gone)

        return self._step(change)

    def sync_profile(self, person_id: str) -> bool:
        """Copy a person's profile into the gallery. False when it is there already, or there are no vectors.

        A person without vectors gets the profile with the first of them.
        """
        complaints: list[str] = []

        def change(transaction: Transaction) -> bool:
            stored = self._read(transaction, PhotoPath(person_id, "-"))
            complaints[:] = stored.complaints
            if not stored.person_exists or stored.synced_profile in (None, stored.profile):
                return False
            # the vectors stay as they are, even those of another model or that cannot be read
            self._change(transaction, stored).set(person_id, stored.profile.fields())
            return True

        done = self._step(change)
        for complaint in complaints:
            log(Severity.WARNING, "person setting ignored", person=person_id, error=complaint)
        return done

    def _step(self, change: Callable[[Transaction], Result]) -> Result:
        return run(self._stores, change)

    def _person(self, person_id: str) -> DocumentReference:
        return self._stores.db.collection("people").document(person_id)

    def _photo(self, place: PhotoPath) -> DocumentReference:
        photo: DocumentReference = self._person(place.person_id).collection("photos").document(place.photo_id)
        return photo

    def _names(self) -> dict[str, str]:
        """The names of all people, by their ids."""
        people = self._stores.db.collection("people").select(["name"]).stream(**self._stores.options)
        return {one.id: Profile.read(one.id, one.to_dict() or {})[0].name for one in people}

    def _is_anothers(self, stored: StoredPerson) -> bool:
        """Whether a person is about to be made though there is one whose name looks alike.

        The gallery's version was read before the names: of two people made at once, the second step is refused.
        """
        person_id = stored.person.person_id
        # made by somebody else since this step read it: that is the same person, and the step is decided anew
        same_or_nobody = (person_id, None)
        return not stored.person_exists and find_by_folder(person_id, self._names()) not in same_or_nobody

    def _read(self, transaction: Transaction, place: PhotoPath) -> StoredPerson:
        return read_person(transaction, self._stores.db, self._model_id, place)

    def _change(self, transaction: Transaction, stored: StoredPerson) -> GalleryChange:
        return GalleryChange(transaction, self._stores.db, stored.gallery_state, self._model_id)

    def _write(
        self,
        transaction: Transaction,
        stored: StoredPerson,
        after: PersonVectors,
        new_person: datetime | None = None,
    ) -> None:
        """Write the vectors ``after`` a change. A person who is not there yet is made, since ``new_person``."""
        photos = {"photoCount": len(after.photo_ids)}
        person = self._person(after.person_id)
        if stored.person_exists:
            # refused if the owner changed something: without vectors there was nothing to write it to
            transaction.set(person, photos)
        elif new_person is not None:
            transaction.set(person, {"name": after.name, "muted": False, "createdAt": new_person} | photos)
        change = self._change(transaction, stored)
        change.replace(after.person_id, to_document(after, change.version))

"""A person as a step of the enrolment reads it: profile, vectors and one photo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lookout.cloud.firebase.transaction import Transaction
from lookout.cloud.gallery.person_document import from_document, lookalikes, negatives
from lookout.cloud.gallery.photo_document import Photo
from lookout.cloud.gallery.state import state_reference
from lookout.domain.people.person import Profile
from lookout.domain.people.photo import PhotoPath, PhotoStatus
from lookout.domain.recognition.gallery import PersonVectors
from lookout.errors import CorruptGallery
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """What was read for a step.

    ``photo`` is the photo's document, empty if there is none. ``profile`` is what the owner set, with a complaint
    per unusable value; ``synced_profile`` is the gallery's copy of it, None if the gallery has no vectors of the
    person. ``person`` has the vectors of the installed model, the negatives and the look-alikes. ``gallery_state``
    is the document with the gallery's version. ``is_enrolled``: the gallery has vectors, of whatever model.
    """

    photo: dict[str, Any]
    person_exists: bool
    person_since: datetime | None
    profile: Profile
    complaints: list[str]
    person: PersonVectors
    synced_profile: Profile | None
    is_enrolled: bool
    deleted_at: datetime | None
    gallery_state: dict[str, Any] | None

    def awaits(self, photo: Photo) -> bool:
        """Whether ``photo`` is still the version being processed, of a person not deleted since its upload."""
        return (
            self.photo.get("generation") == photo.generation
            and self.photo.get("status") == PhotoStatus.PROCESSING
            and (self.deleted_at is None or self.deleted_at < photo.created_at)
            and (self.person_exists or not photo.by_job)
        )


def read_person(transaction: Transaction, db: Client, model_id: str, place: PhotoPath) -> StoredPerson:
    """The person, and one of the person's photos, as they were at one moment."""
    reference = db.collection("people").document(place.person_id)
    photo, person, gallery, state = transaction.read(
        [
            reference.collection("photos").document(place.photo_id),
            reference,
            db.collection("gallery").document(place.person_id),
            state_reference(db),
        ]
    )
    alive = gallery if gallery is not None and not gallery.get("deleted") else None
    # when the person's document was deleted just now, only the gallery says whether the consent has ended
    said = person if person is not None else {**(alive or {}), "name": None}
    profile, complaints = Profile.read(place.person_id, said)
    since = (person or {}).get("createdAt")
    return StoredPerson(
        photo=photo or {},
        person_exists=person is not None,
        person_since=since if isinstance(since, datetime) else None,
        profile=profile,
        complaints=complaints,
        person=_vectors(place.person_id, model_id, profile, alive),
        synced_profile=None if alive is None else Profile.read(place.person_id, alive)[0],
        is_enrolled=bool((alive or {}).get("photoIds")),
        deleted_at=(gallery or {}).get("deletedAt"),
        gallery_state=state,
    )


def _vectors(
    person_id: str, model_id: str, profile: Profile, gallery: dict[str, Any] | None
) -> PersonVectors:
    nothing = np.empty((0, 0), np.float32)
    person = PersonVectors(
        person_id, profile.name, model_id, nothing, (), profile.muted, profile.consent_ends
    )
    if gallery is None:
        return person
    try:
        stored = from_document(person_id, gallery)
    except CorruptGallery as error:
        log(Severity.ERROR, "gallery unreadable", person=person_id, error=error.message)
        kept = negatives(person_id, gallery)
        return replace(person, negatives=kept, lookalikes=lookalikes(gallery))
    # corrections are kept when the model changes: they count again when that model is installed again
    person = replace(person, negatives=stored.negatives, lookalikes=stored.lookalikes)
    if stored.model_id != model_id:
        return person
    return replace(person, vectors=stored.vectors, photo_ids=stored.photo_ids)

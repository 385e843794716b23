"""A person as one step of the enrolment reads it: what the owner says, the vectors, one photo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lookout.cloud.firebase.transaction import Transaction
from lookout.cloud.gallery.person_document import from_document, lookalikes, negatives
from lookout.cloud.gallery.state import state_reference
from lookout.domain.people.person import Profile
from lookout.domain.people.photo import PhotoPath
from lookout.domain.recognition.gallery import PersonVectors
from lookout.errors import CorruptGallery
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """What was read for a step.

    ``photo`` is the photo's document, empty where there is none; ``version`` the gallery's. ``profile`` is what
    the owner says of the person, with a complaint per unusable value; ``carried`` is what of it the gallery has,
    None where it has no vectors. ``person`` has the vectors of the installed model, and all that was learnt.
    """

    photo: dict[str, Any]
    person_exists: bool
    person_since: datetime | None
    profile: Profile
    complaints: list[str]
    person: PersonVectors
    carried: Profile | None
    deleted_at: datetime | None
    version: int


def read_person(transaction: Transaction, db: Client, model_id: str, place: PhotoPath) -> StoredPerson:
    """All that concerns a person and one of the person's photos, as it was at one moment."""
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
    # of somebody whose deletion is still on the way, the gallery alone says whether the consent has ended
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
        carried=None if alive is None else Profile.read(place.person_id, alive)[0],
        deleted_at=(gallery or {}).get("deletedAt"),
        version=int((state or {}).get("version", 0)),
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
        log(Severity.ERROR, "an unreadable gallery is begun anew", person=person_id, error=error.message)
        kept = negatives(person_id, gallery)
        return replace(person, negatives=kept, lookalikes=lookalikes(gallery))
    # what an owner corrected outlives a change of the model, and waits for the day that model is back
    person = replace(person, negatives=stored.negatives, lookalikes=stored.lookalikes)
    if stored.model_id != model_id:
        return person
    return replace(person, vectors=stored.vectors, photo_ids=stored.photo_ids)

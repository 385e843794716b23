"""``gallery/{personId}``: a person's vectors as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from lookout.documents.people import GalleryPerson
from lookout.domain.recognition.gallery import NEGATIVES_KEPT, Negative, PersonVectors, pack, unpack
from lookout.errors import CorruptGallery
from lookout.log import Severity, log


def to_document(person: PersonVectors, version: int) -> GalleryPerson:
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


def from_document(person_id: str, document: dict[str, Any]) -> PersonVectors:
    """A person's vectors from ``gallery/{personId}``.

    Raises:
        CorruptGallery: a field is missing or of the wrong type, or the vectors cannot be read.
    """
    try:
        photo_ids = tuple(str(photo_id) for photo_id in document["photoIds"])
        data = document["vectors"]
        if not isinstance(data, bytes):
            raise TypeError("vectors are no bytes")
        # without the dimension, half of the bytes would be read as vectors of half the length
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
    """The person's negatives that can be read, even if the person's own vectors cannot.

    ``dimension`` is that of the person's vectors, None if they are not known.
    """
    listed = document.get("negatives") or []
    found = []
    for stored in listed if isinstance(listed, list) else [listed]:
        try:
            # one of another length than the vectors would make every match of the person fail
            own = stored["modelId"] == document.get("modelId")
            (vector,) = unpack(stored["vector"], 1, dimension if own else None)
            found.append(
                Negative(stored["alertId"], stored["personId"], stored["modelId"], np.asarray(vector))
            )
        except (CorruptGallery, KeyError, TypeError) as error:
            # the person is still matched, without this correction
            log(Severity.ERROR, "correction unreadable", person=person_id, error=repr(error))
    return tuple(found)


def lookalikes(document: dict[str, Any]) -> dict[str, float]:
    """The person's look-alikes that can be read. The next change of the person finds the others again."""
    listed = document.get("lookalikes")
    if not isinstance(listed, dict):
        return {}
    return {other: float(distance) for other, distance in listed.items() if isinstance(distance, int | float)}

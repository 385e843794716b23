"""Enrolling photos again: after a change of the model, or when their enrolment was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lookout.cloud.app import reaching
from lookout.domain.enrolment import PhotoPath, PhotoStatus


def stale_photos(db: Any, model_id: str) -> Iterator[str]:
    """Paths of the photos that were not dealt with by the model ``model_id``.

    Raises:
        Unavailable: Firestore did not answer.
    """
    with reaching("Firestore"):
        for photo in db.collection_group("photos").stream():
            stored = photo.to_dict()
            if stored.get("status") == PhotoStatus.PROCESSING or stored.get("modelId") != model_id:
                # by its own place: one document that lacks a field must not keep all photos from being enrolled
                yield str(PhotoPath(photo.reference.parent.parent.id, photo.id))


def upload_again(bucket: Any, path: str) -> bool:
    """Put a photo where it is once more, as a new generation, so that it is enrolled by the ordinary path.

    Returns False when it is not there any more.

    Raises:
        Unavailable: Storage did not answer.
    """
    with reaching("Storage"):
        blob = bucket.get_blob(path)
        if blob is None:
            return False
        # only if nobody replaced it meanwhile: the newer photo must win
        unchanged = blob.generation
        data = blob.download_as_bytes()
        blob.upload_from_string(data, blob.content_type, if_generation_match=unchanged)
        return True

"""``people/{personId}/photos/{photoId}``: one version of an uploaded photo, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lookout.documents import people as documents
from lookout.domain.people.photo import PhotoPath, PhotoStatus
from lookout.domain.recognition.face import Quality


@dataclass(frozen=True, slots=True)
class Photo:
    """One version of an uploaded photo. ``generation`` is Storage's number of the version. ``by_job``: a job
    brought it, for a person who was there."""

    place: PhotoPath
    generation: int
    created_at: datetime
    by_job: bool = False


def photo_document(photo: Photo, status: PhotoStatus) -> documents.Photo:
    """The photo's document in that state, with no outcome yet."""
    return {
        "path": str(photo.place),
        "generation": photo.generation,
        "status": status,
        "reason": None,
        "quality": None,
        "modelId": None,
        "createdAt": photo.created_at,
    }


def enrolled_document(photo: Photo, model_id: str, quality: Quality) -> documents.Photo:
    """The photo's document once its face is enrolled, with what kind of shot it is."""
    return {
        **photo_document(photo, PhotoStatus.ENROLLED),
        "quality": quality.score,
        "modelId": model_id,
        "yaw": round(quality.yaw, 3),
        "light": round(quality.light, 1),
    }

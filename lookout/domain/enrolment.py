"""Which photos are people enrolled from, and which face of a photo is the person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lookout.domain.face import Face
from lookout.domain.reason import Reason
from lookout.errors import PhotoRejected

CLEARLY_LARGER = 2.0
"""The person's face must have this many times the area of the next one; people behind are then no matter."""

_FORBIDDEN_ID = re.compile(r"\.{1,2}|__.*__", re.DOTALL)  # what Firestore does not allow as a document's id


class PhotoStatus(StrEnum):
    """Where a photo stands."""

    PROCESSING = "processing"
    ENROLLED = "enrolled"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PhotoPath:
    """A photo's place: ``faces/{person_id}/{photo_id}``."""

    person_id: str
    photo_id: str

    @classmethod
    def parse(cls, path: str) -> PhotoPath | None:
        """The place that ``path`` names, or None when it is not that of a photo."""
        match path.split("/"):
            case ["faces", person_id, photo_id] if all(map(_is_document_id, (person_id, photo_id))):
                return cls(person_id, photo_id)
            case _:
                return None

    def __str__(self) -> str:
        return f"faces/{self.person_id}/{self.photo_id}"


def _is_document_id(text: str) -> bool:
    try:
        return 0 < len(text.encode()) <= 1500 and not _FORBIDDEN_ID.fullmatch(text)
    except UnicodeEncodeError:
        return False


def main_face(faces: Sequence[Face]) -> Face:
    """The face a photo is enrolled by: its only one, or one clearly larger than all others.

    Raises:
        PhotoRejected: there is no such face, or it is too poor; the message tells the owner what to do.
    """
    if not faces:
        raise PhotoRejected("no face found: use a photo in which the face is seen from the front")
    largest, *rest = sorted(faces, key=lambda face: -face.box.area)
    if rest and largest.box.area < CLEARLY_LARGER * rest[0].box.area:
        raise PhotoRejected("two faces of similar size: crop to one")
    if largest.flaw is not None:
        raise PhotoRejected(_advice(largest, largest.flaw))
    return largest


def _advice(face: Face, flaw: Reason) -> str:
    match flaw:
        case Reason.TOO_SMALL:
            return f"the face is only {face.quality.pixels:.0f} pixels wide: use a closer or larger photo"
        case Reason.TOO_BLURRED:
            return "the face is blurred: use a sharper photo"
        case Reason.TOO_DARK:
            return "the face is too dark: use a photo with light on the face"
        case Reason.TURNED_AWAY:
            return "the face is turned away: use a photo from the front"
        case _:
            return f"the face cannot be used ({flaw}): use another photo"

"""Photos that people are enrolled from: paths and states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lookout.domain.people.requests import is_document_id


class PhotoStatus(StrEnum):
    """The state of a photo."""

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
        """The place at ``path``; None if it is no photo's path."""
        match path.split("/"):
            case ["faces", person_id, photo_id] if all(map(is_document_id, (person_id, photo_id))):
                return cls(person_id, photo_id)
            case _:
                return None

    def __str__(self) -> str:
        return f"faces/{self.person_id}/{self.photo_id}"

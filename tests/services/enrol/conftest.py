"""The enrolment service, on the emulators, with photos put into Storage as an owner's upload puts them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from lookout.cloud.firebase.stores import Stores
from lookout.services import enrol
from lookout.settings import Settings
from tests.support.household import Household

register_heif_opener()


@pytest.fixture(scope="session")
def face(photos: Path) -> bytes:
    """A good photo."""
    return (photos / "obama.jpg").read_bytes()


@pytest.fixture(scope="session")
def other_face(photos: Path) -> bytes:
    """A good photo of somebody else."""
    return (photos / "biden.jpg").read_bytes()


@pytest.fixture(scope="session")
def strangers(photos: Path) -> list[bytes]:
    """Good photos of six people, one each, out of a picture of all six."""
    corners = [(463, 265), (55, 254), (905, 59), (748, 341), (267, 143), (1131, 273)]
    with Image.open(photos / "t1.jpg") as picture:
        crops = [picture.crop((x - 40, y - 40, x + 150, y + 185)) for x, y in corners]
    return [encoded(crop.convert("RGB")) for crop in crops]


def recoded(photo: bytes, kind: str) -> bytes:
    """The photo as "JPEG", "PNG", "WEBP", "HEIF" or "AVIF"."""
    with Image.open(io.BytesIO(photo)) as opened:
        return encoded(opened.convert("RGB"), kind)


def encoded(picture: Image.Image, kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    picture.save(made, kind)
    return made.getvalue()


@dataclass
class EnrolmentHouse(Household):
    """A warm instance of ``enroll``, and the stores it works on."""

    service: Any

    def another(self, db: Any = None, bucket: Any = None, **changes: Any) -> Any:
        """An instance of its own."""
        return enrol.EnrolmentService(*self.changed(db, bucket, **changes))

    def delete(self, path: str) -> None:
        self.bucket.blob(path).delete()

    def enrol(self, path: str, data: bytes) -> tuple[int, str]:
        """Upload a photo and deal with its event: the generation, and what was done."""
        generation = self.upload(path, data)
        return generation, self.service.photo_arrived(path, generation)

    def delete_person(self, person_id: str) -> str:
        """Delete the person's document, as an owner does, and deal with the event."""
        self.db.document(f"people/{person_id}").delete()
        done: str = self.service.person_left(person_id, datetime.now(UTC))
        return done

    def person(self, person_id: str) -> dict[str, Any] | None:
        return self.get(f"people/{person_id}")

    def photo(self, path: str) -> dict[str, Any] | None:
        """The document of the photo at ``faces/{person}/{photo}``."""
        _, person_id, photo_id = path.split("/")
        return self.get(f"people/{person_id}/photos/{photo_id}")

    def gallery(self, person_id: str) -> dict[str, Any]:
        """The person's vectors as they are stored."""
        return self.get(f"gallery/{person_id}") or {}

    def version(self) -> int:
        return int((self.db.document("gallery_state/current").get().to_dict() or {}).get("version", 0))

    def enrolled(self, person_id: str) -> list[str]:
        """The photos that the person can be recognised by, consistent in all that is stored of them."""
        gallery, person = self.gallery(person_id), self.person(person_id)
        ids = sorted(gallery.get("photoIds", []))
        assert len(gallery.get("vectors", b"")) == len(ids) * 1024
        assert person is None or person["photoCount"] == len(ids)
        photos = self.db.collection(f"people/{person_id}/photos").get()
        assert sorted(photo.id for photo in photos if photo.get("status") == "enrolled") == ids
        return ids


@pytest.fixture
def house(settings: Settings, stores: Stores, db: Any, bucket: Any, photos: Path) -> EnrolmentHouse:
    assert photos
    return EnrolmentHouse(settings, db, bucket, enrol.EnrolmentService(settings, stores))

"""Photos of the Flask program's ``faces_db/<name>/``: whose each is, what is wrong with it, and its upload.

What was brought before is found again by its bytes, so that an import may be interrupted and run again.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import storage_options
from lookout.cloud.firebase.stores import Stores
from lookout.documents.people import Person
from lookout.domain.people.person import Profile
from lookout.domain.people.photo import PhotoPath, PhotoStatus
from lookout.domain.people.requests import clean_name, find_by_folder, is_document_id, new_person_id
from lookout.errors import BadRequest, PhotoRejected

if TYPE_CHECKING:
    from lookout.settings import Settings

AT_ONCE = 8
"""Photos that are uploaded before their outcomes are waited for."""

WAIT_SECONDS = 120.0
"""How long, without one more outcome. A function that has to start first takes seconds."""

Outcome = tuple[Path, str]
"""A file and what became of it, in words."""


@dataclass(frozen=True, slots=True)
class Found:
    """A photo that can be enrolled, as far as can be told here."""

    file: Path
    place: PhotoPath
    name: str
    data: bytes


class Import:
    """Brings what is below ``folder``. Every method raises ``Unavailable`` when a store does not answer."""

    def __init__(self, settings: Settings, stores: Stores, folder: Path) -> None:
        self._settings = settings
        self._stores = stores
        self._folder = folder
        self._people: dict[str, str] = {}
        self._md5s: dict[str, dict[str, str]] = {}

    def look(self) -> Iterator[Outcome | Found]:
        """Every file below the folder, by path: a photo to bring, or why it is none or need not be brought."""
        with store_errors("Firestore"):
            people = self._stores.db.collection("people").select(["name"]).stream(**self._stores.options)
            self._people = {one.id: Profile.read(one.id, one.to_dict() or {})[0].name for one in people}
        for file in sorted(
            path for path in self._folder.rglob("*") if path.is_symlink() or not path.is_dir()
        ):
            try:
                yield self._look(file)
            except PhotoRejected as rejection:
                yield file, f"not taken: {rejection.message}"
            except OSError as error:
                yield file, f"not taken: it cannot be read ({error.strerror})"

    def bring(self, found: Sequence[Found]) -> Iterator[Outcome]:
        """Upload photos, a few at a time; what became of each when the site has looked at it."""
        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            for one in some:
                self._upload(one)
            yield from self._outcomes(some)

    def _look(self, file: Path) -> Outcome | Found:
        from lookout.domain.people.enrolment import main_face
        from lookout.vision.image.photo import decode_photo
        from lookout.vision.recogniser import recogniser

        person, *rest = file.relative_to(self._folder).parts
        if not rest:
            raise PhotoRejected("whose photo is this? Move it into a folder of the person's name")
        if len(rest) > 1:
            raise PhotoRejected("it lies too deep: move it directly into the folder of its person")
        if file.is_symlink() or not file.is_file():
            raise PhotoRejected("it is a link or no file: put the photo itself there")
        limit = self._settings.limits.max_upload_bytes
        if file.stat().st_size > limit:
            raise PhotoRejected(f"larger than {limit // 1024 // 1024} MB: use a smaller copy")
        data = file.read_bytes()
        person_id, name = self._person(person)
        there = self._there(person_id)
        same = next((path for path, md5 in there.items() if md5 == _md5(data)), None)
        if same is not None:
            return file, f"there already, as {same}"
        picture = decode_photo(data, self._settings.recognition.max_frame_side)
        main_face(recogniser(self._settings).see(picture).faces)
        place = PhotoPath(person_id, _photo_id(rest[0], data, person_id, there))
        there[str(place)] = _md5(data)
        return Found(file, place, name, data)

    def _person(self, folder: str) -> tuple[str, str]:
        """Id and name of the person whose folder it is, who may be new."""
        try:
            name = clean_name(folder)
        except (BadRequest, UnicodeError):
            raise PhotoRejected("its folder is no name: give it one of 1 to 100 characters") from None
        person_id = find_by_folder(name, self._people)
        if person_id is None:
            person_id = new_person_id(name, self._people)
            self._people[person_id] = name
        return person_id, self._people[person_id]

    def _there(self, person_id: str) -> dict[str, str]:
        """The photos of a person in Storage, each with the MD5 of its bytes."""
        if person_id not in self._md5s:
            with store_errors("Storage"):
                blobs = self._stores.bucket.list_blobs(
                    prefix=f"faces/{person_id}/", **storage_options(self._stores)
                )
                self._md5s[person_id] = {blob.name: blob.md5_hash or "" for blob in blobs}
        return self._md5s[person_id]

    def _upload(self, one: Found) -> None:
        from google.api_core.exceptions import AlreadyExists

        if one.name != one.place.person_id:
            # enrolling makes a person of the folder's name; this one is called otherwise
            person: Person = {
                "name": one.name,
                "muted": False,
                "createdAt": datetime.now(UTC),
                "photoCount": 0,
            }
            with store_errors("Firestore"):
                document = self._stores.db.document(f"people/{one.place.person_id}")
                with suppress(AlreadyExists):
                    document.create(dict(person), **self._stores.options)
        with store_errors("Storage"):
            self._stores.bucket.blob(str(one.place)).upload_from_string(
                one.data, "application/octet-stream", **storage_options(self._stores)
            )

    def _outcomes(self, some: Sequence[Found]) -> Iterator[Outcome]:
        waiting = list(some)
        deadline = time.monotonic() + WAIT_SECONDS
        while waiting and time.monotonic() < deadline:
            told = self._documents(one.place for one in waiting)
            for one in [one for one in waiting if str(one.place) in told]:
                waiting.remove(one)
                deadline = time.monotonic() + WAIT_SECONDS
                yield one.file, told[str(one.place)]
            if waiting:
                time.sleep(0.5)
        for one in waiting:
            yield one.file, f"uploaded as {one.place}, and not enrolled yet: is the function enroll there?"

    def _documents(self, places: Iterable[PhotoPath]) -> dict[str, str]:
        """What was said of photos, of those that were looked at."""
        people = self._stores.db.collection("people")
        references = [
            people.document(place.person_id).collection("photos").document(place.photo_id) for place in places
        ]
        with store_errors("Firestore"):
            found = self._stores.db.get_all(references, ["status", "reason", "path"], **self._stores.options)
            documents = [one.to_dict() or {} for one in found]
        return {
            document["path"]: said(document)
            for document in documents
            if document.get("status") in (PhotoStatus.ENROLLED, PhotoStatus.REJECTED)
        }


def said(document: dict[str, object]) -> str:
    """What a photo's document says of it, in words."""
    if document["status"] == PhotoStatus.ENROLLED:
        return f"enrolled as {document['path']}"
    return f"not taken: {document.get('reason')}"


def _photo_id(file: str, data: bytes, person_id: str, there: dict[str, str]) -> str:
    """A name under which the photo fits beside those that are there; the same bytes get the same."""
    digest = hashlib.sha256(data).hexdigest()
    if is_document_id(file) and f"faces/{person_id}/{file}" not in there:
        return file
    kept = file if is_document_id(file) and len(file) < 200 else "photo"
    return f"{digest[:12]}-{kept}"


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


Say = Callable[[str], None]


def report(outcomes: Iterable[Outcome], folder: Path, say: Say) -> int:
    """Say what became of each file; how many were not taken."""
    refused = 0
    for file, outcome in outcomes:
        # a file may be called anything
        say(f"  {ascii(str(file.relative_to(folder)))[1:-1]}: {outcome}")
        refused += outcome.startswith("not taken")
    return refused

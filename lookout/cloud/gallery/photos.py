"""Photos of people in Storage: listed, moved and uploaded again. Storage decides which photos there are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import JOB, storage_options
from lookout.cloud.firebase.stores import Stores
from lookout.domain.people.photo import PhotoPath

FOLDER = "faces/"

TRIES = "enrolTries"
"""The metadata field with the number of times a photo was uploaded again."""


@dataclass(frozen=True, slots=True)
class UploadedPhoto:
    """One version of an object under ``faces/``. ``tries`` is how often it was uploaded again to be enrolled."""

    path: str
    generation: int
    created_at: datetime
    tries: int

    @property
    def place(self) -> PhotoPath | None:
        """The photo's place; None for an object in no person's folder."""
        return PhotoPath.parse(self.path)


def uploaded(stores: Stores) -> list[UploadedPhoto]:
    """All objects under ``faces/``, by path.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix=FOLDER, **storage_options(stores))
        found = [
            UploadedPhoto(blob.name, int(blob.generation), blob.time_created, _tries(blob.metadata))
            for blob in blobs
        ]
    # the console makes a folder as an object whose name ends with a slash
    return sorted((one for one in found if not one.path.endswith("/")), key=lambda one: one.path)


def upload_again(stores: Stores, path: str) -> bool:
    """Upload a photo again in its place, as a new generation, so that it is enrolled as any upload.

    Returns False when it does not exist any more.

    Raises:
        Unavailable: Storage did not answer, or somebody replaced the photo meanwhile.
    """
    with store_errors("Storage"), _absent_is_fine():
        blob = stores.bucket.get_blob(path, **storage_options(stores))
        if blob is None:
            return False
        # refused if the photo was replaced meanwhile: the newer one must stay
        unchanged = blob.generation
        data = blob.download_as_bytes(**storage_options(stores))
        again = stores.bucket.blob(path)
        by_job = {name: value for name, value in (blob.metadata or {}).items() if name == JOB}
        again.metadata = by_job | {TRIES: str(_tries(blob.metadata) + 1)}
        again.upload_from_string(
            data, blob.content_type, if_generation_match=unchanged, **storage_options(stores)
        )
        return True
    return False


def move(stores: Stores, path: str, generation: int, folder: str) -> str | None:
    """Move that version of the object at ``path`` into another ``folder``.

    Its name there is one that is free, or has the same bytes. Returns the new path; None when that version does
    not exist any more.

    Raises:
        Unavailable: Storage did not answer; it may be called again.
    """
    with store_errors("Storage"), _absent_is_fine():
        found = stores.bucket.get_blob(path, **storage_options(stores))
        if found is None or int(found.generation) != generation:
            return None
        data = found.download_as_bytes(**storage_options(stores))
        to = folder + path.rpartition("/")[2]
        there = stores.bucket.get_blob(to, **storage_options(stores))
        if there is not None and there.md5_hash != found.md5_hash:
            # from its bytes: a second call finds the same name
            to = f"{folder}{hashlib.sha256(data).hexdigest()[:12]}-{path.rpartition('/')[2]}"
            there = stores.bucket.get_blob(to, **storage_options(stores))
        if there is None:
            stores.bucket.blob(to).upload_from_string(
                data,
                found.content_type,
                if_generation_match=0,
                **storage_options(stores),
            )
        found.delete(if_generation_match=generation, **storage_options(stores))
        return to
    return None


def _tries(metadata: Mapping[str, str] | None) -> int:
    text = (metadata or {}).get(TRIES, "")
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _absent_is_fine() -> suppress:
    from google.api_core.exceptions import NotFound

    return suppress(NotFound)

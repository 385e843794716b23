"""Photos of people in Storage, which is the truth about them: listed, moved, and put there once more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import storage_options
from lookout.cloud.firebase.stores import Stores
from lookout.domain.people.photo import PhotoPath

FOLDER = "faces/"

TRIES = "enrolTries"
"""The metadata of a photo in which it stands how often it was put there once more."""


@dataclass(frozen=True, slots=True)
class UploadedPhoto:
    """One version of what lies under ``faces/``. ``place`` is None for what is in no person's folder; ``tries`` is
    how often it was put there once more to be enrolled."""

    path: str
    generation: int
    created_at: datetime
    tries: int

    @property
    def place(self) -> PhotoPath | None:
        """Whose photo it is."""
        return PhotoPath.parse(self.path)


def uploaded(stores: Stores) -> list[UploadedPhoto]:
    """All that lies under ``faces/``, by path.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix=FOLDER, **storage_options(stores))
        found = [
            UploadedPhoto(blob.name, int(blob.generation), blob.time_created, _tries(blob.metadata))
            for blob in blobs
        ]
    # a folder made by hand is an object without a name
    return sorted((one for one in found if not one.path.endswith("/")), key=lambda one: one.path)


def upload_again(stores: Stores, path: str) -> bool:
    """Put a photo where it is once more, as a new generation, so that it is enrolled by the ordinary path.

    Returns False when it is not there any more.

    Raises:
        Unavailable: Storage did not answer, or somebody replaced the photo meanwhile.
    """
    with store_errors("Storage"), _absent_is_fine():
        blob = stores.bucket.get_blob(path, **storage_options(stores))
        if blob is None:
            return False
        # only if nobody replaced it meanwhile: the newer photo must win
        unchanged = blob.generation
        data = blob.download_as_bytes(**storage_options(stores))
        again = stores.bucket.blob(path)
        again.metadata = {TRIES: str(_tries(blob.metadata) + 1)}
        again.upload_from_string(
            data, blob.content_type, if_generation_match=unchanged, **storage_options(stores)
        )
        return True
    return False


def move(stores: Stores, path: str, generation: int, folder: str) -> str | None:
    """Move that version of what is at ``path`` into another ``folder``, under a name that is free or has just
    these bytes. Returns where it is now, None when that version is gone.

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
            # by its bytes: the same name when this is done again
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

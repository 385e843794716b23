"""Pictures in Storage: alerts' frames and faces, and the photos people are enrolled from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from lookout.cloud.firebase.calls import CallOptions, store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.errors import Unavailable
from lookout.log import Severity, log

CHUNK = 2 * 1024 * 1024
"""How much of a stream is uploaded at once."""

JOB = "lookoutJob"
"""The metadata field with the id of the job that stored a photo."""

EMULATOR_CHUNK = 128 * 1024 * 1024
"""The emulator takes the first chunk for the whole, and 130 MB at most."""


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """What Storage knows of an uploaded photo."""

    generation: int
    size: int
    created_at: datetime
    by_job: bool = False
    """Whether a job stored it, and nobody uploaded it."""


def store(stores: Stores, jpegs: Mapping[str, bytes], metadata: Mapping[str, str] | None = None) -> None:
    """Upload JPEG pictures, each under its path and all with that ``metadata``.

    Raises:
        Unavailable: Storage did not take them all.
    """
    with store_errors("Storage"):
        for path, jpeg in jpegs.items():
            blob = stores.bucket.blob(path)
            blob.metadata = None if metadata is None else dict(metadata)
            blob.upload_from_string(jpeg, "image/jpeg", **storage_options(stores))


def store_stream(stores: Stores, path: str, chunks: Iterable[bytes], kind: str, disposition: str) -> int:
    """Upload what comes in ``chunks``, which is never whole in memory; how many bytes it was.

    Nothing is stored unless all of it came.

    Raises:
        Unavailable: Storage did not take it all.
    """
    blob = stores.bucket.blob(path)
    blob.content_disposition = disposition
    size = EMULATOR_CHUNK if "STORAGE_EMULATOR_HOST" in os.environ else CHUNK
    count = 0
    with (
        store_errors("Storage"),
        blob.open("wb", size, True, content_type=kind, **storage_options(stores)) as file,
    ):
        for chunk in chunks:
            count += file.write(chunk)
    return count


def remove(stores: Stores, path: str) -> None:
    """Delete a picture that nothing refers to. One that cannot be deleted is logged, not raised."""
    try:
        with store_errors("Storage"), _absent_is_fine():
            stores.bucket.blob(path).delete(**storage_options(stores))
    except Unavailable as error:
        log(Severity.ERROR, "picture not deleted", path=path, error=error.message)


def are_stored(stores: Stores, paths: Iterable[str]) -> bool:
    """Whether there is something under each of the ``paths``.

    Raises:
        Unavailable: Storage did not answer.
    """
    return all(photo(stores, path) is not None for path in paths)


def photo(stores: Stores, path: str) -> StoredPhoto | None:
    """What Storage holds under ``path`` at the moment; None when there is nothing.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blob = stores.bucket.get_blob(path, **storage_options(stores))
    if blob is None:
        return None
    return StoredPhoto(int(blob.generation), int(blob.size), blob.time_created, JOB in (blob.metadata or {}))


def photo_bytes(stores: Stores, path: str) -> bytes | None:
    """The bytes under ``path``; None when they were deleted meanwhile.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"), _absent_is_fine():
        data: bytes = stores.bucket.blob(path).download_as_bytes(**storage_options(stores))
        return data
    return None


def remove_photos(stores: Stores, person_id: str, until: datetime) -> int:
    """Delete a person's photos that were uploaded up to a moment; how many there were.

    Raises:
        Unavailable: Storage did not answer.
    """
    count = 0
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix=f"faces/{person_id}/", **storage_options(stores))
        for blob in blobs:
            if blob.time_created <= until:
                with _absent_is_fine():
                    blob.delete(**storage_options(stores))
                count += 1
    return count


def names(stores: Stores, prefix: str) -> list[str]:
    """What is stored below ``prefix``, without it.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix=prefix, **storage_options(stores))
        return sorted(blob.name.removeprefix(prefix) for blob in blobs)


def brought_by(stores: Stores, prefix: str, job_id: str) -> list[str]:
    """The paths below ``prefix`` of what the job stored.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix=prefix, **storage_options(stores))
        return [blob.name for blob in blobs if (blob.metadata or {}).get(JOB) == job_id]


def copy(stores: Stores, path: str, to: str, metadata: Mapping[str, str] | None = None) -> bool:
    """Store what is at ``path`` also at ``to``, if nothing is there, with that ``metadata``. False when there is
    nothing at ``path``.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"), _absent_is_fine():
        if stores.bucket.get_blob(to, **storage_options(stores)) is not None:
            return True
        found = stores.bucket.get_blob(path, **storage_options(stores))
        if found is not None:
            data = found.download_as_bytes(**storage_options(stores))
            kind = found.content_type
            blob = stores.bucket.blob(to)
            blob.metadata = None if metadata is None else dict(metadata)
            blob.upload_from_string(data, kind, **storage_options(stores))
            return True
    return False


def remove_folder(stores: Stores, prefix: str) -> int:
    """Delete everything below ``prefix``; how many pictures there were.

    Raises:
        Unavailable: Storage did not answer.
    """
    count = 0
    with store_errors("Storage"):
        for blob in stores.bucket.list_blobs(prefix=prefix, **storage_options(stores)):
            with _absent_is_fine():
                blob.delete(**storage_options(stores))
                count += 1
    return count


def older_than(stores: Stores, prefix: str, moment: datetime) -> list[str]:
    """The paths that begin with ``prefix`` and were stored before a moment.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix=prefix, **storage_options(stores))
        return [blob.name for blob in blobs if blob.time_created < moment]


def remove_all(stores: Stores, paths: Iterable[str]) -> int:
    """Delete what is stored at ``paths``; how much of it was there.

    Raises:
        Unavailable: Storage did not answer.
    """
    count = 0
    with store_errors("Storage"):
        for path in paths:
            with _absent_is_fine():
                stores.bucket.blob(path).delete(**storage_options(stores))
                count += 1
    return count


def _absent_is_fine() -> suppress:
    from google.api_core.exceptions import NotFound

    return suppress(NotFound)


def storage_options(stores: Stores) -> CallOptions:
    """Keyword arguments of a call of Storage, which is made again after a passing failure."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return {"retry": DEFAULT_RETRY.with_timeout(stores.timeout), "timeout": stores.timeout}

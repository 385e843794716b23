"""Pictures in Storage: alerts' frames and faces, and the photos people are enrolled from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.errors import Unavailable
from lookout.log import Severity, log

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Bucket


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """What Storage knows of an uploaded photo."""

    generation: int
    size: int
    created_at: datetime


def store(bucket: Bucket, jpegs: Mapping[str, bytes], timeout: float) -> None:
    """Upload JPEG pictures, each under its path.

    Raises:
        Unavailable: Storage did not take them all.
    """
    with store_errors("Storage"):
        for path, jpeg in jpegs.items():
            bucket.blob(path).upload_from_string(jpeg, "image/jpeg", timeout=timeout, retry=_retry(timeout))


def remove(bucket: Bucket, path: str, timeout: float) -> None:
    """Delete a picture that nothing refers to. One that cannot be deleted is logged, not raised."""
    try:
        with store_errors("Storage"), _absent_is_fine():
            bucket.blob(path).delete(timeout=timeout, retry=_retry(timeout))
    except Unavailable as error:
        log(Severity.ERROR, "a picture is left behind", path=path, error=error.message)


def are_stored(bucket: Bucket, paths: Iterable[str], timeout: float) -> bool:
    """Whether there is something under each of the ``paths``.

    Raises:
        Unavailable: Storage did not answer.
    """
    return all(photo(bucket, path, timeout) is not None for path in paths)


def photo(bucket: Bucket, path: str, timeout: float) -> StoredPhoto | None:
    """What Storage holds under ``path`` at the moment; None when there is nothing.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blob = bucket.get_blob(path, timeout=timeout, retry=_retry(timeout))
    return None if blob is None else StoredPhoto(int(blob.generation), int(blob.size), blob.time_created)


def photo_bytes(bucket: Bucket, path: str, timeout: float) -> bytes | None:
    """The bytes under ``path``; None when they were deleted meanwhile.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"), _absent_is_fine():
        data: bytes = bucket.blob(path).download_as_bytes(timeout=timeout, retry=_retry(timeout))
        return data
    return None


def remove_photos(bucket: Bucket, person_id: str, until: datetime, timeout: float) -> int:
    """Delete a person's photos that were uploaded up to a moment; how many there were.

    Raises:
        Unavailable: Storage did not answer.
    """
    count = 0
    with store_errors("Storage"):
        blobs = bucket.list_blobs(prefix=f"faces/{person_id}/", timeout=timeout, retry=_retry(timeout))
        for blob in blobs:
            if blob.time_created <= until:
                with _absent_is_fine():
                    blob.delete(timeout=timeout, retry=_retry(timeout))
                count += 1
    return count


def names(bucket: Bucket, prefix: str, timeout: float) -> list[str]:
    """What is stored below ``prefix``, without it.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = bucket.list_blobs(prefix=prefix, timeout=timeout, retry=_retry(timeout))
        return sorted(blob.name.removeprefix(prefix) for blob in blobs)


def copy(bucket: Bucket, path: str, to: str, timeout: float) -> bool:
    """Store what is at ``path`` also at ``to``, if nothing is there. False when there is nothing at ``path``.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"), _absent_is_fine():
        if bucket.get_blob(to, timeout=timeout, retry=_retry(timeout)) is not None:
            return True
        found = bucket.get_blob(path, timeout=timeout, retry=_retry(timeout))
        if found is not None:
            data = found.download_as_bytes(timeout=timeout, retry=_retry(timeout))
            kind = found.content_type
            bucket.blob(to).upload_from_string(data, kind, timeout=timeout, retry=_retry(timeout))
            return True
    return False


def remove_folder(bucket: Bucket, prefix: str, timeout: float) -> int:
    """Delete everything below ``prefix``; how many pictures there were.

    Raises:
        Unavailable: Storage did not answer.
    """
    count = 0
    with store_errors("Storage"):
        for blob in bucket.list_blobs(prefix=prefix, timeout=timeout, retry=_retry(timeout)):
            with _absent_is_fine():
                blob.delete(timeout=timeout, retry=_retry(timeout))
                count += 1
    return count


def older_than(bucket: Bucket, prefix: str, moment: datetime, timeout: float) -> list[str]:
    """The paths that begin with ``prefix`` and were stored before a moment.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = bucket.list_blobs(prefix=prefix, timeout=timeout, retry=_retry(timeout))
        return [blob.name for blob in blobs if blob.time_created < moment]


def remove_all(bucket: Bucket, paths: Iterable[str], timeout: float) -> int:
    """Delete what is stored at ``paths``; how much of it was there.

    Raises:
        Unavailable: Storage did not answer.
    """
    count = 0
    with store_errors("Storage"):
        for path in paths:
            with _absent_is_fine():
                bucket.blob(path).delete(timeout=timeout, retry=_retry(timeout))
                count += 1
    return count


def _absent_is_fine() -> suppress:
    from google.api_core.exceptions import NotFound

    return suppress(NotFound)


def _retry(timeout: float) -> Any:
    from google.cloud.storage.retry import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(timeout)

"""Takes download tokens off pictures: whoever has one sees the picture without signing in, until it is deleted.

The server writes pictures without tokens. Firebase's own uploads, by browsers and agents, put one on, and so may a
look at a picture's metadata by somebody who may see it.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import store_errors

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Bucket

TOKENS = "firebaseStorageDownloadTokens"
"""The field of an object's own metadata in which Firebase keeps them."""

FOLDERS = ("snapshots/", "faces/", "strangers/", "alerts/")
"""Where pictures are that somebody who signs in may see."""

SECONDS = 60.0
"""Longest that one look for tokens may take."""


def strip(bucket: Bucket, path: str, timeout: float) -> bool:
    """Take the tokens off the picture at ``path``. False when there is none, or it has none.

    Raises:
        Unavailable: Storage did not answer, or the picture was changed at the same moment.
    """
    from google.api_core.exceptions import MethodNotImplemented
    from google.cloud.storage.retry import DEFAULT_RETRY

    again = DEFAULT_RETRY.with_timeout(timeout)
    with store_errors("Storage"):
        blob = bucket.get_blob(path, timeout=timeout, retry=again)
        if blob is None or TOKENS not in (blob.metadata or {}):
            return False
        others = {name: text for name, text in (blob.metadata or {}).items() if name != TOKENS}
        # a field is taken away by writing None
        blob.metadata = {**others, TOKENS: None}  # type: ignore[dict-item]
        try:
            blob.patch(if_metageneration_match=blob.metageneration, timeout=timeout, retry=again)
        except MethodNotImplemented:
            # the emulator changes no metadata: there the picture is written anew, without a token
            anew = bucket.blob(path)
            anew.metadata = others or None
            anew.upload_from_string(
                blob.download_as_bytes(timeout=timeout), blob.content_type, timeout=timeout
            )
    return True


def strip_all(bucket: Bucket, timeout: float, seconds: float = SECONDS) -> int:
    """Take the tokens off every picture that has some; how many there were. Ends after ``seconds``, and begins
    elsewhere each time, so that all pictures have their turn.

    Raises:
        Unavailable: Storage did not answer.
    """
    from google.cloud.storage.retry import DEFAULT_RETRY

    again = DEFAULT_RETRY.with_timeout(timeout)
    deadline = time.monotonic() + seconds
    count = 0
    for folder in FOLDERS:
        middle = f"{folder}{secrets.randbelow(256):02x}"
        for part in ({"start_offset": middle}, {"end_offset": middle}):
            with store_errors("Storage"):
                found = bucket.list_blobs(prefix=folder, timeout=timeout, retry=again, **part)
                tokens = (blob.name for blob in found if TOKENS in (blob.metadata or {}))
                for path in tokens:
                    count += strip(bucket, path, timeout)
                    if time.monotonic() > deadline:
                        return count
    return count

"""Takes download tokens off pictures: with one, anybody sees the picture without signing in, until it is deleted.

The server writes pictures without tokens. Firebase's own uploads, by browsers and agents, put one on, and so may a
look at a picture's metadata by somebody who may see it.
"""

from __future__ import annotations

import secrets
import time

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores

TOKENS = "firebaseStorageDownloadTokens"
"""The field of an object's own metadata in which Firebase keeps them."""

FOLDERS = ("live/", "snapshots/", "faces/", "strangers/", "alerts/")
"""Where the pictures are that signed-in users may see."""

SECONDS = 60.0
"""Longest that one look for tokens may take."""


def strip(stores: Stores, path: str) -> bool:
    """Take the tokens off the picture at ``path``. False when there is none, or it has none.

    Raises:
        Unavailable: Storage did not answer, or the picture was changed at the same moment.
    """
    from google.api_core.exceptions import MethodNotImplemented
    from google.cloud.storage.retry import DEFAULT_RETRY

    again = DEFAULT_RETRY.with_timeout(stores.timeout)
    with store_errors("Storage"):
        blob = stores.bucket.get_blob(path, timeout=stores.timeout, retry=again)
        if blob is None or TOKENS not in (blob.metadata or {}):
            return False
        others = {name: text for name, text in (blob.metadata or {}).items() if name != TOKENS}
        # a field is taken away by writing None
        blob.metadata = {**others, TOKENS: None}  # type: ignore[dict-item]
        try:
            blob.patch(if_metageneration_match=blob.metageneration, timeout=stores.timeout, retry=again)
        except MethodNotImplemented:
            # the emulator changes no metadata: there the picture is written anew, without a token
            anew = stores.bucket.blob(path)
            anew.metadata = others or None
            anew.upload_from_string(
                blob.download_as_bytes(timeout=stores.timeout), blob.content_type, timeout=stores.timeout
            )
    return True


def strip_all(stores: Stores, seconds: float = SECONDS) -> int:
    """Take the tokens off every picture that has some; how many there were. Ends after ``seconds``, and begins
    elsewhere each time, so that all pictures have their turn.

    Raises:
        Unavailable: Storage did not answer.
    """
    from google.cloud.storage.retry import DEFAULT_RETRY

    again = DEFAULT_RETRY.with_timeout(stores.timeout)
    deadline = time.monotonic() + seconds
    count = 0
    for folder in FOLDERS:
        middle = f"{folder}{secrets.randbelow(256):02x}"
        for part in ({"start_offset": middle}, {"end_offset": middle}):
            with store_errors("Storage"):
                found = stores.bucket.list_blobs(prefix=folder, timeout=stores.timeout, retry=again, **part)
                tokens = (blob.name for blob in found if TOKENS in (blob.metadata or {}))
                for path in tokens:
                    count += strip(stores, path)
                    if time.monotonic() > deadline:
                        return count
    return count

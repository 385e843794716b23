"""Judged frames that are kept to see what was made of them (``DEBUG_FRAMES``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import storage_options
from lookout.cloud.firebase.stores import Stores
from lookout.errors import Unavailable
from lookout.log import Severity, log


def debug_path(name: str | None, at: datetime) -> str:
    """Where a judged frame is kept: ``debug/FACE_Anna_20260531T120000.123Z.jpg``, ``NO_FACE`` without a face."""
    label = "NO_FACE" if name is None else f"FACE_{_NO_NAME.sub('_', name)[:100]}"
    return f"debug/{label}_{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03}Z.jpg"


_NO_NAME = re.compile(r"[^\w-]+")


def keep_debug_frame(
    stores: Stores,
    path: str,
    jpeg: bytes,
    person_ids: Iterable[str],
    alert_ids: Iterable[str],
) -> None:
    """Keep a judged frame; the people in it stand in its metadata, so that erasing them finds it. So do its
    alerts: who an alert is may be known only later.

    One that cannot be stored is logged, not raised.
    """
    blob = stores.bucket.blob(path)
    blob.metadata = {
        "personIds": json.dumps(sorted(person_ids)),
        "alertIds": json.dumps(sorted(alert_ids)),
    }
    try:
        with store_errors("Storage"):
            blob.upload_from_string(jpeg, "image/jpeg", **storage_options(stores))
    except Unavailable as error:
        log(Severity.WARNING, "debug frame not stored", path=path, error=error.message)


def debug_frames(stores: Stores) -> list[tuple[str, dict[str, str]]]:
    """The paths of the judged frames that are kept, each with its metadata.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = stores.bucket.list_blobs(prefix="debug/", **storage_options(stores))
        return [(blob.name, dict(blob.metadata or {})) for blob in blobs]

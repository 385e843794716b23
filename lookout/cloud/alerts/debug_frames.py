"""Judged frames that are kept to see what was made of them (``DEBUG_FRAMES``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import _retry
from lookout.errors import Unavailable
from lookout.log import Severity, log

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Bucket


def debug_path(name: str | None, at: datetime) -> str:
    """Where a judged frame is kept: ``debug/FACE_Anna_20260531T120000.123Z.jpg``, ``NO_FACE`` without a face."""
    label = "NO_FACE" if name is None else f"FACE_{_NO_NAME.sub('_', name)[:100]}"
    return f"debug/{label}_{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03}Z.jpg"


_NO_NAME = re.compile(r"[^\w-]+")


def keep_debug_frame(
    bucket: Bucket,
    path: str,
    jpeg: bytes,
    person_ids: Iterable[str],
    alert_ids: Iterable[str],
    timeout: float,
) -> None:
    """Keep a judged frame; the people in it stand in its metadata, so that erasing them finds it. So do its
    alerts: who an alert is may be known only later.

    One that cannot be stored is logged, not raised.
    """
    blob = bucket.blob(path)
    blob.metadata = {
        "personIds": json.dumps(sorted(person_ids)),
        "alertIds": json.dumps(sorted(alert_ids)),
    }
    try:
        with store_errors("Storage"):
            blob.upload_from_string(jpeg, "image/jpeg", timeout=timeout, retry=_retry(timeout))
    except Unavailable as error:
        log(Severity.WARNING, "a debug frame is left out", path=path, error=error.message)


def debug_frames(bucket: Bucket, timeout: float) -> list[tuple[str, dict[str, str]]]:
    """The paths of the judged frames that are kept, each with its metadata.

    Raises:
        Unavailable: Storage did not answer.
    """
    with store_errors("Storage"):
        blobs = bucket.list_blobs(prefix="debug/", timeout=timeout, retry=_retry(timeout))
        return [(blob.name, dict(blob.metadata or {})) for blob in blobs]

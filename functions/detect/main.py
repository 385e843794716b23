"""``/detect``: a camera posts a frame and is told who is in it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from firebase_functions import https_fn, options

from lookout.settings import REGION, Settings
from lookout.web.answer import Request, endpoint
from lookout.web.credentials import caller_address
from lookout.web.rate_limit import RateLimit
from lookout.web.upload.frame_upload import FrameUpload

if TYPE_CHECKING:
    from lookout.cloud.cameras.keys import CameraKeys
    from lookout.services.detect.frames import FrameService

settings = Settings.from_environment()
limit = RateLimit(settings.frames_per_minute)
_lock = threading.Lock()
_parts: list[tuple[CameraKeys, FrameService]] = []


def parts() -> tuple[CameraKeys, FrameService]:
    """What every request needs, made at the first: this file is loaded at deployment too, and must be quick."""
    # several requests may meet a cold instance at once; one of them does the work
    with _lock:
        if not _parts:
            from lookout.cloud.cameras.keys import WRONG_KEYS_PER_MINUTE, CameraKeys
            from lookout.cloud.firebase.clients import bucket, firestore_client
            from lookout.services.detect.frames import FrameService

            db = firestore_client()
            wrong = RateLimit(WRONG_KEYS_PER_MINUTE, "wrong keys")
            keys = CameraKeys(db, settings.camera_cache_seconds, settings.store_timeout_seconds, wrong)
            _parts.append((keys, FrameService(settings, db, bucket())))
        return _parts[0]


@https_fn.on_request(
    region=REGION,
    memory=options.MemoryOption.GB_1,
    cpu=1,
    concurrency=4,
    max_instances=10,
    timeout_sec=60,
)
@endpoint("POST", "PUT")
def detect(request: Request) -> Mapping[str, object]:
    """Judge the posted frame; see the README for what may be posted and what is answered."""
    upload = FrameUpload(request, settings.max_upload_bytes)
    camera_id, key = upload.claimed_camera()
    keys, watch = parts()
    camera = keys.authorise(camera_id, key, caller_address(request))
    limit.admit(camera.id)
    return watch.judge(camera, upload.image())

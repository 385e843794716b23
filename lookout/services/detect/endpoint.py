"""``/detect`` over HTTP. Light to import: networks and Google's libraries are loaded by the first request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lookout.cloud.cameras.keys import WRONG_KEYS_PER_MINUTE, CameraKeys
from lookout.cloud.firebase.stores import firebase_stores
from lookout.lazy import Lazy
from lookout.settings import current_settings
from lookout.web.answer import Request, endpoint
from lookout.web.credentials import caller_address
from lookout.web.rate_limit import RateLimit
from lookout.web.upload.frame_upload import FrameUpload

if TYPE_CHECKING:
    from lookout.services.detect.frames import FrameService


def _keys() -> CameraKeys:
    settings, wrong = current_settings(), RateLimit(WRONG_KEYS_PER_MINUTE, "wrong keys")
    return CameraKeys(firebase_stores(), settings.limits.camera_cache_seconds, wrong)


def _service() -> FrameService:
    from lookout.services.detect.frames import FrameService

    return FrameService(current_settings(), firebase_stores())


camera_keys = Lazy(_keys)
service = Lazy(_service)
limit = Lazy(lambda: RateLimit(current_settings().limits.frames_per_minute))


@endpoint("POST", "PUT")
def detect(request: Request) -> Mapping[str, object]:
    """Judge the posted frame; ``docs/api.md`` says what may be posted and what is answered."""
    upload = FrameUpload(request, current_settings().limits.max_upload_bytes)
    camera_id, key = upload.claimed_camera()
    camera = camera_keys().authorise(camera_id, key, caller_address(request))
    limit().admit(camera.id)
    return service().judge(camera, upload.image())

"""``/detect`` over HTTP. Light to import: networks and Google's libraries are loaded by the first request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lookout.cloud.cameras.keys import WRONG_KEYS_PER_MINUTE, CameraKeys
from lookout.cloud.firebase.stores import firebase_stores
from lookout.cloud.site.settings import site_reader
from lookout.lazy import Lazy
from lookout.settings import current_settings
from lookout.web.answer import Request, endpoint
from lookout.web.credentials import caller_address
from lookout.web.rate_limit import RateLimit
from lookout.web.upload.frame_upload import FrameUpload

if TYPE_CHECKING:
    from lookout.domain.cameras.camera import Camera
    from lookout.services.detect.frames import FrameService


def _keys() -> CameraKeys:
    limits, wrong = current_settings().limits, RateLimit(WRONG_KEYS_PER_MINUTE, "wrong keys")
    return CameraKeys(firebase_stores(), limits.empty_look_seconds, wrong, site())


def _service() -> FrameService:
    from lookout.services.detect.frames import FrameService

    return FrameService(current_settings(), firebase_stores(), site())


site = Lazy(lambda: site_reader(current_settings(), firebase_stores()))
"""One for keys, people and settings: a single read tells whether any of them changed."""

camera_keys = Lazy(_keys)
service = Lazy(_service)
limit = Lazy(lambda: RateLimit(current_settings().limits.frames_per_minute))


@endpoint("POST", "PUT")
def detect(request: Request) -> Mapping[str, object]:
    """Judge the posted frame; ``docs/api.md`` says what may be posted and what is answered."""
    limits = current_settings().limits
    upload = FrameUpload(request, limits.max_upload_bytes)
    camera_id, key = upload.claimed_camera()
    address = caller_address(request)
    camera = camera_keys().authorise(camera_id, key, address)
    limit().admit(camera.id)
    service().admit(camera)

    def again() -> Camera:
        return camera_keys().authorise(camera_id, key, address, limits.camera_cache_seconds)

    return service().judge(camera, upload.image(), again)

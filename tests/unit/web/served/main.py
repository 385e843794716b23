"""A function that says what it was sent, or fails as its path says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from lookout import errors
from lookout.web.answer import Request, endpoint, guarded
from lookout.web.upload.frame_upload import FrameUpload

LIMIT = 8 * 1024 * 1024


@guarded
@endpoint("POST", "PUT")
def take(request: Request) -> Mapping[str, object]:
    match request.path:
        case "/unavailable":
            raise errors.Unavailable("Firestore did not answer; try again.", retry_after=7)
        case "/unexpected":
            raise ZeroDivisionError("a secret of the inside")
        case "/settings":
            raise errors.SettingsError("MARGIN=x is a secret of the inside")
        case "/umlaut":
            return {"person": "Zoë Ångström"}
        case path if path.startswith("/error/"):
            kind = getattr(errors, path.removeprefix("/error/"))
            raise kind("Do this.")
        case _:
            upload = FrameUpload(request, LIMIT)
            camera_id, key = upload.claimed_camera()
            data = upload.image()
            return {"camera": camera_id, "key": key, "sha256": hashlib.sha256(data).hexdigest()}

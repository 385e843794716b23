"""Takes a current picture, past the old frames in the camera's buffers, and uploads it to Storage."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

from lookout_agent.camera import http
from lookout_agent.camera.addresses import Address
from lookout_agent.clock import monotonic
from lookout_agent.config import Config
from lookout_agent.errors import CameraFailed, CommandFailed, Interrupted

CAPTURES = 4
"""A camera with three frame buffers returns three old frames before the first new one."""

CAPTURE_SECONDS = 4.0
"""No further capture begins after this time: the caller is waiting."""

UPLOAD_SECONDS = 4.0

PRODUCTION = "https://firebasestorage.googleapis.com"


def capture(address: Address, path: str, seconds: float) -> bytes:
    """The newest JPEG that the camera returns; each of the captures may take ``seconds``.

    Raises:
        CameraSilent, CameraFailed: not one capture brought a picture.
    """
    until = monotonic() + CAPTURE_SECONDS
    newest = b""
    stamp = 0.0
    for _ in range(CAPTURES):
        try:
            answer = http.get(address, path, seconds, http.IMAGE_LIMIT)
            _require_jpeg(answer.body)
        except CommandFailed:
            # one picture is enough
            if not newest:
                raise
            break
        # without time stamps the last is the newest
        at = _timestamp(answer.headers.get("x-timestamp", ""), stamp)
        if not newest or at >= stamp:
            newest, stamp = answer.body, at
        if monotonic() >= until:
            break
    return newest


def upload(config: Config, id_token: Callable[[], str], camera_id: str, jpeg: bytes) -> str:
    """Upload the picture in place of the camera's last one. Returns its path.

    Raises:
        Interrupted: Storage did not take it.
    """
    path = f"snapshots/{camera_id}.jpg"
    base = (config.storage_url or PRODUCTION).rstrip("/")
    query = urllib.parse.urlencode({"name": path, "uploadType": "media"})
    request = urllib.request.Request(
        f"{base}/v0/b/{config.bucket}/o?{query}",
        jpeg,
        {"Content-Type": "image/jpeg", "Authorization": f"Bearer {id_token()}"},
    )
    try:
        urllib.request.urlopen(request, timeout=UPLOAD_SECONDS).close()
    except urllib.error.HTTPError as error:
        with error:
            raise Interrupted(
                f"The picture was taken, but Storage refused it ({error.code}); run `lookout-agent check`."
            ) from None
    except (OSError, HTTPException):
        raise Interrupted("The picture was taken, but Storage cannot be reached; try again.") from None
    return path


def _require_jpeg(body: bytes) -> None:
    whole = body.rstrip(b"\x00\r\n")
    # start and end markers with nothing between them are no picture
    if not (whole.startswith(b"\xff\xd8\xff") and whole.endswith(b"\xff\xd9") and len(whole) > 5):
        raise CameraFailed(
            "The camera's picture is no whole JPEG; try again, or choose a smaller frame size."
        )


def _timestamp(text: str, otherwise: float) -> float:
    """Seconds of the camera's clock, such as ``1780229045.123456``; ``otherwise`` where the header has none."""
    return float(text) if _SECONDS.fullmatch(text) else otherwise


_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")

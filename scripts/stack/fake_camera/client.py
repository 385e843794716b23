"""An ESP32-CAM as the server sees it: the headers, forms of body and short timeouts of real sketches."""

from __future__ import annotations

import io
import json
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

ESP32_QUALITY = 80
"""Pillow's quality for frames of about the size that an ESP32 makes at its ``jpeg_quality`` 12."""

CHUNK = 1024
"""Bytes per write, as in the widely copied sketches."""

FINGERPRINT = "0123456789abcdef"


class Variant(StrEnum):
    """How a sketch sends its frame."""

    MULTIPART_IMAGE_FILE = "multipart-imageFile"
    MULTIPART_IMAGE = "multipart-image"
    MULTIPART_FILE = "multipart-file"
    MULTIPART_IMG = "multipart-img"
    RAW_JPEG = "raw-jpeg"
    RAW_JPG = "raw-jpg"
    RAW_OCTET = "raw-octet"
    RAW_UNTYPED = "raw-untyped"
    PRUSA_PUT = "put-token"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many milliseconds.

    ``status`` is None when the camera stopped waiting or could not connect; ``body`` says why. ``has_length``:
    whether there was a Content-Length, which sketches need to read a body.
    """

    status: int | None
    body: str
    milliseconds: float
    has_length: bool

    @property
    def json(self) -> dict[str, Any]:
        """The body as the object it should be; empty when it is none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


def post(
    url: str,
    camera_id: str,
    key: str,
    jpeg: bytes,
    variant: Variant | str = Variant.MULTIPART_IMAGE_FILE,
    timeout: float = 5.0,
) -> Answer:
    """Send ``jpeg`` to ``url`` as a sketch of this ``variant`` does, waiting ``timeout`` seconds at most.

    What arrives later is ignored, as on a real board, even when this machine was busy.
    """
    request = _request(Variant(variant), camera_id, key, jpeg)
    address = urlsplit(url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=timeout)
    started = time.perf_counter()
    try:
        _send(connection, address.path or "/", request)
        sent = time.perf_counter()
        with connection.getresponse() as response:
            status, body = response.status, response.read().decode(errors="replace")
            has_length = response.getheader("Content-Length") is not None
        if time.perf_counter() - sent > timeout:
            raise TimeoutError("timed out")
    except (OSError, HTTPException) as error:
        status, body, has_length = None, f"{type(error).__name__}: {error}", False
    finally:
        connection.close()
    return Answer(status, body, (time.perf_counter() - started) * 1000, has_length)


def _request(variant: Variant, camera_id: str, key: str, jpeg: bytes) -> _Request:
    named = {"X-Camera-Id": camera_id}
    match variant:
        case Variant.MULTIPART_IMAGE:
            return _multipart("image", jpeg, {"cameraId": camera_id}, {"Authorization": f"Bearer {key}"})
        case Variant.MULTIPART_IMAGE_FILE | Variant.MULTIPART_FILE | Variant.MULTIPART_IMG:
            return _multipart(variant.removeprefix("multipart-"), jpeg, {}, named | {"X-Camera-Key": key})
        case Variant.RAW_JPEG:
            return _raw("image/jpeg", jpeg, named | {"Authorization": f"Bearer {key}"})
        case Variant.RAW_JPG:
            return _raw("image/jpg", jpeg, named | {"X-Camera-Key": key})
        case Variant.RAW_OCTET:
            request = _raw("application/octet-stream", jpeg, {"X-Camera-Key": key})
            return _Request(request.method, {"camera_id": camera_id}, request.headers, jpeg)
        case Variant.RAW_UNTYPED:
            return _Request("POST", {}, named | {"X-Camera-Key": key}, jpeg)
        case Variant.PRUSA_PUT:
            headers = {"Content-Type": "image/jpg", "Token": key, "Fingerprint": FINGERPRINT}
            return _Request("PUT", {"cameraId": camera_id}, headers, jpeg)


def _raw(kind: str, jpeg: bytes, headers: dict[str, str]) -> _Request:
    return _Request("POST", {}, {"Content-Type": kind, **headers}, jpeg)


def _multipart(field: str, jpeg: bytes, texts: dict[str, str], headers: dict[str, str]) -> _Request:
    boundary = secrets.token_hex(8)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in texts.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="esp32-cam.jpg"\r\n'
    head = "".join([*parts, file, "Content-Type: image/jpeg\r\n\r\n"])
    body = head.encode() + jpeg + f"\r\n--{boundary}--\r\n".encode()
    return _Request(
        "POST", {}, {"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}, body
    )


def _send(connection: HTTPConnection, path: str, request: _Request) -> None:
    query = f"?{urlencode(request.query)}" if request.query else ""
    connection.putrequest(request.method, path + query, skip_accept_encoding=True)
    connection.putheader("Content-Length", str(len(request.body)))
    for name, value in request.headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        for start in range(0, len(request.body), CHUNK):
            connection.send(request.body[start : start + CHUNK])
    except (BrokenPipeError, ConnectionResetError):
        # refused before the end: an answer may still have come
        return


def cut_short(jpeg: bytes) -> bytes:
    """``jpeg`` as it arrives when the connection breaks: two thirds of it, without its end."""
    return jpeg[: len(jpeg) * 2 // 3]


def on_frame(photo: bytes, width: int, height: int) -> bytes:
    """``photo`` in the middle of a grey frame of ``width`` x ``height`` pixels, as the JPEG an ESP32 would make.

    The photo is scaled down when it does not fit, never up.
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(photo)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((width, height))
    frame = Image.new("RGB", (width, height), (110, 112, 115))
    frame.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
    made = io.BytesIO()
    frame.save(made, "JPEG", quality=ESP32_QUALITY)
    return made.getvalue()


def empty_frame(width: int, height: int) -> bytes:
    """A frame of a bare wall: grey with the noise of a sensor, as the JPEG an ESP32 would make."""
    from PIL import Image

    noise = Image.effect_noise((width, height), 12).convert("RGB")
    made = io.BytesIO()
    noise.save(made, "JPEG", quality=ESP32_QUALITY)
    return made.getvalue()

"""HTTP in: a posted frame, in all the forms that ESP32 sketches send, and who says it posted it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from lookout.errors import BadRequest, TooLarge, Unauthorised
from lookout.web.credentials import camera_key

ID_NAMES = ("camera_id", "cameraId")
"""What sketches call the camera's id in a query or a form."""

FORM_BYTES = 64 * 1024
"""Room for a multipart body's boundaries, headers and small fields around the image."""


def claimed_camera(request: Request, limit: int) -> tuple[str, str]:
    """The camera's id and key as the caller gives them, unchecked.

    The id comes in ``X-Camera-Id``, the query or a form field; the key only in a header, never in the URL,
    which servers write to their logs.

    Raises:
        Unauthorised: there is no key.
        BadRequest: there is no camera id, or the body broke off before it was found.
        TooLarge: the body is larger than ``limit`` bytes, found out while looking for a form field.
    """
    key = camera_key(request)
    if not key:
        raise Unauthorised(
            "No key: send the camera's key as `Authorization: Bearer`, `X-Camera-Key` or `Token`."
        )
    camera_id = request.headers.get("X-Camera-Id") or _first(request.args)
    if not camera_id and _is_multipart(request):
        with _reading(request, limit):
            camera_id = _first(request.form)
    if not camera_id:
        raise BadRequest("Which camera? Name it with X-Camera-Id, or `camera_id` in the query or the form.")
    return camera_id, key


def image(request: Request, limit: int) -> bytes:
    """The bytes of the one image in the request, at most ``limit``: a multipart file of any name, or the body.

    Raises:
        BadRequest: no image, or more than one, or the body broke off.
        TooLarge: the image or the body is too large.
    """
    with _reading(request, limit):
        data = _file(request) if _is_multipart(request) else request.get_data(parse_form_data=False)
    if len(data) > limit:
        raise _too_large(limit)
    if not data:
        raise BadRequest("The image is empty: post the camera's JPEG as the body or as a multipart file.")
    return data


@contextmanager
def _reading(request: Request, limit: int) -> Iterator[None]:
    """Refuse a body by its declared length, bound the reading of one that declares none, tell why it fails."""
    bound = limit + FORM_BYTES
    request.max_content_length = bound
    # a frame whose part has no filename is a form field to Flask, which would call 500 kB of it too large
    request.max_form_memory_size = bound
    if (request.content_length or 0) > bound:
        raise _too_large(limit)
    try:
        yield
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    except ClientDisconnected:
        raise BadRequest("The body ended before its Content-Length: send all of it.") from None


def _file(request: Request) -> bytes:
    files = [file for name in request.files for file in request.files.getlist(name)]
    if len(files) > 1:
        raise BadRequest(f"{len(files)} files in one request: post one frame at a time.")
    if not files:
        raise BadRequest(
            "No file in the multipart body: check that the boundary in Content-Type is the one in the body, "
            "that the body ends with it, and that the file's part has a filename."
        )
    data: bytes = files[0].read()
    return data


def _first(values: MultiDict[str, str]) -> str:
    return next((value for name in ID_NAMES if (value := values.get(name))), "")


def _is_multipart(request: Request) -> bool:
    return request.mimetype == "multipart/form-data"


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"More than {limit / 1024 / 1024:.0f} MB: choose a smaller frame size or lower JPEG quality."
    )

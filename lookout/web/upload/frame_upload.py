"""HTTP in: a posted frame, in all the forms that ESP32 sketches send, and who says it posted it."""

from __future__ import annotations

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from lookout.errors import BadRequest, TooLarge, Unauthorised
from lookout.web.body import nameless
from lookout.web.credentials import camera_key
from lookout.web.upload.unpacking import Posted, name_of_camera, trimmed_id, unpack

FORM_BYTES = 64 * 1024
"""Room for a multipart body's boundaries, headers and small fields around the picture."""

BASE64_SHARE = 1.5
"""How many bytes one of a picture takes as text: 4 for 3, and room for line ends and escapes."""


class FrameUpload:
    """A request that posts a frame of at most ``limit`` bytes. Its body is read once, when it is needed."""

    def __init__(self, request: Request, limit: int) -> None:
        self._request = request
        self._limit = limit
        self._unpacked: Posted | None = None

    def claimed_camera(self) -> tuple[str, str]:
        """The camera's id and key as the caller gives them, unchecked.

        The id comes in ``X-Camera-Id``, the query, a form field or JSON; the key only in a header, never in the
        URL, which servers write to their logs.

        Raises:
            Unauthorised: there is no key.
            BadRequest: there is no camera id, or the body broke off before it was found.
            TooLarge: the body is too large, found out while looking for the id in it.
        """
        key = camera_key(self._request)
        if not key:
            raise Unauthorised(
                "No key: send the camera's key as `Authorization: Bearer`, `X-Camera-Key` or `Token`."
            )
        camera_id: str | None = trimmed_id(self._request.headers.get("X-Camera-Id", "")) or self._in_query()
        if not camera_id:
            with nameless(self._request.environ["wsgi.input"]):
                camera_id = self._posted().camera_id
        if camera_id is None:
            raise BadRequest(
                "Which camera? Name it with X-Camera-Id, or `camera_id` in the query, a form field or the JSON."
            )
        if not camera_id:
            raise BadRequest("`camera_id` is there but empty: write the camera's id into it.")
        return camera_id, key

    def image(self) -> bytes:
        """The bytes of the one picture in the request, in whatever form it came.

        Raises:
            BadRequest: no picture, or more than one, or the body is broken or broke off.
            TooLarge: the picture or the body is too large.
        """
        posted = self._posted()
        if len(posted.pictures) > 1 or (not posted.pictures and len(posted.others) > 1):
            count = len(posted.pictures or posted.others)
            raise BadRequest(f"{count} files in one request: post one frame at a time.")
        found = [*posted.pictures, *posted.others]
        if not found:
            raise BadRequest(
                f"No file in the {posted.form}: send the frame as a part with a filename, "
                "or its base64 under `image`."
            )
        if not found[0].strip(b"\r\n"):
            raise BadRequest("The image is empty: post the camera's JPEG as the body or as a multipart file.")
        return found[0]

    def _in_query(self) -> str:
        named = (value for name, value in self._request.args.items() if name_of_camera(name))
        return next((camera_id for value in named if (camera_id := trimmed_id(value))), "")

    def _posted(self) -> Posted:
        # no cached_property: in Python 3.11 it has one lock for all requests, and this waits for a client
        if self._unpacked is None:
            self._unpacked = self._unpack()
        return self._unpacked

    def _unpack(self) -> Posted:
        boundary = self._request.mimetype_params.get("boundary", "")
        posted = unpack(self._body(), boundary, self._limit)
        if any(len(picture) > self._limit for picture in [*posted.pictures, *posted.others]):
            raise self._too_large()
        return posted

    def _body(self) -> bytes:
        """The body, refused by its declared length, bounded where it declares none."""
        bound = int(self._limit * BASE64_SHARE) + FORM_BYTES
        self._request.max_content_length = bound
        if (self._request.content_length or 0) > bound:
            raise self._too_large()
        try:
            return self._request.get_data(cache=False, parse_form_data=False)
        except RequestEntityTooLarge:
            raise self._too_large() from None

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"More than {self._limit / 1024 / 1024:.0f} MB: choose a smaller frame size or lower JPEG quality."
        )

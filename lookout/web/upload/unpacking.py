"""What is in a posted body: pictures and the camera's id, in any of the forms that sketches send.

The first bytes decide which form it is: a picture as it is, a multipart body, JSON, base64, or an urlencoded form.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from lookout.domain.cameras.signature import picture_start, text_start
from lookout.errors import BadRequest
from lookout.web.upload import base64_text, multipart

CAMERA_NAMES = {"cameraid"}
"""What sketches call the camera's id, in lower case and without ``_`` and ``-``."""

PICTURE_NAMES = {"image", "imagefile", "file", "img", "data", "photo", "picture", "frame"}
"""What they call the picture; a picture is taken under any name, but under these it has to be one."""

MAX_VALUES = 1000
"""Values of one JSON body, fields of one form."""

FIELD_BYTES = 4096
"""Largest field that is looked at for the camera's id."""

JSON_DEPTH = 4
MULTIPART_DEPTH = 1
"""Multipart bodies within one another, as several files of one input were once sent."""

_FORM = re.compile(rb"[\w.\-%\[\]]{1,64}=")


@dataclass(slots=True)
class Posted:
    """``pictures`` begin as pictures do; ``others`` were sent as one, by their name or kind, but do not.

    ``form`` says in words what the body was; ``camera_id`` is None where nothing names it; ``broken`` is what was
    wrong with a text that is called a picture: a file's name beside the picture may be called so too.
    """

    form: str
    pictures: list[bytes] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)
    camera_id: str | None = None
    broken: BadRequest | None = None


def unpack(body: bytes, boundary: str, limit: int) -> Posted:
    """What is in ``body``. ``boundary`` is what its Content-Type declares; ``limit`` bounds a decoded picture.

    Raises:
        BadRequest: a multipart body, JSON or base64 that is broken.
        TooLarge: more parts or values than make sense, or a picture larger than ``limit``.
    """
    posted = _unpacked(body, boundary, limit)
    if posted.broken is not None and not posted.pictures:
        raise posted.broken
    return posted


def _unpacked(body: bytes, boundary: str, limit: int) -> Posted:
    start = picture_start(body)
    if start is not None:
        return Posted("body", [body[start:]])
    separator = multipart.boundary(body, boundary)
    if separator is not None:
        posted = Posted("multipart body")
        _take_parts(posted, body, separator, limit, MULTIPART_DEPTH)
        return posted
    if base64_text.is_picture(body):
        return Posted("base64", _trimmed(base64_text.decoded(body, limit)))
    start = text_start(body)
    if body[start : start + 1] in (b"{", b"[", b'"'):
        posted = Posted("JSON")
        _take_json(posted, body[start:], limit)
        return posted
    if _FORM.match(body, start):
        posted = Posted("form")
        _take_form(posted, body[start:], limit)
        return posted
    return Posted("body", others=[body])


def name_of_camera(name: str) -> bool:
    """Whether ``name`` is what sketches call the camera's id."""
    return name.lower().replace("_", "").replace("-", "") in CAMERA_NAMES


def trimmed_id(text: str) -> str:
    """A camera's id without the blanks, line ends and zeros that sketches leave around it."""
    return text.strip(" \t\r\n\0")


def _take_parts(posted: Posted, body: bytes, separator: bytes, limit: int, depth: int) -> None:
    for part in multipart.parts(body, separator):
        nested = depth and part.content_type.startswith("multipart/")
        inner = multipart.boundary(part.content, "") if nested else None
        if inner is None:
            _take_part(posted, part, limit)
        else:
            _take_parts(posted, part.content, inner, limit, depth - 1)


def _take_part(posted: Posted, part: multipart.Part, limit: int) -> None:
    content = part.content
    if name_of_camera(part.name) and len(content) <= FIELD_BYTES:
        if part.encoding == "base64":
            content = base64_text.decoded(content, FIELD_BYTES)
        posted.camera_id = trimmed_id(content.decode("utf-8", "replace"))
        return
    if picture_start(content) is None:
        if part.encoding == "quoted-printable":
            content = binascii.a2b_qp(content)
        elif part.encoding == "base64" or base64_text.is_picture(content):
            content = base64_text.decoded(content, limit)
        elif content[text_start(content) :][:1] == b"{" and not part.content_type.startswith("image/"):
            _take_json(posted, content, limit, strictly=False)
            return
    wanted = part.filename or part.content_type.startswith("image/") or part.name.lower() in PICTURE_NAMES
    # an input of a form in which nothing was chosen is sent as a nameless empty file
    _take_picture(posted, content, bool(wanted) and bool(content or part.filename))


def _take_json(posted: Posted, text: bytes, limit: int, strictly: bool = True) -> None:
    """Take what JSON holds; where it may be anything, not ``strictly`` so: what is no JSON is passed over."""
    # what a small body could make of memory: four million lists of nothing
    if sum(text.count(sign) for sign in (b",", b"[", b"{")) > MAX_VALUES:
        raise BadRequest(f"More than {MAX_VALUES} values in the JSON: send the picture and the camera's id.")
    try:
        body: object = json.loads(text.strip(b" \t\r\n\0"))
    except (ValueError, RecursionError):
        if strictly:
            raise BadRequest("The JSON is broken or cut short: send all of the object.") from None
        return
    for name, value in _strings(body, "image", JSON_DEPTH):
        if name_of_camera(name):
            posted.camera_id = trimmed_id(value)
            continue
        letters = value.encode("ascii", "replace")
        _take_text(posted, name, letters, limit)


def _strings(value: object, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """Each text in ``value``, with the name that it has or that its list has."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, int) and not isinstance(value, bool) and name_of_camera(name):
        yield name, str(value)
    elif depth and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, str(key), depth - 1)
    elif depth and isinstance(value, list):
        for inner in value:
            yield from _strings(inner, name, depth - 1)


def _take_form(posted: Posted, text: bytes, limit: int) -> None:
    for pair in text.split(b"&", MAX_VALUES)[:MAX_VALUES]:
        raw_name, _, value = pair.partition(b"=")
        name = unquote_plus(raw_name[:FIELD_BYTES].decode("utf-8", "replace"))
        if name_of_camera(name):
            posted.camera_id = trimmed_id(unquote_plus(value[:FIELD_BYTES].decode("utf-8", "replace")))
            continue
        letters = base64_text.unescaped(value).replace(b" ", b"+")
        _take_text(posted, name, letters, limit)


def _take_text(posted: Posted, name: str, letters: bytes, limit: int) -> None:
    """Take a text that is a picture in base64, or is called one."""
    if base64_text.is_picture(letters):
        _take_picture(posted, base64_text.decoded(letters, limit), wanted=True)
    elif letters and name.lower() in PICTURE_NAMES:
        try:
            _take_picture(posted, base64_text.decoded(letters, limit), wanted=True)
        except BadRequest as error:
            posted.broken = error


def _take_picture(posted: Posted, content: bytes, wanted: bool) -> None:
    start = picture_start(content)
    if start is not None:
        posted.pictures.append(content[start:])
    elif wanted:
        posted.others.append(content)


def _trimmed(content: bytes) -> list[bytes]:
    return [content[picture_start(content) or 0 :]]

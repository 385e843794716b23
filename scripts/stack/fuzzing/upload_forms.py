"""Every form in which sketches and home-made clients were seen to post a frame, for tests and fuzzing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

BOUNDARY = "----ESP32CamBoundary"

PADDINGS = (
    b"",
    b"\r\n",
    b"\n",
    b"\r\n\r\n",
    b"\x00",
    b"\x00" * 60,
    b"\xff",
    b"\xff" * 60,
    b"\xef\xbb\xbf",
    b"\xef\xbb\xbf\r\n",
    b" \t\r\n",
)
"""What a client may put before a frame's first byte."""

CONTENT_TYPES = (
    None,
    "",
    "image/jpeg",
    "image/jpg",
    "IMAGE/JPEG; charset=binary",
    "application/octet-stream",
    "text/plain",
    "text/plain; charset=utf-8",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    f"multipart/form-data; boundary={BOUNDARY}",
    f'multipart/form-data; boundary="{BOUNDARY}"',
    "multipart/form-data; boundary=another",
    "multipart/form-data; boundary=",
    "multipart/mixed",
    f"multipart/mixed; boundary={BOUNDARY}",
    "multipart/related; type=image/jpeg",
    "junk",
    "a/b/c; ;=",
)
"""What a client may say that it sends, rightly or not."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a frame is wrapped: ``wrap(jpeg, line_end)``."""

    name: str
    wrap: Callable[[bytes, bytes], bytes]


def multipart(
    *parts: tuple[tuple[str, ...], bytes], line: bytes = b"\r\n", boundary: str = BOUNDARY, end: bytes = b"--"
) -> bytes:
    """A multipart body of ``parts``, each its header lines and its content."""
    mark = b"--" + boundary.encode()
    pieces = []
    for headers, content in parts:
        pieces += [mark, *(header.encode() for header in headers), b"", content]
    return line.join([*pieces, mark + end, b""])


def disposition(name: str, filename: str | None = None) -> str:
    """The header that names a part."""
    shown = "" if filename is None else f'; filename="{filename}"'
    return f'Content-Disposition: form-data; name="{name}"{shown}'


_FILE = (disposition("imageFile", "esp32-cam.jpg"), "Content-Type: image/jpeg")
_NO_NAME = (disposition("image"), "Content-Type: image/jpeg")
_ENCODED = (*_NO_NAME, "Content-Transfer-Encoding: base64")
_QUOTED = (*_NO_NAME, "Content-Transfer-Encoding: quoted-printable")
_UNCHOSEN = ((disposition("file2", ""), "Content-Type: application/octet-stream"), b"")
_NOTES = ((disposition("meta"), "Content-Type: application/json"), b'{"battery": 3.7, "note": "\xc3\xa9"}')


def _text(jpeg: bytes) -> bytes:
    return base64.b64encode(jpeg)


def _uri(jpeg: bytes) -> bytes:
    return b"data:image/jpeg;base64," + _text(jpeg)


def _json(name: str, text: bytes) -> bytes:
    return json.dumps({"time": 1700000000, name: text.decode(), "tags": ["a", {"b": None}]}).encode()


FORMS = (
    Form("raw", lambda jpeg, line: jpeg),
    Form("raw, line end behind", lambda jpeg, line: jpeg + line),
    Form("file", lambda jpeg, line: multipart((_FILE, jpeg), line=line)),
    Form("file, no last dashes", lambda jpeg, line: multipart((_FILE, jpeg), line=line, end=b"")),
    Form("part without filename", lambda jpeg, line: multipart((_NO_NAME, jpeg), line=line)),
    Form("part without headers", lambda jpeg, line: multipart(((), jpeg), line=line)),
    Form("unchosen input behind", lambda jpeg, line: multipart((_FILE, jpeg), _UNCHOSEN, line=line)),
    Form("unchosen input before", lambda jpeg, line: multipart(_UNCHOSEN, (_FILE, jpeg), line=line)),
    Form("JSON part beside", lambda jpeg, line: multipart(_NOTES, (_FILE, jpeg), _NOTES, line=line)),
    Form("line end before", lambda jpeg, line: line + multipart((_FILE, jpeg), line=line)),
    Form("base64 part", lambda jpeg, line: multipart((_ENCODED, _lines(jpeg, line)), line=line)),
    Form("base64 field", lambda jpeg, line: multipart(((disposition("image"),), _text(jpeg)), line=line)),
    Form("data URI field", lambda jpeg, line: multipart(((disposition("photo"),), _uri(jpeg)), line=line)),
    Form("quoted-printable part", lambda jpeg, line: multipart((_QUOTED, _quoted(jpeg)), line=line)),
    Form("base64", lambda jpeg, line: _text(jpeg)),
    Form("base64 in lines", lambda jpeg, line: _lines(jpeg, line)),
    Form("base64 without its =", lambda jpeg, line: _text(jpeg).rstrip(b"=")),
    Form("base64 urlsafe", lambda jpeg, line: base64.urlsafe_b64encode(jpeg) + line),
    Form("data URI", lambda jpeg, line: _uri(jpeg) + line),
    Form("urlencoded", lambda jpeg, line: b"name=x&image=" + quote(_text(jpeg), safe="").encode()),
    Form("urlencoded URI", lambda jpeg, line: b"a=1&imageFile=" + quote(_uri(jpeg), safe="").encode()),
    Form("urlencoded, + left", lambda jpeg, line: b"data=" + _text(jpeg) + b"&b=2"),
    Form("JSON", lambda jpeg, line: _json("image", _text(jpeg))),
    Form("JSON data URI", lambda jpeg, line: _json("whatever", _uri(jpeg))),
    Form("JSON urlsafe", lambda jpeg, line: _json("data", base64.urlsafe_b64encode(jpeg)) + line),
    Form("JSON text", lambda jpeg, line: json.dumps(_text(jpeg).decode()).encode()),
    Form("JSON within", lambda jpeg, line: json.dumps({"d": {"image": _text(jpeg).decode()}}).encode()),
)
"""A picture wrapped so comes out as the same bytes, whatever the Content-Type says."""


def _lines(jpeg: bytes, line: bytes) -> bytes:
    text = _text(jpeg)
    return line.join(text[at : at + 76] for at in range(0, len(text), 76))


def _quoted(jpeg: bytes) -> bytes:
    return binascii.b2a_qp(jpeg, istext=False)

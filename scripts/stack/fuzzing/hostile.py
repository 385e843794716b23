"""What a caller might send to break something: tokens, values, JSON texts and paths, for tests and fuzzing."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator


def token(head: str, claims: str, signature: str = "") -> str:
    """A JSON web token of these texts, which nobody signed."""
    parts = [urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (head, claims)]
    return ".".join([*parts, signature])


_CLAIMS = (
    "[" * 3000,
    '{"a":' * 1000,
    "[]",
    "null",
    '"text"',
    "5",
    "{",
    '{"exp": 1e999, "iat": 1e999}',
    '{"exp": "soon", "iat": "now", "sub": "x"}',
    '{"exp": NaN, "iat": -Infinity, "auth_time": []}',
    '{"sub": 5, "aud": {}, "iss": []}',
    '{"exp": ' + "9" * 5000 + "}",
    '{"uid": "\\ud800", "sub": "\\u0000"}',
)

TOKENS = (
    *(token("{}", claims) for claims in _CLAIMS),
    *(token('{"alg": "none"}', claims) for claims in _CLAIMS),
    *(token('{"alg": "RS256", "kid": "x"}', claims, "x") for claims in _CLAIMS),
    *(token(claims, "{}") for claims in _CLAIMS),
    "..",
    "a.b.c",
    "a.b.c.d",
    "é.é.é",
    "\x7f.\x7f.\x7f",
    "." * 3000,
    "A" * 20000 + ".A.A",
    "e30.e30." + "A" * 8000,
)
"""Nobody is signed in with any of them."""

VALUES = (
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "-1e999",
    "1e-999",
    "NaN",
    "Infinity",
    "9" * 40,
    "9" * 5000,
    "0." + "9" * 5000,
    '""',
    '" "',
    '"."',
    '".."',
    '"__x__"',
    '"a/b"',
    '"/"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\r\\nX-Evil: 1"',
    '"\\u202e\\u200b"',
    json.dumps("9" * 5000),
    json.dumps("192.168.1.1:" + "9" * 5000),
    json.dumps("x" * 5000),
    json.dumps("é" * 1000),
    "[]",
    "{}",
    "[[[[]]]]",
    '{"a": {"b": [1]}}',
    "[" * 500 + "]" * 500,
)
"""JSON texts of values that a field is not meant to have."""

FIELDS = (
    "action",
    "agentId",
    "armed",
    "camera_id",
    "camera_ip",
    "commandMap",
    "framesize",
    "id",
    "ignored",
    "into",
    "ipAddress",
    "known",
    "led",
    "location",
    "name",
    "pan",
    "person_id",
    "rotation",
    "state",
    "status",
    "stranger_id",
    "tilt",
    "visitSeconds",
)

BODIES = (
    b"",
    b"\x00",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"{",
    b"[" * 10_000,
    b'{"a":' * 3_000,
    b"9" * 5_000,
    b'{"a": 1, "a": 2}',
    b"{}" * 2,
    b"\x80\x81",
    b"{" + b" " * 20_000 + b"}",
    b'{"\\u0000": 1, "\\ud800": 2}',
    *(value.encode() for value in VALUES),
)
"""Bodies where JSON is wanted."""

SEGMENTS = (
    "%0a",
    "%00",
    "%ff",
    "%2f",
    "%25",
    "%2e%2e",
    ".",
    "..",
    "__x__",
    "%ed%a0%80",
    "a%0d%0ab",
    "é",
    "%20",
    "x" * 2000,
    "9" * 5000,
    "%",
    "%zz",
    ";a=b",
    "a?b",
    "%F0%9F%98%80" * 100,
)
"""Parts of a path, where an id is wanted."""

HEADERS: tuple[dict[str, str], ...] = (
    {"Content-Type": "application/json; charset=utf-99"},
    {"Content-Type": "multipart/form-data; boundary*=utf-8''%ff"},
    {"Content-Type": ";;;===" * 100},
    {"Cookie": "a=" + "x" * 5000 + "; =; ;;"},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic !!!"},
    {"X-Camera-Id": "x" * 5000},
    {"X-Cloud-Trace-Context": "a/b;o=c"},
    {"Function-Execution-Id": "x" * 3000},
    {"Range": "bytes=-9-9"},
    {"If-None-Match": '"' * 100},
    {"Content-Encoding": "gzip"},
    {"X-Forwarded-For": "x" * 1000},
    {"Host": "a b"},
    {"Origin": "\x7f"},
    {"X-HTTP-Method-Override": "DELETE"},
)


def objects() -> Iterator[bytes]:
    """JSON objects in which one field has a value that it is not meant to have."""
    whole = {"camera_id": "cam_front", "action": "servo", "name": "Garage", "into": "Bob"}
    for name in FIELDS:
        for value in VALUES:
            others = json.dumps({key: text for key, text in whole.items() if key != name})
            yield f'{{"{name}": {value}}}'.encode()
            yield f'{others[:-1]}, "{name}": {value}}}'.encode()

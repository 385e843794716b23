"""Seeded attempts to break a function: frames in every form and JSON of every kind, harmed."""

from __future__ import annotations

import http.client
import io
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stack.fuzzing.hostile import BODIES, HEADERS, SEGMENTS, TOKENS, objects
from stack.fuzzing.upload_forms import CONTENT_TYPES, FORMS, PADDINGS
from stack.local.serving import Served

PATIENCE = 30.0
"""Seconds after which a function counts as one that does not answer, on a busy machine too."""

MAX_BYTES = 9 * 1024 * 1024

WORDS = (
    *PADDINGS[1:],
    b"\xff\xd8",
    b"\xff\xd9",
    b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00",
    b"\xff\xc2\x00\x11\x08\xff\xff\xff\xff\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01",
    b"\xff\xdd\x00\x04\x00\x01",
    b"\xff\xe1\x00\x02",
    b"\x89PNG\r\n\x1a\n",
    b"IDAT",
    b"RIFF\xff\xff\xff\xffWEBPVP8X",
    b"--",
    b"\r\n------ESP32CamBoundary\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b'Content-Disposition: form-data; name="camera_id"\r\n\r\n',
    b"data:image/jpeg;base64,",
    b'{"image": "',
    b"&image=",
    b"%2F",
    b"\\u0000",
)
"""What the formats have a meaning for."""

Harm = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request, and whether the function has to take it: ``is_whole`` is a frame that nobody harmed."""

    kind: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    is_whole: bool = False
    is_chunked: bool = False


@dataclass(slots=True)
class Answers:
    """What was tried and what came of it."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def tried(self) -> int:
        """How many requests were made."""
        return self.statuses.total() + len(self.failures)

    def lines(self) -> list[str]:
        """What to print."""
        kinds = Counter(kind for kind, count in self.statuses.items() for _ in range(count))
        shown = [f"{kind} {status}: {count}" for (kind, status), count in sorted(kinds.items())]
        return [f"tried {self.tried} requests, the slowest in {self.slowest:.1f} s", *shown]


def upload(rng: random.Random, pictures: list[bytes], camera_id: str, key: str) -> Attempt:
    """A frame in some form, harmed or not."""
    picture, form = rng.choice(pictures), rng.choice(FORMS)
    body = rng.choice(PADDINGS) + form.wrap(picture, rng.choice((b"\r\n", b"\n")))
    kind = rng.choice(CONTENT_TYPES)
    headers = {"X-Camera-Key": key, "X-Camera-Id": camera_id} | (
        {} if kind is None else {"Content-Type": kind}
    )
    path = "/detect"
    count = rng.choice((0, 1, 1, 2, 4))
    for _ in range(count):
        body = rng.choice(HARMS)(rng, body)[:MAX_BYTES]
    if rng.random() < 0.2:
        headers |= {name: value for name, value in rng.choice(HEADERS).items() if _can_be_sent(name, value)}
        count += 1
    if rng.random() < 0.1:
        del headers["X-Camera-Id"]
        path = f"/detect?camera_id={rng.choice((camera_id, camera_id, '%0a', 'x' * 300))}"
        count += 1
    return Attempt("upload", "POST", path, headers, body, is_whole=count == 0, is_chunked=rng.random() < 0.2)


_OBJECTS = tuple(objects())

_SENDABLE_TOKENS = [one for one in TOKENS if len(one) < 8000 and one.isascii() and one.isprintable()]
"""gunicorn itself refuses the others, with a page, before a function hears of them."""


def order(rng: random.Random, token: str) -> Attempt:
    """JSON for a signed-in owner's calls, harmed or not, with a token that is good or not."""
    method, path = rng.choice(
        (
            ("POST", "/control"),
            ("PATCH", "/cameras/{}"),
            ("POST", "/cameras/{}/key"),
            ("DELETE", "/cameras/{}"),
        )
    )
    path = path.format(rng.choice((*SEGMENTS, "nobody")).encode("ascii", "ignore").decode())
    body = rng.choice((*BODIES, *_OBJECTS))
    for _ in range(rng.choice((0, 0, 1, 3))):
        body = rng.choice(HARMS)(rng, body)[:MAX_BYTES]
    shown = token if rng.random() < 0.8 else rng.choice(_SENDABLE_TOKENS)
    headers = {"Authorization": f"Bearer {shown}"}
    return Attempt("JSON", method, path, headers, body, is_chunked=rng.random() < 0.2)


def _can_be_sent(name: str, value: str) -> bool:
    return name not in ("Host", "Authorization", "X-Camera-Id") and value.isprintable()


def _flip(rng: random.Random, data: bytes) -> bytes:
    harmed = bytearray(data)
    for _ in range(rng.choice((1, 3, 20))):
        if harmed:
            harmed[rng.randrange(len(harmed))] = rng.randrange(256)
    return bytes(harmed)


def _slice(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 16, 300, 5000)))


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _drop(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data)
    return data[:start] + data[end:]


def _double(rng: random.Random, data: bytes) -> bytes:
    start, end = _slice(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 2, 1000)) + data[end:]


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.choice((0, rng.randrange(len(data) + 1), rng.randrange(min(len(data), 800) + 1)))
    return data[:at] + rng.choice(WORDS) * rng.choice((1, 1, 70, 20_000)) + data[at:]


def _stretch(rng: random.Random, data: bytes) -> bytes:
    return data + rng.choice((b"\0", b"\xff", b"a", b"[", b"\r\n")) * rng.choice((100, 50_000, 9_000_000))


HARMS: tuple[Harm, ...] = (_flip, _flip, _cut, _drop, _double, _insert, _insert, _stretch)


def pictures(frame: bytes) -> list[bytes]:
    """The frame as a camera sends it and in the other formats, smaller: many fit into a second."""
    from PIL import Image

    made = [frame]
    with Image.open(io.BytesIO(frame)) as opened:
        for size, kind, progressive in ((320, "JPEG", True), (160, "PNG", False), (160, "WEBP", False)):
            small = opened.resize((size, size * 3 // 4))
            saved = io.BytesIO()
            small.save(saved, kind, **({"progressive": True} if progressive else {}))
            made.append(saved.getvalue())
    return made


def attempt(function: Served, made: Attempt, answers: Answers) -> str | None:
    """Send it; what is wrong with the answer, in words, and None when nothing is."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", function.port, timeout=PATIENCE)
    pieces = (made.body[at : at + 4000] for at in range(0, len(made.body), 4000))
    try:
        connection.request(
            made.method,
            made.path,
            pieces if made.is_chunked else made.body,
            made.headers,
            encode_chunked=made.is_chunked,
        )
        with connection.getresponse() as answer:
            sent, length = answer.read(), answer.getheader("Content-Length")
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {type(error).__name__}: {error}"
    finally:
        connection.close()
        answers.slowest = max(answers.slowest, time.monotonic() - started)
    if length != str(len(sent)) or answer.getheader("Content-Type") != "application/json":
        return f"{answer.status}, but no JSON with its length: {sent[:200]!r}"
    try:
        fields = json.loads(sent)
    except ValueError:
        return f"{answer.status}, but broken JSON: {sent[:200]!r}"
    if answer.status in (500, 501) or (made.is_whole and answer.status != 200):
        return f"{answer.status}: {fields}"
    answers.statuses[made.kind, answer.status] += 1
    return None


def keep(folder: Path, name: str, made: Attempt) -> Path:
    """Write the body of a failed attempt where it can be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(made.body)
    return path

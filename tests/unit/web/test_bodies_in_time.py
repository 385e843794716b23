"""On the server that the platform runs: nobody holds a thread by sending slowly, and all is answered in JSON."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.unreader import SocketUnreader

from lookout.errors import BadRequest
from lookout.web import body as bodies
from lookout.web.body import (
    BODY_SECONDS,
    NAMELESS_AT_ONCE,
    NAMELESS_SECONDS,
    SILENCE_SECONDS,
    TimedBody,
    nameless,
)
from stack.local.serving import Served, served

SOURCE = Path(__file__).with_name("served") / "main.py"
PATIENCE = 5.0
"""How long a sketch waits for its answer, in seconds."""

JPEG = b"\xff\xd8" + bytes(60_000) + b"\xff\xd9"


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(SOURCE, "take", {}, tmp_path_factory.mktemp("take") / "log.txt") as made:
        yield made


def head(
    length: int | str, path: str = "/", method: str = "POST", key: str = "the-key", **more: str
) -> bytes:
    """The head of a request with a body of ``length`` bytes, or in "chunked" form."""
    framing = f"Transfer-Encoding: {length}" if isinstance(length, str) else f"Content-Length: {length}"
    headers = [f"{method} {path} HTTP/1.1", "Host: localhost", framing]
    headers += [f"X-Camera-Key: {key}"] if key else []
    headers += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*headers, "", ""]).encode()


def answer_of(connection: socket.socket) -> tuple[int, Any]:
    """Status and JSON of the answer on ``connection``."""
    got = b""
    while b"\r\n\r\n" not in got and (piece := connection.recv(4096)):
        got += piece
    top, _, rest = got.partition(b"\r\n\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in top.split(b"\r\n")[1:])
    }
    assert headers[b"content-type"] == b"application/json", got
    while len(rest) < int(headers[b"content-length"]) and (piece := connection.recv(4096)):
        rest += piece
    return int(top.split()[1]), json.loads(rest)


def asked(function: Served, *sent: bytes) -> tuple[int, Any]:
    with function.connect() as connection:
        for piece in sent:
            connection.sendall(piece)
        return answer_of(connection)


class Drippers:
    """Connections that send one byte now and then, and come back when they are cut."""

    def __init__(self, function: Served, request: bytes, count: int) -> None:
        self._function, self._request, self._count = function, request, count
        self._end = threading.Event()
        self.all_there = threading.Event()
        self.began = 0
        self._thread = threading.Thread(target=self._drip)

    def __enter__(self) -> Drippers:
        self._thread.start()
        assert self.all_there.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _drip(self) -> None:
        open_ones: list[socket.socket] = []
        while not self._end.wait(0.05):
            while len(open_ones) < self._count:
                open_ones.append(self._function.connect())
                open_ones[-1].sendall(self._request)
                self.began += 1
            self.all_there.set()
            for connection in list(open_ones):
                try:
                    connection.sendall(b"x")
                    connection.setblocking(False)
                    gone = connection.recv(4096) == b""
                except BlockingIOError:
                    gone = False
                except OSError:
                    gone = True
                if gone:
                    connection.close()
                    open_ones.remove(connection)
                else:
                    connection.setblocking(True)
        for connection in open_ones:
            connection.close()


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "request_head",
    [
        head(5_000_000, key=""),
        head("chunked", key="") + b"ffffff\r\n",
        head(5_000_000, "/error/Unauthorised", X_Camera_Id="cam_1"),
        head(5_000_000, "/error/Forbidden", X_Camera_Id="cam_1"),
        head(5_000_000, "/%0a", "GET"),
        head(5_000_000, "/robots.txt", "GET"),
        head(5_000_000, "/__/health"),
    ],
    ids=["no key", "chunked", "wrong key", "disabled", "no path", "robots", "health"],
)
def test_forty_that_drip_and_come_back_keep_no_camera_from_its_answer(
    function: Served, request_head: bytes
) -> None:
    with Drippers(function, request_head, 40) as drippers:
        for _ in range(5):
            started = time.monotonic()
            status, answer = asked(function, head(len(JPEG), X_Camera_Id="cam_1"), JPEG)
            assert (status, answer["camera"]) == (200, "cam_1")
            # a thread that a dripper holds would be free after this time: nobody waited for one
            assert time.monotonic() - started < BODY_SECONDS
    assert drippers.began >= 40


@pytest.mark.long
@pytest.mark.parametrize(
    "request_head", [head(5_000_000), pytest.param(head("chunked") + b"ffffff\r\n", marks=pytest.mark.long)]
)
def test_forty_with_a_key_of_no_camera_leave_a_thread_to_those_who_say_who_they_are(
    function: Served, request_head: bytes
) -> None:
    with Drippers(function, request_head, 40):
        for _ in range(3):
            started = time.monotonic()
            assert asked(function, head(len(JPEG), X_Camera_Id="cam_1"), JPEG)[0] == 200
            # one after another, each for its time, all of them would take this long
            assert time.monotonic() - started < 40 * NAMELESS_SECONDS / NAMELESS_AT_ONCE


@pytest.mark.parametrize("path", ["/", "/?camera_id=cam_1"])
def test_a_camera_that_sends_slowly_keeps_no_other_waiting(function: Served, path: str) -> None:
    with function.connect() as slow:
        slow.sendall(head(len(JPEG), path) + JPEG[:100])
        for way in ("/?camera_id=cam_2", "/"):
            body = b"camera_id=cam_2&image=/9j/AAAA" if way == "/" else JPEG
            status, answer = asked(function, head(len(body), way), body)
            assert (status, answer["camera"]) == (200, "cam_2")
        slow.setblocking(False)
        with pytest.raises(BlockingIOError):  # it is still being waited for
            slow.recv(1)
        slow.setblocking(True)


@pytest.mark.long
def test_a_content_length_that_is_too_large_is_answered_while_the_sketch_still_waits(
    function: Served,
) -> None:
    started = time.monotonic()
    with ThreadPoolExecutor() as both:
        too_short = both.submit(asked, function, head(len(JPEG) + 149, X_Camera_Id="cam_1"), JPEG)
        in_chunks = both.submit(asked, function, head("chunked", X_Camera_Id="cam_1"), b"10\r\nabc")
    status, answer = too_short.result()
    assert (status, answer["error"]) == (400, "bad_request")
    assert "Content-Length" in answer["message"]
    status, answer = in_chunks.result()
    assert (status, answer["error"]) == (400, "bad_request")
    # a second is left for the answer, and nobody waited for the whole time that a body may take
    assert SILENCE_SECONDS <= PATIENCE - 1
    assert time.monotonic() - started < BODY_SECONDS


def test_a_refused_client_that_sends_its_frame_to_the_end_sees_the_answer(function: Served) -> None:
    large = bytes(7_000_000)
    for _ in range(3):
        assert asked(function, head(len(large), key=""), large)[0] == 401
    with function.connect() as connection:  # and may use its connection again
        for _ in range(3):
            connection.sendall(head(len(JPEG), key="") + JPEG)
            assert answer_of(connection)[0] == 401


@pytest.mark.parametrize(
    "chunks",
    [
        b"-5\r\nabcde\r\n0\r\n\r\n",
        b"zz\r\nabcde\r\n0\r\n\r\n",
        b"5\r\nabcdeX\r\n0\r\n\r\n",
        b"\r\nabcde\r\n0\r\n\r\n",
        b"0x5\r\nabcde\r\n0\r\n\r\n",
        b"5;\xff=\r\n\r\nabcde\r\n0\r\n\r\n",
        b"5\nabcde\n0\n\n" + b"a" * 9000,
        b"0\r\nbad trailer\r\n\r\n",
        b"+5\r\nabcde\r\n0\r\n\r\n",
        b"5 5\r\nabcde\r\n0\r\n\r\n",
    ],
    ids=range(10),
)
def test_chunks_that_make_no_sense_are_refused_in_json(function: Served, chunks: bytes) -> None:
    for path in ("/", "/?camera_id=cam_1"):
        status, answer = asked(function, head("chunked", path), chunks)
        assert (status, answer["error"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "path",
    ["/%0a", "/a%0Ab", "/%0d%0a", "//", "//x//y", "/%00", "/%ff", "/robots.txt", "/favicon.ico", "/static/x"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_every_path_is_answered_in_json(function: Served, path: str, method: str) -> None:
    status, answer = asked(function, head(0, path, method))
    assert 400 <= status < 500
    assert answer["status"] == "error"


@contextmanager
def _body(length: int | None) -> Iterator[tuple[TimedBody, socket.socket]]:
    """A body as gunicorn reads it, of so many bytes or chunked, and who sends it."""
    ours, theirs = socket.socketpair()
    unreader = SocketUnreader(ours)
    reader = ChunkedReader(None, unreader) if length is None else LengthReader(unreader, length)
    environ: dict[str, Any] = {"wsgi.input": Body(reader), "gunicorn.socket": ours}
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    with ours, theirs:
        yield TimedBody(environ), theirs


def _dripping(theirs: socket.socket, end: threading.Event, drop: bytes) -> threading.Thread:
    def drip() -> None:
        with suppress(BrokenPipeError):  # it is cut
            while not end.wait(0.02):
                theirs.sendall(drop)

    thread = threading.Thread(target=drip)
    thread.start()
    return thread


def _read_all(body: TimedBody) -> bytes:
    return b"".join(iter(lambda: body.read(65536), b""))


@pytest.mark.long
@pytest.mark.parametrize(
    ("length", "drop"), [(1_000_000, b"x"), pytest.param(None, b"1\r\nx\r\n", marks=pytest.mark.long)]
)
def test_a_body_that_goes_on_dripping_ends_after_its_time(
    monkeypatch: pytest.MonkeyPatch, length: int | None, drop: bytes
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(bodies, "NAMELESS_SECONDS", 0.8)
    for several in (0, 1, 3):
        with ExitStack() as others, _body(length) as (body, theirs):
            for _ in range(several):
                others.enter_context(nameless(body))
            end = threading.Event()
            thread = _dripping(theirs, end, drop)
            with pytest.raises(BadRequest, match="too long"):
                _read_all(body)
            assert body.read() == b""
            end.set()
            thread.join()


def test_a_body_that_comes_is_what_was_sent() -> None:
    data = bytes(range(256)) * 4000
    for length, sent in ((len(data), data), (None, b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data))):
        with _body(length) as (body, theirs):
            writer = threading.Thread(target=theirs.sendall, args=[sent])
            writer.start()
            assert _read_all(body) == data
            writer.join()
            assert body.has_ended
            body.finish()

"""One GET to a camera, and everything that can be wrong with what comes back."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lookout_agent.camera import http
from lookout_agent.camera.addresses import Address
from lookout_agent.errors import CameraFailed, CameraSilent
from lookout_agent.execution import snapshot
from stack.fake_camera.server import Behaviour, FakeCamera
from tests.support import answers

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@pytest.fixture
def camera() -> Iterator[FakeCamera]:
    with FakeCamera(jpeg=JPEG) as made:
        yield made


def at(camera: FakeCamera) -> Address:
    host, _, port = camera.address.partition(":")
    return Address(host, int(port))


def raw(*parts: bytes, pause: float = 0.0) -> Address:
    """A camera that answers one request with these bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(4096)
            try:
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    return Address("127.0.0.1", listener.getsockname()[1])


def test_the_request_has_two_headers_and_no_more(camera: FakeCamera) -> None:
    assert http.get(at(camera), "/status", 2).body.startswith(b"{")
    assert [name for name, _ in camera.requests[0].headers] == ["Host", "Connection"]


@pytest.mark.parametrize("behaviour", [Behaviour.SILENT, Behaviour.DROPPING, Behaviour.HALF])
def test_a_camera_that_does_not_finish_is_silent(behaviour: Behaviour, camera: FakeCamera) -> None:
    camera.behave(behaviour)
    with pytest.raises(CameraSilent):
        http.get(at(camera), "/status", 0.3)


@pytest.mark.parametrize("path", ["/nothing", "/control?var=teapot&val=1"])
def test_an_error_status_is_a_failure(path: str, camera: FakeCamera) -> None:
    with pytest.raises(CameraFailed, match=r"answered (404|500)"):
        http.get(at(camera), path, 2)


@pytest.mark.parametrize("path", ["/status", "/nothing", "/capture"])
def test_every_answer_is_closed(path: str, camera: FakeCamera) -> None:
    with answers.all_closed(), suppress(CameraFailed):
        http.get(at(camera), path, 2, limit=4)


@pytest.mark.parametrize(
    "reason",
    [
        b"\x1b[31m" * 6000,
        b"\x1b]0;title\x07\x1b[2J" + b"x" * 30000,
        b"No\x00\x08\x7f\x9b31m way\t",
        "\u202e\u2028\u200b".encode() * 3000,
        b" " * 30000,
        b"",
    ],
    ids=["colours", "title", "controls", "directions", "blanks", "nothing"],
)
def test_the_words_beside_a_status_are_cut_and_hold_no_control_characters(reason: bytes) -> None:
    with pytest.raises(CameraFailed) as failed:
        http.get(raw(b"HTTP/1.1 500 " + reason + b"\r\nContent-Length: 0\r\n\r\n"), "/", 2)
    message = failed.value.message
    assert message.startswith("The camera answered 500")
    assert len(message) < 150
    assert all(unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in message)


def test_a_redirect_is_not_followed(camera: FakeCamera) -> None:
    camera.behave(Behaviour.MOVED)
    with pytest.raises(CameraFailed, match="302"):
        http.get(at(camera), "/status", 2)
    assert len(camera.requests) == 1


def test_bytes_that_trickle_in_do_not_stretch_the_time() -> None:
    trickle = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 100, pause=0.1)
    # each byte comes in time, all of them would take ten seconds
    with pytest.raises(CameraSilent, match="did not answer within"):
        http.get(trickle, "/", 0.5)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_a_body_over_the_limit_is_refused(head: bytes) -> None:
    with pytest.raises(CameraFailed, match="16 KB"):
        http.get(raw(head, bytes(20000)), "/", 2)


def test_a_chunk_of_less_than_nothing_brings_no_more_than_any_other() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"
    tracemalloc.start()
    try:
        with pytest.raises(CameraFailed, match="with more than"):
            http.get(raw(head, *[bytes(1 << 20)] * 40), "/", 2)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000,
    ],
)
def test_what_is_no_http_is_a_failure(answer: bytes) -> None:
    with pytest.raises(CameraFailed):
        http.get(raw(answer), "/", 2)


def test_an_answer_without_a_length_and_one_in_chunks_are_read() -> None:
    assert http.get(raw(b"HTTP/1.0 200 OK\r\n\r\n{}"), "/", 2).body == b"{}"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert http.get(raw(chunked), "/", 2).body == b"{}"


def test_chunks_that_break_off_are_silence() -> None:
    with pytest.raises(CameraSilent):
        http.get(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"), "/", 2)


def test_the_newest_of_the_captures_is_taken(camera: FakeCamera) -> None:
    stale = camera.frames_taken
    assert camera.frame_number(snapshot.capture(at(camera), "/capture", 2)) > stale


def test_a_picture_that_is_none_is_a_failure(camera: FakeCamera) -> None:
    with pytest.raises(CameraFailed, match="no whole JPEG"):
        snapshot.capture(at(camera), "/status", 2)


def picture(number: int) -> bytes:
    return b"\xff\xd8\xff\xe0 picture %d \xff\xd9" % number


@contextmanager
def captures(*answers: tuple[str | None, bytes]) -> Iterator[Address]:
    """A camera that hands out these pictures in turn, each with its time stamp, and the last again and again."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stamp, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(200)
            if stamp is not None:
                self.send_header("X-Timestamp", stamp)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Address("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


NO_STAMPS = [
    "nan",
    "NaN",
    "inf",
    "-inf",
    "-1",
    "1e400",
    "1e3",
    "",
    "soon",
    "1,5",
    "9" * 5000,
    "0x10",
    "1_000",
    "１",
]


@pytest.mark.parametrize("stamp", [one for one in NO_STAMPS if one.isascii()], ids=lambda one: one[:8])
def test_a_time_stamp_that_is_none_does_not_lose_the_picture(stamp: str) -> None:
    with captures(
        (stamp, picture(1)), (stamp, picture(2)), (stamp, picture(3)), (stamp, picture(4))
    ) as address:
        # without time stamps the last is the newest
        assert snapshot.capture(address, "/capture", 2) == picture(4)


@pytest.mark.parametrize("stamp", NO_STAMPS, ids=lambda one: one[:8])
def test_what_is_no_time_stamp_is_not_taken_for_one(stamp: str) -> None:
    assert snapshot._timestamp(stamp, 7.5) == 7.5


def test_a_time_stamp_that_is_none_among_good_ones_hides_no_newer_picture() -> None:
    with captures(
        ("5.5", picture(1)), ("inf", picture(2)), ("4.0", picture(3)), ("6.5", picture(4))
    ) as address:
        assert snapshot.capture(address, "/capture", 2) == picture(4)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"\x00" * 50,
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xd9\xff\xd9",
        b"<html>busy</html>",
        b"\xff\xd8\xff\xe0",
    ],
)
@pytest.mark.parametrize("stamp", [None, "nan", "1.0"])
def test_an_empty_picture_is_no_success(stamp: str | None, body: bytes) -> None:
    with captures((stamp, body)) as address, pytest.raises(CameraFailed, match="no whole JPEG"):
        snapshot.capture(address, "/capture", 2)

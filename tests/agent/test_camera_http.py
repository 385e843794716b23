"""One GET to a camera, and everything that can be wrong with what comes back."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from lookout_agent import camera_http, snapshots
from lookout_agent.addresses import Address
from lookout_agent.errors import CameraFailed, CameraSilent
from stack.camera_server import FakeCamera, Mood

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
    assert camera_http.get(at(camera), "/status", 2).body.startswith(b"{")
    assert [name for name, _ in camera.requests[0].headers] == ["Host", "Connection"]


@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.DROPPING, Mood.HALF])
def test_a_camera_that_does_not_finish_is_silent(mood: Mood, camera: FakeCamera) -> None:
    camera.behave(mood)
    with pytest.raises(CameraSilent):
        camera_http.get(at(camera), "/status", 0.3)


@pytest.mark.parametrize("path", ["/nothing", "/control?var=teapot&val=1"])
def test_an_error_status_is_a_failure(path: str, camera: FakeCamera) -> None:
    with pytest.raises(CameraFailed, match=r"answered (404|500)"):
        camera_http.get(at(camera), path, 2)


def test_a_redirect_is_not_followed(camera: FakeCamera) -> None:
    camera.behave(Mood.MOVED)
    with pytest.raises(CameraFailed, match="302"):
        camera_http.get(at(camera), "/status", 2)
    assert len(camera.requests) == 1


def test_bytes_that_trickle_in_do_not_stretch_the_time() -> None:
    trickle = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 100, pause=0.1)
    # each byte comes in time, all of them would take ten seconds
    with pytest.raises(CameraSilent, match="did not answer within"):
        camera_http.get(trickle, "/", 0.5)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_a_body_over_the_limit_is_refused(head: bytes) -> None:
    with pytest.raises(CameraFailed, match="16 KB"):
        camera_http.get(raw(head, bytes(20000)), "/", 2)


def test_a_chunk_of_less_than_nothing_brings_no_more_than_any_other() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"
    tracemalloc.start()
    try:
        with pytest.raises(CameraFailed, match="with more than"):
            camera_http.get(raw(head, *[bytes(1 << 20)] * 40), "/", 2)
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
        camera_http.get(raw(answer), "/", 2)


def test_an_answer_without_a_length_and_one_in_chunks_are_read() -> None:
    assert camera_http.get(raw(b"HTTP/1.0 200 OK\r\n\r\n{}"), "/", 2).body == b"{}"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert camera_http.get(raw(chunked), "/", 2).body == b"{}"


def test_chunks_that_break_off_are_silence() -> None:
    with pytest.raises(CameraSilent):
        camera_http.get(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"), "/", 2)


def test_the_newest_of_the_captures_is_taken(camera: FakeCamera) -> None:
    stale = camera.frames_taken
    assert camera.frame_number(snapshots.capture(at(camera), "/capture", 2)) > stale


def test_a_picture_that_is_none_is_a_failure(camera: FakeCamera) -> None:
    with pytest.raises(CameraFailed, match="no whole JPEG"):
        snapshots.capture(at(camera), "/status", 2)

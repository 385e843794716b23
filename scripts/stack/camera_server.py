"""An ESP32-CAM as the LAN sees it: the HTTP server of its firmware, with its manners and its failures.

``camerawebserver`` is the stock sketch of the Arduino core, ``simple`` the small servo firmware. Stock sketches
stream on a second port; here everything is on one.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

HEADER_LIMIT = 512
"""ESP-IDF's ``CONFIG_HTTPD_MAX_REQ_HDR_LEN``: a request with more bytes of headers is answered 431."""

BUFFERS = 3
"""Frame buffers that were filled long ago: as many captures come late before the first fresh one."""

STALE_SECONDS = 60
"""How old what lies in the buffers is at the start."""

SERVO_RANGE = (5, 175)
"""Degrees the mechanics reach; the ``simple`` firmware answers with the angle it really came to."""

VARIABLES = {"framesize": (0, 24), "led_intensity": (0, 255), "quality": (0, 63), "brightness": (-2, 2)}
"""What ``/control`` knows, with the ranges that it accepts."""

STREAM_BOUNDARY = "123456789000000000000987654321"
"""The stock sketch's own."""


class Firmware(StrEnum):
    """Which sketch the board runs."""

    CAMERA_WEB_SERVER = "camerawebserver"
    SIMPLE = "simple"


class Mood(StrEnum):
    """How the camera treats a request, which it notes in every mood."""

    WELL = "well"
    SLOW = "slow"
    SILENT = "silent"
    DROPPING = "dropping"
    HALF = "half"
    """Breaks off in the middle of the answer."""
    MOVED = "moved"
    """Redirects to another address."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request: when it came (seconds since the epoch), its path with the query, and its header lines."""

    at: float
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Bytes of the request line and the headers."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {text}" for name, text in self.headers),
            "",
        ]
        return sum(len(line) + 2 for line in lines)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    kind: str = "text/html"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    taken_at: float
    jpeg: bytes


class FakeCamera:
    """A camera that listens on ``port`` of ``host`` (0: any free one) while a ``with`` block lasts.

    ``jpeg`` is what it sees; each capture carries the number of its frame in a JPEG comment, ``frame 7``.
    """

    def __init__(
        self,
        firmware: Firmware | str = Firmware.CAMERA_WEB_SERVER,
        port: int = 0,
        host: str = "127.0.0.1",
        jpeg: bytes | None = None,
    ) -> None:
        self.firmware = Firmware(firmware)
        self.requests: list[Request] = []
        self.pan = self.tilt = 90
        self.variables = {"framesize": 10, "led_intensity": 0, "quality": 12, "brightness": 0}
        self._jpeg = jpeg if jpeg is not None else _grey_frame()
        self._mood, self._seconds = Mood.WELL, 0.0
        self._started = time.monotonic()
        self._frames = 0
        # what was captured long ago lies in the buffers, and goes out first
        self._buffers = deque(self._take(-STALE_SECONDS) for _ in range(BUFFERS))
        self._busy = threading.Lock()
        self._released = threading.Event()
        handler = type("Handler", (_Handler,), {"camera": self})
        self._server = _Server((host, port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """``host:port``, as ``cameras/{id}.ipAddress`` has it."""
        host, port = self._server.server_address[:2]
        return f"{host if isinstance(host, str) else host.decode()}:{port}"

    def behave(self, mood: Mood | str, seconds: float = 0.0) -> None:
        """From now on be in this ``mood``; ``seconds`` is what a ``slow`` answer takes."""
        self._released.set()
        self._released = threading.Event()
        self._mood, self._seconds = Mood(mood), seconds

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Be unplugged: listen no more and end every connection."""
        self._released.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> FakeCamera:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def frame_number(self, jpeg: bytes) -> int:
        """Which of its frames ``jpeg`` is."""
        comment = jpeg[6 : 4 + int.from_bytes(jpeg[4:6])].decode()
        return int(comment.removeprefix("frame "))

    @property
    def frames_taken(self) -> int:
        """How many frames its sensor made, those in the buffers included."""
        return self._frames

    def _take(self, seconds: float = 0.0) -> _Frame:
        self._frames += 1
        comment = b"frame %d" % self._frames
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment
        at = time.monotonic() - self._started + STALE_SECONDS + seconds
        return _Frame(self._frames, at, self._jpeg[:2] + segment + self._jpeg[2:])

    def _capture(self) -> _Answer:
        frame = self._buffers.popleft()
        self._buffers.append(self._take())
        return _Answer(
            200,
            "image/jpeg",
            frame.jpeg,
            (
                ("Content-Disposition", "inline; filename=capture.jpg"),
                ("Access-Control-Allow-Origin", "*"),
                ("X-Timestamp", f"{frame.taken_at:.6f}"),
            ),
        )

    def _answer(self, path: str) -> _Answer:
        """What the firmware says; one request at a time, as the board's single server task does it."""
        address = urlsplit(path)
        query = dict(parse_qsl(address.query))
        with self._busy:
            match self.firmware, address.path:
                case _, "/":
                    return _Answer(200, body=b"<h1>ESP32-CAM</h1>")
                case _, "/capture":
                    return self._capture()
                case _, "/status":
                    return _json(self._status())
                case Firmware.CAMERA_WEB_SERVER, "/control":
                    return self._control(query)
                case Firmware.SIMPLE, "/servo":
                    return self._servo(query)
                case Firmware.SIMPLE, "/led":
                    return self._led(query)
        return _Answer(404, body=b"Nothing matches the given URI")

    def _status(self) -> dict[str, object]:
        if self.firmware is Firmware.SIMPLE:
            return {"pan": self.pan, "tilt": self.tilt, "led": self.variables["led_intensity"]}
        return {"xclk": 20, "pixformat": 3, **self.variables}

    def _control(self, query: dict[str, str]) -> _Answer:
        name, value = query.get("var"), query.get("val")
        if not name or not value:
            return _Answer(404, body=b"Nothing matches the given URI")
        number = _integer(value)
        low, high = VARIABLES.get(name, (1, 0))
        if not low <= number <= high:
            return _Answer(500, body=b"Server has encountered an unexpected error")
        self.variables[name] = number
        return _Answer(200)

    def _servo(self, query: dict[str, str]) -> _Answer:
        if "pan" not in query or "tilt" not in query:
            return _Answer(400, "text/plain", b"pan and tilt are missing")
        low, high = SERVO_RANGE
        self.pan, self.tilt = (min(max(_integer(query[name]), low), high) for name in ("pan", "tilt"))
        return _json({"pan": self.pan, "tilt": self.tilt})

    def _led(self, query: dict[str, str]) -> _Answer:
        if "state" not in query:
            return _Answer(400, "text/plain", b"state is missing")
        self.variables["led_intensity"] = min(max(_integer(query["state"]), 0), 255)
        return _json({"led": self.variables["led_intensity"]})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        # before the port is bound: one that cannot be had closes the server again
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client: object) -> None:
        if isinstance(request, socket.socket):
            self._open.add(request)
        super().process_request(request, client)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        super().shutdown_request(request)
        if isinstance(request, socket.socket):
            self._open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves early is no news to a camera."""

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    camera: FakeCamera

    def do_GET(self) -> None:
        camera = self.camera
        request = Request(time.time(), self.command, self.path, tuple(self.headers.items()))
        if sum(len(name) + len(text) + 4 for name, text in request.headers) > HEADER_LIMIT:
            self._send(_Answer(431, body=b"Header fields are too long"))
            return
        camera.requests.append(request)
        match camera._mood:
            case Mood.SLOW:
                camera._released.wait(camera._seconds)
            case Mood.SILENT:
                # longer than anybody waits; being unplugged or in another mood ends it
                camera._released.wait(60)
                self.close_connection = True
                return
            case Mood.DROPPING:
                self.close_connection = True
                return
            case Mood.MOVED:
                self._send(_Answer(302, headers=(("Location", "http://192.0.2.1/"),)))
                return
        if urlsplit(self.path).path == "/stream":
            self._stream()
            return
        answer = camera._answer(self.path)
        self._send(answer, half=camera._mood is Mood.HALF)

    def _send(self, answer: _Answer, half: bool = False) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, text in answer.headers:
            self.send_header(name, text)
        if half:
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)

    def _stream(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace;boundary={STREAM_BOUNDARY}")
        self.end_headers()
        while not self.camera._released.wait(0.1):
            with self.camera._busy:
                frame = self.camera._take()
            head = (
                f"\r\n--{STREAM_BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                f"Content-Length: {len(frame.jpeg)}\r\nX-Timestamp: {frame.taken_at:.6f}\r\n\r\n"
            )
            self.wfile.write(head.encode() + frame.jpeg)

    def log_message(self, *_: object) -> None:
        """Stay quiet; the requests are noted."""

    def version_string(self) -> str:
        return "esp32"


def _integer(text: str) -> int:
    # as C's atoi: what is no number is 0
    try:
        return int(text)
    except ValueError:
        return 0


def _json(value: dict[str, object]) -> _Answer:
    return _Answer(200, "application/json", json.dumps(value).encode())


def _grey_frame() -> bytes:
    from stack.esp32 import empty_frame

    return empty_frame(640, 480)

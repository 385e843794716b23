"""An ESP32-CAM in the local network: the HTTP server of its firmware, with its limits and failures.

Stock sketches stream on a second port; here everything is on one.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from stack.fake_camera.firmware import Answer, Board, Firmware

HEADER_LIMIT = 512
"""ESP-IDF's ``CONFIG_HTTPD_MAX_REQ_HDR_LEN``: a request with more bytes of headers is answered 431."""

STREAM_BOUNDARY = "123456789000000000000987654321"
"""The stock sketch's own."""


class Behaviour(StrEnum):
    """How the camera treats a request. It records the request in every behaviour."""

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


class FakeCamera(Board):
    """A camera that listens on ``port`` of ``host`` (0: any free one) while a ``with`` block lasts."""

    def __init__(
        self,
        firmware: Firmware | str = Firmware.CAMERA_WEB_SERVER,
        port: int = 0,
        host: str = "127.0.0.1",
        jpeg: bytes | None = None,
    ) -> None:
        super().__init__(firmware, jpeg)
        self.requests: list[Request] = []
        self._behaviour, self._seconds = Behaviour.WELL, 0.0
        self._released = threading.Event()
        handler = type("Handler", (_Handler,), {"camera": self})
        self._server = _Server((host, port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """``host:port``, as ``cameras/{id}.ipAddress`` has it."""
        host, port = self._server.server_address[:2]
        return f"{host if isinstance(host, str) else host.decode()}:{port}"

    def behave(self, behaviour: Behaviour | str, seconds: float = 0.0) -> None:
        """From now on behave so; ``seconds`` is what a ``slow`` answer takes."""
        self._released.set()
        self._released = threading.Event()
        self._behaviour, self._seconds = Behaviour(behaviour), seconds

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and end every connection, as if unplugged."""
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
        """Ignore clients that leave early."""

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
            self._send(Answer(431, body=b"Header fields are too long"))
            return
        camera.requests.append(request)
        match camera._behaviour:
            case Behaviour.SLOW:
                camera._released.wait(camera._seconds)
            case Behaviour.SILENT:
                # longer than any client waits; being unplugged or another behaviour ends it
                camera._released.wait(60)
                self.close_connection = True
                return
            case Behaviour.DROPPING:
                self.close_connection = True
                return
            case Behaviour.MOVED:
                self._send(Answer(302, headers=(("Location", "http://192.0.2.1/"),)))
                return
        if urlsplit(self.path).path == "/stream":
            self._stream()
            return
        answer = camera.answer(self.path)
        self._send(answer, half=camera._behaviour is Behaviour.HALF)

    def _send(self, answer: Answer, half: bool = False) -> None:
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
            with self.camera.busy:
                frame = self.camera.take()
            head = (
                f"\r\n--{STREAM_BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                f"Content-Length: {len(frame.jpeg)}\r\nX-Timestamp: {frame.taken_at:.6f}\r\n\r\n"
            )
            self.wfile.write(head.encode() + frame.jpeg)

    def log_message(self, *_: object) -> None:
        """Print nothing; the requests are recorded."""

    def version_string(self) -> str:
        return "esp32"

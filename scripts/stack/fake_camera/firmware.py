"""The board of an ESP32-CAM and its sketch: a sensor with its buffers, a servo, a light, and the paths it serves.

``camerawebserver`` is the stock sketch of the Arduino core, ``simple`` the small servo firmware.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

BUFFERS = 3
"""Frame buffers with old frames: as many captures return old frames before the first fresh one."""

STALE_SECONDS = 60
"""Age of the buffered frames at the start."""

SERVO_RANGE = (5, 175)
"""Degrees the mechanics reach; the ``simple`` firmware answers with the angle it really came to."""

VARIABLES = {"framesize": (0, 24), "led_intensity": (0, 255), "quality": (0, 63), "brightness": (-2, 2)}
"""What ``/control`` knows, with the ranges that it accepts."""


class Firmware(StrEnum):
    """Which sketch the board runs."""

    CAMERA_WEB_SERVER = "camerawebserver"
    SIMPLE = "simple"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out over HTTP."""

    status: int
    kind: str = "text/html"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture; ``taken_at`` in seconds of the board's clock."""

    number: int
    taken_at: float
    jpeg: bytes


class Board:
    """A board that runs ``firmware`` and sees ``jpeg``.

    Each capture carries the number of its frame in a JPEG comment, ``frame 7``. ``busy`` is held while it takes a
    picture or serves a request.
    """

    def __init__(self, firmware: Firmware | str, jpeg: bytes | None) -> None:
        self.firmware = Firmware(firmware)
        self.pan = self.tilt = 90
        self.variables = {"framesize": 10, "led_intensity": 0, "quality": 12, "brightness": 0}
        self.busy = threading.Lock()
        self._jpeg = jpeg if jpeg is not None else _grey_frame()
        self._started = time.monotonic()
        self._frames = 0
        # old frames in the buffers go out first
        self._buffers = deque(self.take(-STALE_SECONDS) for _ in range(BUFFERS))

    def frame_number(self, jpeg: bytes) -> int:
        """Which of its frames ``jpeg`` is."""
        comment = jpeg[6 : 4 + int.from_bytes(jpeg[4:6])].decode()
        return int(comment.removeprefix("frame "))

    @property
    def frames_taken(self) -> int:
        """How many frames its sensor made, those in the buffers included."""
        return self._frames

    def take(self, seconds: float = 0.0) -> Frame:
        """A new frame, of ``seconds`` after now."""
        self._frames += 1
        comment = b"frame %d" % self._frames
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment
        at = time.monotonic() - self._started + STALE_SECONDS + seconds
        return Frame(self._frames, at, self._jpeg[:2] + segment + self._jpeg[2:])

    def _capture(self) -> Answer:
        frame = self._buffers.popleft()
        self._buffers.append(self.take())
        return Answer(
            200,
            "image/jpeg",
            frame.jpeg,
            (
                ("Content-Disposition", "inline; filename=capture.jpg"),
                ("Access-Control-Allow-Origin", "*"),
                ("X-Timestamp", f"{frame.taken_at:.6f}"),
            ),
        )

    def answer(self, path: str) -> Answer:
        """The firmware's answer; one request at a time, like the board's single server task."""
        address = urlsplit(path)
        query = dict(parse_qsl(address.query))
        with self.busy:
            match self.firmware, address.path:
                case _, "/":
                    return Answer(200, body=b"<h1>ESP32-CAM</h1>")
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
        return Answer(404, body=b"Nothing matches the given URI")

    def _status(self) -> dict[str, object]:
        if self.firmware is Firmware.SIMPLE:
            return {"pan": self.pan, "tilt": self.tilt, "led": self.variables["led_intensity"]}
        return {"xclk": 20, "pixformat": 3, **self.variables}

    def _control(self, query: dict[str, str]) -> Answer:
        name, value = query.get("var"), query.get("val")
        if not name or not value:
            return Answer(404, body=b"Nothing matches the given URI")
        number = _integer(value)
        low, high = VARIABLES.get(name, (1, 0))
        if not low <= number <= high:
            return Answer(500, body=b"Server has encountered an unexpected error")
        self.variables[name] = number
        return Answer(200)

    def _servo(self, query: dict[str, str]) -> Answer:
        if "pan" not in query or "tilt" not in query:
            return Answer(400, "text/plain", b"pan and tilt are missing")
        low, high = SERVO_RANGE
        self.pan, self.tilt = (min(max(_integer(query[name]), low), high) for name in ("pan", "tilt"))
        return _json({"pan": self.pan, "tilt": self.tilt})

    def _led(self, query: dict[str, str]) -> Answer:
        if "state" not in query:
            return Answer(400, "text/plain", b"state is missing")
        self.variables["led_intensity"] = min(max(_integer(query["state"]), 0), 255)
        return _json({"led": self.variables["led_intensity"]})


def _integer(text: str) -> int:
    # like C's atoi: 0 for what is no number
    try:
        return int(text)
    except ValueError:
        return 0


def _json(value: dict[str, object]) -> Answer:
    return Answer(200, "application/json", json.dumps(value).encode())


def _grey_frame() -> bytes:
    from stack.fake_camera.client import empty_frame

    return empty_frame(640, 480)

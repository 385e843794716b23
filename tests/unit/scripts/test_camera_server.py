"""The fake camera's own web server has the manners of the board's."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from stack.fake_camera.firmware import BUFFERS, Firmware
from stack.fake_camera.server import Behaviour, FakeCamera
from stack.install.bootstrap import ROOT

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@pytest.fixture
def stock() -> Iterator[FakeCamera]:
    with FakeCamera(jpeg=JPEG) as camera:
        yield camera


@pytest.fixture
def servo() -> Iterator[FakeCamera]:
    with FakeCamera(Firmware.SIMPLE, jpeg=JPEG) as camera:
        yield camera


def ask(
    camera: FakeCamera, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(camera.address, timeout=5)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/control?var=framesize&val=11", 200),
        ("/control?var=led_intensity&val=255", 200),
        ("/control?var=led_intensity", 404),
        ("/control?val=1", 404),
        ("/control", 404),
        ("/control?var=teapot&val=1", 500),
        ("/control?var=led_intensity&val=256", 500),
        ("/servo?pan=1&tilt=1", 404),
        ("/nothing", 404),
        ("/", 200),
    ],
)
def test_the_stock_sketch_answers_as_the_real_one(path: str, status: int, stock: FakeCamera) -> None:
    assert ask(stock, path)[0] == status


def test_a_success_of_the_stock_sketch_has_an_empty_body(stock: FakeCamera) -> None:
    assert ask(stock, "/control?var=framesize&val=11")[2] == b""
    assert json.loads(ask(stock, "/status")[2])["framesize"] == 11


def test_a_servo_answers_with_the_angle_that_it_reached(servo: FakeCamera) -> None:
    status, headers, body = ask(servo, "/servo?pan=0&tilt=120")
    assert (status, headers["Content-Type"], json.loads(body)) == (
        200,
        "application/json",
        {"pan": 5, "tilt": 120},
    )
    assert json.loads(ask(servo, "/led?state=300")[2]) == {"led": 255}
    assert json.loads(ask(servo, "/status")[2]) == {"pan": 5, "tilt": 120, "led": 255}
    assert ask(servo, "/servo?pan=1")[0] == ask(servo, "/led")[0] == 400
    assert ask(servo, "/control?var=framesize&val=1")[0] == 404


def test_the_first_captures_are_old_and_say_so(stock: FakeCamera) -> None:
    shots = [ask(stock, "/capture") for _ in range(BUFFERS + 1)]
    assert {status for status, _, _ in shots} == {200}
    assert {headers["Content-Type"] for _, headers, _ in shots} == {"image/jpeg"}
    stamps = [float(headers["X-Timestamp"]) for _, headers, _ in shots]
    assert stamps[BUFFERS] - stamps[BUFFERS - 1] > 30
    assert [stock.frame_number(body) for _, _, body in shots] == [1, 2, 3, 4]
    assert all(body.startswith(b"\xff\xd8") and body.endswith(b"\xff\xd9") for _, _, body in shots)


def test_long_headers_are_refused(stock: FakeCamera) -> None:
    assert ask(stock, "/status", headers={"Cookie": "x" * 512})[0] == 431
    assert ask(stock, "/status", headers={"Cookie": "x" * 200})[0] == 200


def test_only_get_is_served(stock: FakeCamera) -> None:
    assert ask(stock, "/status", method="POST")[0] == 501


@pytest.mark.long
def test_the_stream_goes_on_in_parts(stock: FakeCamera) -> None:
    with urllib.request.urlopen(f"http://{stock.address}/stream", timeout=5) as stream:
        assert stream.headers["Content-Type"].startswith("multipart/x-mixed-replace;boundary=")
        assert stream.read(2000).count(b"Content-Type: image/jpeg") >= 2


def test_every_request_is_noted_whatever_the_camera_does(servo: FakeCamera) -> None:
    for behaviour in (Behaviour.WELL, Behaviour.DROPPING, Behaviour.MOVED, Behaviour.HALF):
        servo.behave(behaviour)
        try:
            ask(servo, f"/status?{behaviour}")
        except (OSError, http.client.HTTPException):
            assert behaviour in (Behaviour.DROPPING, Behaviour.HALF)
        else:
            assert behaviour in (Behaviour.WELL, Behaviour.MOVED)
    assert [request.path for request in servo.requests] == [
        "/status?well",
        "/status?dropping",
        "/status?moved",
        "/status?half",
    ]


def test_a_slow_camera_takes_its_time_and_answers(servo: FakeCamera) -> None:
    servo.behave(Behaviour.SLOW, 0.3)
    started = time.monotonic()
    assert ask(servo, "/status")[0] == 200
    assert time.monotonic() - started >= 0.3


def test_a_silent_camera_says_nothing_until_it_is_unplugged(servo: FakeCamera) -> None:
    servo.behave(Behaviour.SILENT)
    host, port = servo.address.split(":")
    with socket.create_connection((host, int(port)), timeout=0.3) as caller:
        caller.sendall(b"GET /status HTTP/1.1\r\nHost: camera\r\n\r\n")
        with pytest.raises(TimeoutError):
            caller.recv(1)
        servo.stop()
        caller.settimeout(5)
        assert caller.recv(1) == b""


def test_the_script_serves_until_it_is_told_to_end() -> None:
    with subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "fake_camera"), "--serve", "--port", "0", "--behaviour", "moved"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as serving:  # fmt: skip
        assert serving.stdout is not None
        assert serving.stderr is not None
        address = serving.stdout.readline().split("http://")[1].split("/")[0]
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request("GET", "/status")
        assert connection.getresponse().status == 302
        connection.close()
        serving.send_signal(signal.SIGTERM)
        assert serving.stdout.read() == "Requests: 1\n"
        assert (serving.wait(timeout=20), serving.stderr.read()) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "name a photo to post, or --serve"),
        (["a.jpg", "b.jpg", "--serve"], "sees one photo"),
        (["--serve", "--behaviour", "grumpy"], "invalid choice"),
        (["--serve", "--host", "192.0.2.1"], "cannot be listened on"),
    ],
)
def test_the_script_says_in_one_line_why_it_does_not_serve(arguments: list[str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fake_camera"), *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert complaint in done.stderr.splitlines()[-1]

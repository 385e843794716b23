"""A command goes from the cloud to the camera, and what the camera says comes back. All real but the camera."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from stack.fake_camera.server import Behaviour, FakeCamera
from tests.agent.conftest import Harness
from tests.support.waiting import wait_until


def test_every_action_is_carried_out_and_the_answer_is_the_cameras(
    harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo)
    harness.up()
    moved = harness.ended(harness.queue(camera, "servo", pan=0, tilt=120))
    # the mechanics stop at 5 degrees: the answer is where the servo is, not where it was sent
    assert (moved["state"], moved["result"]) == ("done", {"pan": 5, "tilt": 120})
    assert moved["createdAt"] <= moved["takenAt"] <= moved["finishedAt"]
    lit = harness.ended(harness.queue(camera, "led", led=200))
    assert (lit["state"], lit["result"]) == ("done", {"led": 200})
    status = harness.ended(harness.queue(camera, "status"))
    assert (status["state"], status["result"]) == ("done", {"pan": 5, "tilt": 120, "led": 200})
    assert [request.path for request in servo.requests] == [
        "/servo?pan=0&tilt=120",
        "/led?state=200",
        "/status",
    ]


def test_a_stock_camera_that_says_nothing_is_taken_at_its_200(harness: Harness, stock: FakeCamera) -> None:
    camera = harness.register(stock)
    harness.up()
    sized = harness.ended(harness.queue(camera, "framesize", framesize="SVGA"))
    assert (sized["state"], sized["result"]) == ("done", {"framesize": "SVGA"})
    lit = harness.ended(harness.queue(camera, "led", led=7))
    assert (lit["state"], lit["result"]) == ("done", {"led": 7})
    assert stock.variables["framesize"] == 11
    assert stock.variables["led_intensity"] == 7


def test_a_snapshot_is_of_now_and_lies_in_storage(harness: Harness, stock: FakeCamera) -> None:
    camera = harness.register(stock)
    harness.up()
    in_buffers = stock.frames_taken
    ended = harness.ended(harness.queue(camera, "snapshot"))
    assert ended["state"] == "done"
    path = f"snapshots/{camera}.jpg"
    url = (
        f"{harness.stack.urls['storage']}/v0/b/{harness.stack.bucket}/o/{path.replace('/', '%2F')}?alt=media"
    )
    stored = requests.get(url, headers={"Authorization": "Bearer owner"}, timeout=20)
    assert ended["result"] == {"path": path, "bytes": len(stored.content)}
    assert stored.headers["Content-Type"] == "image/jpeg"
    assert stock.frame_number(stored.content) > in_buffers


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (Behaviour.SILENT, "camera_silent"),
        (Behaviour.DROPPING, "camera_silent"),
        (Behaviour.MOVED, "camera_failed"),
    ],
)
def test_a_camera_that_misbehaves_fails_one_command_and_not_the_next(
    behaviour: Behaviour, code: str, harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo)
    harness.up(ESP32_TIMEOUT="0.5")
    servo.behave(behaviour)
    failed = harness.ended(harness.queue(camera, "servo", pan=10, tilt=10))
    assert (failed["state"], failed["error"]["code"]) == ("failed", code)
    servo.behave(Behaviour.WELL)
    assert harness.ended(harness.queue(camera, "servo", pan=20, tilt=20))["state"] == "done"


def test_a_silent_camera_does_not_hold_up_another(
    harness: Harness, servo: FakeCamera, stock: FakeCamera
) -> None:
    silent, lively = harness.register(servo), harness.register(stock)
    harness.up(ESP32_TIMEOUT="10")
    servo.behave(Behaviour.SILENT)
    held = harness.queue(silent, "status")
    wait_until(lambda: bool(servo.requests), "the silent camera's request")
    assert harness.ended(harness.queue(lively, "status"))["state"] == "done"
    assert held.get().to_dict()["state"] == "taken"
    servo.behave(Behaviour.DROPPING)
    assert harness.ended(held)["error"]["code"] == "camera_silent"


def test_commands_to_one_camera_are_carried_out_in_their_order(harness: Harness, servo: FakeCamera) -> None:
    camera = harness.register(servo)
    queued = [harness.queue(camera, "led", seconds=30, led=level) for level in range(12)]
    harness.up()
    assert {harness.ended(command)["state"] for command in queued} == {"done"}
    assert [request.path for request in servo.requests] == [f"/led?state={level}" for level in range(12)]


def test_an_unplugged_camera_is_silent(harness: Harness) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    camera = harness.register(f"127.0.0.1:{port}")
    harness.up()
    assert harness.ended(harness.queue(camera, "status"))["error"]["code"] == "camera_silent"


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "disabled"}, "not_allowed"),
        ({"agentId": "another"}, "not_allowed"),
        ({"ipAddress": "8.8.8.8"}, "not_allowed"),
        ({"ipAddress": "192.168.1.100"}, "not_allowed"),
        ({"ipAddress": "localhost"}, "not_allowed"),
        ({"ipAddress": None}, "not_allowed"),
        ({"commandMap": {"led": "/led?state={led}"}}, "unsupported"),
        ({"commandMap": {"status": "http://8.8.8.8/"}}, "unsupported"),
        ({"commandMap": "toaster"}, "unsupported"),
    ],
)
def test_what_the_camera_or_its_address_forbids_is_not_sent(
    fields: dict[str, Any], code: str, harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo, **fields)
    harness.up()
    ended = harness.ended(harness.queue(camera, "status"))
    assert (ended["state"], ended["error"]["code"]) == ("failed", code)
    assert servo.requests == []


@pytest.mark.few(1)
@pytest.mark.parametrize("camera_id", ["cam_nobody", "", "../agents/x", "a/b"])
def test_a_camera_that_does_not_exist_is_not_looked_for(camera_id: str, harness: Harness) -> None:
    harness.up()
    ended = harness.ended(harness.queue(camera_id, "status"))
    assert (ended["state"], ended["error"]["code"]) == ("failed", "not_allowed")


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("action", "args"),
    [
        ("servo", {"pan": 181, "tilt": 0}),
        ("servo", {"pan": "1&x=", "tilt": 0}),
        ("led", {"led": True}),
        ("explode", {}),
    ],
)
def test_arguments_out_of_range_never_reach_the_camera(
    action: str, args: dict[str, Any], harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo)
    harness.up()
    assert harness.ended(harness.queue(camera, action, **args))["error"]["code"] == "unsupported"
    assert servo.requests == []


def test_a_late_command_expires_and_is_not_carried_out(harness: Harness, servo: FakeCamera) -> None:
    camera = harness.register(servo)
    late = harness.queue(camera, "led", seconds=-0.1, led=9)
    harness.up()
    assert harness.ended(late)["state"] == "expired"
    assert servo.requests == []


@pytest.mark.parametrize(("state", "end"), [("queued", "expired"), ("taken", "failed")])
def test_a_command_that_should_have_been_deleted_long_ago_is_ended_and_not_carried_out(
    state: str, end: str, harness: Harness, servo: FakeCamera
) -> None:
    command = harness.queue(harness.register(servo), "led", seconds=-2 * 86400, state=state, led=9)
    command.update({"expireAt": datetime.now(UTC) - timedelta(days=1)})
    harness.up()
    assert harness.ended(command)["state"] == end
    assert servo.requests == []


def test_the_agent_says_that_it_is_there_and_whom_it_reaches(harness: Harness, servo: FakeCamera) -> None:
    reached, _ = harness.register(servo), harness.register("192.168.77.1")
    harness.up()
    said = harness.said()
    assert said["cameras"] == [reached], harness.log
    assert said["version"]
    assert said["lastSeenAt"]

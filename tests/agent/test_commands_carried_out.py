"""A command goes from the cloud to the camera, and what the camera says comes back. All real but the camera."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from stack.fake_camera.server import FakeCamera, Mood
from tests.agent.conftest import Yard, until


def test_every_action_is_carried_out_and_the_answer_is_the_cameras(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    yard.up()
    moved = yard.ended(yard.queue(camera, "servo", pan=0, tilt=120))
    # the mechanics stop at 5 degrees: the answer is where the servo is, not where it was sent
    assert (moved["state"], moved["result"]) == ("done", {"pan": 5, "tilt": 120})
    assert moved["createdAt"] <= moved["takenAt"] <= moved["finishedAt"]
    lit = yard.ended(yard.queue(camera, "led", led=200))
    assert (lit["state"], lit["result"]) == ("done", {"led": 200})
    status = yard.ended(yard.queue(camera, "status"))
    assert (status["state"], status["result"]) == ("done", {"pan": 5, "tilt": 120, "led": 200})
    assert [request.path for request in servo.requests] == [
        "/servo?pan=0&tilt=120",
        "/led?state=200",
        "/status",
    ]


def test_a_stock_camera_that_says_nothing_is_taken_at_its_200(yard: Yard, stock: FakeCamera) -> None:
    camera = yard.register(stock)
    yard.up()
    sized = yard.ended(yard.queue(camera, "framesize", framesize="SVGA"))
    assert (sized["state"], sized["result"]) == ("done", {"framesize": "SVGA"})
    lit = yard.ended(yard.queue(camera, "led", led=7))
    assert (lit["state"], lit["result"]) == ("done", {"led": 7})
    assert stock.variables["framesize"] == 11
    assert stock.variables["led_intensity"] == 7


def test_a_snapshot_is_of_now_and_lies_in_storage(yard: Yard, stock: FakeCamera) -> None:
    camera = yard.register(stock)
    yard.up()
    in_buffers = stock.frames_taken
    ended = yard.ended(yard.queue(camera, "snapshot"))
    assert ended["state"] == "done"
    path = f"snapshots/{camera}.jpg"
    url = f"{yard.stack.urls['storage']}/v0/b/{yard.stack.bucket}/o/{path.replace('/', '%2F')}?alt=media"
    stored = requests.get(url, headers={"Authorization": "Bearer owner"}, timeout=20)
    assert ended["result"] == {"path": path, "bytes": len(stored.content)}
    assert stored.headers["Content-Type"] == "image/jpeg"
    assert stock.frame_number(stored.content) > in_buffers


@pytest.mark.parametrize(
    ("mood", "code"),
    [(Mood.SILENT, "camera_silent"), (Mood.DROPPING, "camera_silent"), (Mood.MOVED, "camera_failed")],
)
def test_a_camera_in_a_bad_mood_fails_one_command_and_not_the_next(
    mood: Mood, code: str, yard: Yard, servo: FakeCamera
) -> None:
    camera = yard.register(servo)
    yard.up(ESP32_TIMEOUT="0.5")
    servo.behave(mood)
    failed = yard.ended(yard.queue(camera, "servo", pan=10, tilt=10))
    assert (failed["state"], failed["error"]["code"]) == ("failed", code)
    servo.behave(Mood.WELL)
    assert yard.ended(yard.queue(camera, "servo", pan=20, tilt=20))["state"] == "done"


def test_a_silent_camera_does_not_hold_up_another(yard: Yard, servo: FakeCamera, stock: FakeCamera) -> None:
    silent, lively = yard.register(servo), yard.register(stock)
    yard.up(ESP32_TIMEOUT="10")
    servo.behave(Mood.SILENT)
    held = yard.queue(silent, "status")
    until(lambda: bool(servo.requests), "the silent camera's request")
    assert yard.ended(yard.queue(lively, "status"))["state"] == "done"
    assert held.get().to_dict()["state"] == "taken"
    servo.behave(Mood.DROPPING)
    assert yard.ended(held)["error"]["code"] == "camera_silent"


def test_commands_to_one_camera_are_carried_out_in_their_order(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    queued = [yard.queue(camera, "led", seconds=30, led=level) for level in range(12)]
    yard.up()
    assert {yard.ended(command)["state"] for command in queued} == {"done"}
    assert [request.path for request in servo.requests] == [f"/led?state={level}" for level in range(12)]


def test_an_unplugged_camera_is_silent(yard: Yard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    camera = yard.register(f"127.0.0.1:{port}")
    yard.up()
    assert yard.ended(yard.queue(camera, "status"))["error"]["code"] == "camera_silent"


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
    fields: dict[str, Any], code: str, yard: Yard, servo: FakeCamera
) -> None:
    camera = yard.register(servo, **fields)
    yard.up()
    ended = yard.ended(yard.queue(camera, "status"))
    assert (ended["state"], ended["error"]["code"]) == ("failed", code)
    assert servo.requests == []


@pytest.mark.parametrize("camera_id", ["cam_nobody", "", "../agents/x", "a/b"])
def test_a_camera_that_does_not_exist_is_not_looked_for(camera_id: str, yard: Yard) -> None:
    yard.up()
    ended = yard.ended(yard.queue(camera_id, "status"))
    assert (ended["state"], ended["error"]["code"]) == ("failed", "not_allowed")


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
    action: str, args: dict[str, Any], yard: Yard, servo: FakeCamera
) -> None:
    camera = yard.register(servo)
    yard.up()
    assert yard.ended(yard.queue(camera, action, **args))["error"]["code"] == "unsupported"
    assert servo.requests == []


def test_a_late_command_expires_and_is_not_carried_out(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    late = yard.queue(camera, "led", seconds=-0.1, led=9)
    yard.up()
    assert yard.ended(late)["state"] == "expired"
    assert servo.requests == []


@pytest.mark.parametrize(("state", "end"), [("queued", "expired"), ("taken", "failed")])
def test_a_command_that_should_have_been_deleted_long_ago_is_ended_and_not_carried_out(
    state: str, end: str, yard: Yard, servo: FakeCamera
) -> None:
    command = yard.queue(yard.register(servo), "led", seconds=-2 * 86400, state=state, led=9)
    command.update({"expireAt": datetime.now(UTC) - timedelta(days=1)})
    yard.up()
    assert yard.ended(command)["state"] == end
    assert servo.requests == []


def test_the_agent_says_that_it_is_there_and_whom_it_reaches(yard: Yard, servo: FakeCamera) -> None:
    reached, _ = yard.register(servo), yard.register("192.168.77.1")
    yard.up()
    said = yard.said()
    assert said["cameras"] == [reached]
    assert said["version"]
    assert said["lastSeenAt"]

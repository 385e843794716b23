"""The whole way of a command: owner, function, Firestore, the real agent, and a camera that really turns."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from stack.fake_camera.firmware import Firmware
from stack.fake_camera.server import Behaviour, FakeCamera
from stack.local import owner
from stack.local.info import StackInfo
from tests.agent.conftest import Harness
from tests.support.waiting import wait_until

SECONDS = 30


def steer(stack: StackInfo, body: dict[str, object]) -> requests.Response:
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    return requests.post(f"{stack.urls['hosting']}/control", json=body, headers=headers, timeout=SECONDS)


def test_the_servo_turns_and_the_answer_shows_where_it_stands(stack: StackInfo) -> None:
    for pan in (30, 150):
        answer = steer(stack, {"camera_id": "cam_001", "action": "servo", "pan": pan, "tilt": 100})
        assert (answer.status_code, answer.json()["result"]) == (200, {"pan": pan, "tilt": 100})


def test_the_flashlight_of_each_firmware_is_switched(stack: StackInfo) -> None:
    for camera in ("cam_001", "cam_002"):
        for led in (255, 0):
            answer = steer(stack, {"camera_id": camera, "action": "led", "led": led})
            assert (answer.status_code, answer.json()["result"]) == (200, {"led": led}), answer.text


def test_a_snapshot_lands_in_storage(stack: StackInfo) -> None:
    from lookout.cloud.firebase.clients import bucket

    answer = steer(stack, {"camera_id": "cam_002", "action": "snapshot"})
    result = answer.json()["result"]
    assert result["path"] == "snapshots/cam_002.jpg"
    assert len(bucket().blob(result["path"]).download_as_bytes()) == result["bytes"]


def test_what_a_firmware_cannot_do_is_said(stack: StackInfo) -> None:
    answer = steer(stack, {"camera_id": "cam_002", "action": "servo", "pan": 90})
    assert (answer.status_code, answer.json()["error"]) == (502, "camera_failed")


def test_a_stopped_agent_is_told_at_once_and_one_that_is_started_again_obeys(
    stack: StackInfo, harness: Harness, servo: FakeCamera
) -> None:
    body = {"camera_id": harness.register(servo), "action": "servo", "pan": 20, "tilt": 20}
    process = harness.up()
    assert steer(stack, body).status_code == 200
    process.terminate()
    process.wait(SECONDS)
    answer = steer(stack, body)
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert re.search(rf"Agent {harness.agent_id} was stopped \d+ seconds? ago", answer.json()["message"])
    assert answer.headers["Retry-After"]
    # at once: nothing was queued that could be waited for
    assert len(list(harness.commands.stream())) == 1
    harness.up()
    assert steer(stack, body).json()["result"] == {"pan": 20, "tilt": 20}


@pytest.mark.long
def test_a_killed_agent_is_noticed_after_two_seconds(
    stack: StackInfo, harness: Harness, servo: FakeCamera
) -> None:
    body = {"camera_id": harness.register(servo), "action": "servo", "pan": 20, "tilt": 20}
    process = harness.up()
    process.kill()
    process.wait()
    started = time.monotonic()
    answer = steer(stack, body)
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert "did not take the command" in answer.json()["message"]
    assert "has been silent for" in answer.json()["message"]
    assert time.monotonic() - started > 1.5
    harness.up()
    assert steer(stack, body).status_code == 200
    assert [request.path for request in servo.requests] == ["/servo?pan=20&tilt=20"]


def test_a_camera_unplugged_in_the_middle_is_a_504_and_the_next_command_works(
    stack: StackInfo, harness: Harness, servo: FakeCamera
) -> None:
    body = {"camera_id": harness.register(servo), "action": "servo", "pan": 20, "tilt": 20}
    harness.up()
    servo.behave(Behaviour.SILENT)
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(steer, stack, body)
        wait_until(lambda: bool(servo.requests), "the camera's request")
        servo.stop()
        answer = answering.result()
    assert (answer.status_code, answer.json()["error"]) == (504, "camera_silent")
    with FakeCamera(Firmware.SIMPLE, port=int(servo.address.partition(":")[2])) as again:
        assert steer(stack, body).json()["result"] == {"pan": 20, "tilt": 20}
        assert (again.pan, again.tilt) == (20, 20)


@pytest.mark.long
def test_a_command_behind_one_that_its_camera_does_not_answer_is_not_blamed_on_the_agent(
    stack: StackInfo, harness: Harness, servo: FakeCamera
) -> None:
    body = {"camera_id": harness.register(servo), "action": "servo", "pan": 20, "tilt": 20}
    harness.up()
    servo.behave(Behaviour.SILENT)
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(steer, stack, body)
        wait_until(lambda: bool(servo.requests), "the camera's request")
        second = steer(stack, body)
        first = answering.result()
    assert [(one.status_code, one.json()["error"]) for one in (first, second)] == [(504, "camera_silent")] * 2
    # whether its turn came in time or not: nobody says that the agent is silent
    assert "agent has been silent" not in second.json()["message"]


def test_angles_that_are_sent_one_by_one_at_once_do_not_undo_each_other(
    stack: StackInfo, harness: Harness, servo: FakeCamera
) -> None:
    camera = {"camera_id": harness.register(servo), "action": "servo"}
    harness.up()
    for pan, tilt in ((30, 40), (150, 160), (10, 20)):
        with ThreadPoolExecutor(2) as pool:
            bodies = [camera | {"pan": pan}, camera | {"tilt": tilt}]
            answers = list(pool.map(lambda body: steer(stack, body), bodies))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert (servo.pan, servo.tilt) == (pan, tilt)

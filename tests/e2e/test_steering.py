"""The whole way of a command: owner, function, Firestore, the real agent, and a camera that really turns."""

from __future__ import annotations

import requests

from stack import owner
from stack.info import StackInfo

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
    from lookout.cloud.app import bucket

    answer = steer(stack, {"camera_id": "cam_002", "action": "snapshot"})
    result = answer.json()["result"]
    assert result["path"] == "snapshots/cam_002.jpg"
    assert len(bucket().blob(result["path"]).download_as_bytes()) == result["bytes"]


def test_what_a_firmware_cannot_do_is_said(stack: StackInfo) -> None:
    answer = steer(stack, {"camera_id": "cam_002", "action": "servo", "pan": 90})
    assert (answer.status_code, answer.json()["error"]) == (502, "camera_failed")

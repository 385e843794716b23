"""What a camera may be told, and what is refused with an answer that helps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lookout.domain.cameras.command import Action, CommandRequest, spoken
from lookout.errors import BadRequest


def test_the_body_of_the_original_program_is_an_order() -> None:
    command = CommandRequest.parse({"camera_ip": "192.168.1.100", "action": "servo", "pan": 90, "tilt": 90})
    assert (command.camera_id, command.camera_ip, command.action) == (None, "192.168.1.100", Action.SERVO)
    assert command.arguments == {"pan": 90, "tilt": 90}


def test_a_servo_angle_that_is_left_out_keeps_its_place() -> None:
    command = CommandRequest.parse({"camera_id": "a", "action": "servo", "tilt": 10})
    assert command.arguments == {"tilt": 10}
    assert command.filled(pan=45, tilt=90) == {"pan": 45, "tilt": 10}


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ({"led": 0}, 0),
        ({"led": 255}, 255),
        ({"state": "on"}, 255),
        ({"state": "OFF"}, 0),
        ({"led": True}, 255),
        ({"value": 7}, 7),
    ],
)
@pytest.mark.parametrize("action", ["led", "flashlight", "LED"])
def test_a_flashlight_is_set_in_every_way_people_write_it(
    action: str, body: dict[str, object], level: int
) -> None:
    command = CommandRequest.parse({"camera_id": "a", "action": action, **body})
    assert (command.action, command.arguments) == (Action.LED, {"led": level})


def test_a_frame_size_is_named() -> None:
    assert CommandRequest.parse({"camera_id": "a", "action": "framesize", "framesize": "svga"}).arguments == {
        "framesize": "SVGA"
    }


@pytest.mark.parametrize("action", ["snapshot", "status"])
def test_some_actions_need_nothing_more(action: str) -> None:
    assert CommandRequest.parse({"camera_id": "a", "action": action}).arguments == {}


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ([], "Send a JSON object"),
        (None, "Send a JSON object"),
        ({"action": "status"}, "Which camera"),
        ({"camera_id": "a", "camera_ip": "192.168.1.1", "action": "status"}, "either camera_id or camera_ip"),
        ({"camera_id": 7, "action": "status"}, "must be a text"),
        ({"camera_id": "a"}, "use flashlight, framesize, led, servo, snapshot, status"),
        ({"camera_id": "a", "action": "explode"}, "Unknown action 'explode'"),
        ({"camera_id": "a", "action": ["servo"]}, "Unknown action"),
        ({"camera_id": "a", "action": "servo"}, "needs pan, tilt or both"),
        ({"camera_id": "a", "action": "servo", "pan": 181}, "0 to 180"),
        ({"camera_id": "a", "action": "servo", "pan": -1}, "0 to 180"),
        ({"camera_id": "a", "action": "servo", "pan": "ninety"}, "0 to 180"),
        ({"camera_id": "a", "action": "servo", "pan": 90.5}, "0 to 180"),
        ({"camera_id": "a", "action": "servo", "pan": True}, "0 to 180"),
        ({"camera_id": "a", "action": "led"}, "0 to 255"),
        ({"camera_id": "a", "action": "led", "led": 256}, "0 to 255"),
        ({"camera_id": "a", "action": "led", "led": "bright"}, "0 to 255"),
        ({"camera_id": "a", "action": "framesize", "framesize": "8K"}, "none of"),
        ({"camera_id": "a", "action": "framesize", "framesize": 10}, "none of"),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_what_could(body: object, advice: str) -> None:
    with pytest.raises(BadRequest, match=advice):
        CommandRequest.parse(body)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 seconds"),
        (0.9, "0 seconds"),
        (1, "1 second"),
        (119, "119 seconds"),
        (600, "10 minutes"),
        (7200, "2 hours"),
        (3 * 86400, "3 days"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("given", "kept"),
    [({"pan": 1, "tilt": 2}, ()), ({"pan": 1}, ("tilt",)), ({"tilt": 2, "pan": None}, ("pan",))],
)
def test_angles_that_are_left_out_are_said_to_be_kept(
    given: dict[str, object], kept: tuple[str, ...]
) -> None:
    command = CommandRequest.parse({"camera_id": "a", "action": "servo", **given})
    assert command.filled(pan=10, tilt=20) == {"pan": 10, "tilt": 20} | {
        k: v for k, v in given.items() if v is not None
    }
    assert command.kept == kept

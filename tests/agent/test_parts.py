"""The agent's parts on their own: addresses, command maps, the clock, waits, settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lookout_agent.camera import addresses, command_maps
from lookout_agent.camera.command_maps import path
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.cloud.backoff import JITTER, Backoff
from lookout_agent.command import Action, Command
from lookout_agent.config import Config
from lookout_agent.errors import ConfigError, NotAllowed, Unsupported

CONFIG = Config("demo-x", "key", "pi", "pi@example.com", "demo-x.appspot.com")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.168.1.100", "192.168.1.100", 80),
        ("10.0.0.7:8080", "10.0.0.7", 8080),
        ("172.31.255.254", "172.31.255.254", 80),
    ],
)
def test_a_private_address_may_be_called(text: str, host: str, port: int) -> None:
    assert addresses.parse(text, addresses.PRIVATE) == addresses.Address(host, port)


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8", "172.32.0.1", "127.0.0.1", "169.254.1.1", "0.0.0.0", "255.255.255.255", "224.0.0.1",  # noqa: S104
        "100.64.0.1", "camera.local", "localhost", "::1", "fd00::1", "fe80::1%eth0", "[fd00::1]:80",
        "::ffff:192.168.1.1", "[::ffff:192.168.1.1]", "[::ffff:c0a8:101]:80", "192.168.1", "0300.0250.1.1",
        "192.168.1.1@8.8.8.8", "0x7f000001",
        "3232235777", "192.168.1.1:0", "192.168.1.1:65536", "192.168.1.1:", "192.168.1.1:80:80", "192.168.1.1/x",
        "192.168.001.001", " 192.168.1.1", "192.168.1.1:８０", "", None, 7,
    ],
)  # fmt: skip
def test_any_other_address_is_refused(text: object) -> None:
    with pytest.raises(NotAllowed):
        addresses.parse(text, addresses.PRIVATE)


def test_this_machine_and_link_local_are_called_only_when_the_settings_say_so() -> None:
    allowed = addresses.networks(["127.0.0.0/8", "169.254.0.0/16"])
    assert addresses.parse("127.0.0.1:8080", allowed).port == 8080
    with pytest.raises(NotAllowed):
        addresses.parse("192.168.1.1", allowed)


@pytest.mark.parametrize(
    ("command_map", "action", "args", "made"),
    [
        (None, Action.SNAPSHOT, {}, "/capture"),
        ("camerawebserver", Action.LED, {"led": 5}, "/control?var=led_intensity&val=5"),
        ("camerawebserver", Action.FRAMESIZE, {"framesize": "UXGA"}, "/control?var=framesize&val=15"),
        ("simple", Action.SERVO, {"pan": 0, "tilt": 180}, "/servo?pan=0&tilt=180"),
        ({"framesize": "/f?v={framesize_old}"}, Action.FRAMESIZE, {"framesize": "UXGA"}, "/f?v=13"),
        ({"framesize": "/f?v={framesize_name}"}, Action.FRAMESIZE, {"framesize": "VGA"}, "/f?v=VGA"),
    ],
)
def test_an_action_becomes_the_path_of_the_firmware(
    command_map: object, action: Action, args: dict[str, int | str], made: str
) -> None:
    assert path(command_map, action, args) == made


@pytest.mark.parametrize(
    ("command_map", "action"),
    [
        ("camerawebserver", Action.SERVO),
        ("simple", Action.FRAMESIZE),
        ("toaster", Action.STATUS),
        (7, Action.STATUS),
        ({}, Action.STATUS),
        ({"status": 7}, Action.STATUS),
        ({"status": "status"}, Action.STATUS),
        ({"status": "http://8.8.8.8/"}, Action.STATUS),
        ({"status": "/x HTTP/1.1\r\nHost: other"}, Action.STATUS),
        ({"status": "/{pan}"}, Action.STATUS),
        ({"status": "/" + "x" * 200}, Action.STATUS),
    ],
)
def test_a_map_without_a_use_is_unsupported(command_map: object, action: Action) -> None:
    with pytest.raises(Unsupported):
        path(command_map, action, {"framesize": "VGA"} if action is Action.FRAMESIZE else {})


def test_a_request_of_the_longest_path_is_small_enough_for_the_camera() -> None:
    from lookout_agent.camera.http import _request

    longest = "/" + "x" * (command_maps.PATH_LIMIT - 1)
    assert len(_request(addresses.Address("192.168.100.100", 65535), longest)) < 431


@pytest.mark.parametrize("fields", [{}, {"deadlineAt": "soon", "args": [], "action": None, "cameraId": 7}])
def test_a_command_without_a_deadline_is_long_expired(fields: dict[str, Any]) -> None:
    command = Command.read("one", fields, None)
    assert command.deadline < datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(Unsupported):
        command.checked()


def test_of_a_servo_only_the_angles_that_were_not_given_stay_where_they_are_by_then() -> None:
    command = Command.read("one", {"args": {"pan": 30, "tilt": 90}, "kept": ["tilt"]}, None)
    assert command.at_position({"pan": 0, "tilt": 40}).args == {"pan": 30, "tilt": 40}
    assert command.at_position({}).args == {"pan": 30, "tilt": 90}
    assert Command.read("one", {"args": {"pan": 30}, "kept": "pan"}, None).kept == ()


def test_the_servers_time_is_known_from_its_answers_and_never_thought_earlier_than_it_is() -> None:
    clock = ServerClock()
    assert not clock.known
    asked_at = monotonic()
    hours_off = datetime.now(UTC) + timedelta(hours=3)
    clock.observe(hours_off + timedelta(seconds=5), asked_at - 5)
    clock.observe(hours_off, asked_at)
    assert timedelta(0) <= clock.now() - hours_off < timedelta(seconds=1)
    assert timedelta(hours=-3, seconds=-1) < clock.off_by() <= timedelta(hours=-3, seconds=1)


def test_waits_double_to_their_limit_and_begin_again() -> None:
    waits = Backoff(1, 8)
    for longest in (1, 2, 4, 8, 8):
        assert longest * (1 - JITTER) <= waits.next() <= longest
    waits.reset()
    assert waits.next() <= 1


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    CONFIG.save(tmp_path)
    assert Config.load(tmp_path, {}) == CONFIG
    assert Config.load(tmp_path, {"ESP32_TIMEOUT": "3.5"}).camera_seconds == 3.5


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "60"])
def test_an_impossible_timeout_is_refused(text: str, tmp_path: Path) -> None:
    CONFIG.save(tmp_path)
    with pytest.raises(ConfigError, match="ESP32_TIMEOUT"):
        Config.load(tmp_path, {"ESP32_TIMEOUT": text})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("project =", "projekt ="), "no project"),
        (("project =", "colour = 1\nproject ="), "colour"),
        (("networks = [", "networks = 7 # ["), "networks"),
        (("10.0.0.0/8", "10.0.0.0/7"), "not private"),
        (("bucket =", "auth_url = 'http://127.0.0.1:1'\nbucket ="), "all three"),
        (("project =", "project"), "cannot be read"),
    ],
)
def test_broken_settings_are_said(change: tuple[str, str], complaint: str, tmp_path: Path) -> None:
    CONFIG.save(tmp_path)
    file = tmp_path / "agent.toml"
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(ConfigError, match=complaint):
        Config.load(tmp_path, {})

"""The server and the agent are two programs with one contract: what a command is, and how long it may take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookout.cloud.cameras import commands as server_commands
from lookout.cloud.firebase.stores import Stores
from lookout.deployment import INSTANCES
from lookout.domain.cameras import camera as server_camera
from lookout.domain.cameras import command as server
from lookout.domain.cameras import report
from lookout.domain.cameras.command import CameraRoute, CommandRequest
from lookout.errors import BadRequest, SettingsError
from lookout.settings import Settings, declarations
from lookout_agent import command as agent
from lookout_agent import config, diagnostics
from lookout_agent.camera import addresses, command_maps
from lookout_agent.cloud import inbox
from lookout_agent.errors import CommandFailed, ConfigError
from lookout_agent.execution import agent as running
from lookout_agent.execution import prepared, snapshot
from stack.install.bootstrap import ROOT

NOW = datetime.now(UTC)

NUMBERS = st.one_of(st.integers(-1, 400), st.integers(0, 180).map(str), st.integers(0, 180).map(float))
BODIES = st.fixed_dictionaries(
    {"camera_id": st.just("cam_001"), "action": st.sampled_from([*server.Action, "flashlight", "LED"])},
    optional={
        "pan": NUMBERS,
        "tilt": NUMBERS,
        "led": NUMBERS,
        "state": st.sampled_from(["on", "off", True, 1, 7]),
        "framesize": st.sampled_from([*server.FRAMESIZES, "svga", "8K"]),
    },
)


def test_both_have_the_same_actions_and_states() -> None:
    assert {one.value for one in server.Action} == {one.value for one in agent.Action}
    assert {one.value for one in server.CommandState} == {one.value for one in agent.State}


def test_both_have_the_same_ranges_and_frame_sizes() -> None:
    ranges = {name: highest for names in agent.RANGES.values() for name, highest in names.items()}
    assert ranges == server.HIGHEST
    assert set(server.FRAMESIZES) == set(command_maps.FRAMESIZES)


def test_both_have_the_same_codes_of_failure() -> None:
    codes = {kind.code for kind in CommandFailed.__subclasses__()} | {CommandFailed.code}
    assert codes == {code.value for code in server.FailureCode}


def test_both_know_the_same_firmwares_networks_and_ids() -> None:
    assert set(server_camera.COMMAND_MAPS) == set(command_maps.BUILT_IN)
    assert command_maps.DEFAULT in server_camera.COMMAND_MAPS
    allowed = {*addresses.PRIVATE, *addresses.ON_REQUEST}
    assert allowed == {IPv4Network(str(network)) for network in server_camera.NETWORKS}
    assert server_camera._ID.pattern == agent._CAMERA_ID.pattern


def test_a_template_that_the_server_stores_has_room_in_the_agent() -> None:
    longest = "/" + "x" * (command_maps.PATH_LIMIT - 1)
    assert server_camera.camera_fields({"commandMap": {"status": longest}})
    assert command_maps.path({"status": longest}, agent.Action.STATUS, {}) == longest
    with pytest.raises(BadRequest):
        server_camera.camera_fields({"commandMap": {"status": longest + "x"}})


def test_both_cut_reports_and_messages_alike_and_the_rules_take_them() -> None:
    assert (prepared.STATUS_FIELDS, prepared.STATUS_TEXT) == (report.FIELDS, report.CHARACTERS)
    assert inbox.MESSAGE_CHARACTERS == report.MESSAGE_CHARACTERS
    rules = (ROOT / "firestore.rules").read_text()
    assert f"report.size() <= {report.FIELDS}" in rules
    assert f"report.values().join('').size() <= {report.FIELDS * report.CHARACTERS}" in rules
    assert f"error.message.size() <= {report.MESSAGE_CHARACTERS}" in rules


def _camera_seconds() -> Any:
    return next(one for _, one in declarations() if one.metadata["env"] == "ESP32_TIMEOUT")


def test_the_time_for_a_camera_has_the_same_default_and_limits_on_both_sides() -> None:
    row = _camera_seconds()
    assert (row.metadata["low"], row.metadata["high"]) == config.CAMERA_SECONDS
    assert row.default == config.ESP32_TIMEOUT


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("0.1", True),
        ("10", True),
        ("", True),
        ("0.09", False),
        ("10.1", False),
        ("30", False),
        ("two", False),
    ],
)
def test_a_time_for_a_camera_is_taken_by_both_sides_or_by_neither(text: str, is_taken: bool) -> None:
    def by_server() -> float:
        return Settings.from_environment(
            {"ESP32_TIMEOUT": text} if text else {}
        ).limits.camera_timeout_seconds

    if is_taken:
        assert by_server() == config._camera_seconds(text)
        return
    with pytest.raises(SettingsError):
        by_server()
    with pytest.raises(ConfigError):
        config._camera_seconds(text)


@pytest.mark.parametrize("camera_seconds", config.CAMERA_SECONDS)
def test_the_server_waits_as_long_as_the_agent_may_take(camera_seconds: float) -> None:
    queue = server_commands.CommandQueue(Stores(cast(Any, None), cast(Any, None), 3.0), camera_seconds)
    # the last capture begins within CAPTURE_SECONDS, and takes as long as any answer of the camera
    capture = snapshot.CAPTURE_SECONDS + camera_seconds
    assert queue._busy_seconds(server.Action.SNAPSHOT) == capture + snapshot.UPLOAD_SECONDS
    assert queue._busy_seconds(server.Action.SERVO) == camera_seconds
    longest = queue._busy_seconds(server.Action.SNAPSHOT) + server_commands.QUEUE_SECONDS
    assert longest + server_commands.ANSWER_SECONDS < INSTANCES["control"].timeout / 2


def test_an_agent_that_misses_one_heartbeat_is_not_yet_offline() -> None:
    offline = server.AGENT_SILENT_AFTER.total_seconds()
    assert offline == diagnostics.OFFLINE_SECONDS
    assert offline > 2 * (running.HEARTBEAT_SECONDS + inbox.CALL_SECONDS)


def test_an_agent_that_is_stopped_waits_for_a_camera_as_long_as_a_camera_may_take() -> None:
    assert config.CAMERA_SECONDS[1] < running.STOP_SECONDS


@given(BODIES, st.integers(0, 180), st.integers(0, 180))
def test_whatever_command_the_server_accepts_is_read_and_accepted_by_the_agent(
    body: dict[str, object], pan: int, tilt: int
) -> None:
    try:
        request = CommandRequest.parse(body)
    except BadRequest:
        return
    route = CameraRoute("cam_001", "pi", 0, pan, tilt)
    stored = server_commands._document(route, request, "owner", NOW, NOW + timedelta(seconds=2))
    command = agent.Command.read("one", stored, None)
    action, args = command.checked()
    assert (command.camera_id, action.value, args) == ("cam_001", request.action.value, stored["args"])
    assert command.deadline == stored["deadlineAt"]
    # angles that were left out are the servo's position as the agent has it
    moved = command.at_position({"pan": 1, "tilt": 2}).checked()[1]
    assert moved == {**request.arguments, **{name: {"pan": 1, "tilt": 2}[name] for name in request.kept}}

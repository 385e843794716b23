"""Numbers and switches in every way that people and their programs write them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookout.cloud.cameras.camera_document import _rules
from lookout.domain.cameras.camera import camera_fields
from lookout.domain.cameras.command import Action, CommandRequest
from lookout.domain.number import number, switch, whole
from lookout.domain.site.site import Site
from lookout.errors import BadRequest
from lookout.settings import Settings
from lookout_agent import command as agent_command

SITE = Site(threshold=None, margin=0.05, visit_seconds=120, retention_days=30, timezone="UTC")

SPELLINGS = (int, float, str, lambda n: f"{n}.0", lambda n: f" {n}\n", lambda n: f"{n}.00")
"""One number as JSON, YAML and templates write it."""

NO_NUMBERS: list[Any] = [
    *(90.5, "90.5", "90,0", True, False, "abc", "", " ", None, [], [90], {}, {"n": 90}, "0x5a", "9_0", "١٢"),
    *(
        float("inf"),
        float("-inf"),
        float("nan"),
        "inf",
        "nan",
        "1e400",
        "-",
        ".",
        "90.0.0",
        "9 0",
        "9" * 5000,
    ),
    *(10**400, json.loads("1e400"), json.loads("NaN")),
]
"""Nothing of it is a whole number."""


@given(st.integers(-(10**6), 10**6), st.sampled_from(SPELLINGS))
def test_a_whole_number_is_the_same_however_it_is_written(value: int, spelled: Any) -> None:
    assert whole(spelled(value)) == value
    assert type(whole(spelled(value))) is int


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_what_is_no_whole_number_is_none(value: object) -> None:
    assert whole(value) is None
    if value != 10**400:  # no limit is higher: it is refused for that
        assert agent_command.whole(value) is None


@given(st.floats(-1e6, 1e6))
def test_a_number_is_the_same_as_a_text(value: float) -> None:
    text = f"{value:.6f}"
    assert number(value) == value
    assert number(text) == float(text)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.integers())))
def test_whatever_is_sent_is_a_whole_number_or_none(value: object) -> None:
    found = whole(value)
    assert found is None or (type(found) is int and not isinstance(value, bool))
    assert number(value) is None or math.isfinite(number(value) or 0.0)


@given(st.integers(0, 180), st.integers(0, 180), st.sampled_from(SPELLINGS))
def test_an_angle_is_taken_however_it_is_written(pan: int, tilt: int, spelled: Any) -> None:
    command = CommandRequest.parse(
        {"camera_id": "a", "action": "servo", "pan": spelled(pan), "tilt": spelled(tilt)}
    )
    assert command.arguments == {"pan": pan, "tilt": tilt}


@given(st.integers(2, 255), st.sampled_from(SPELLINGS), st.sampled_from(["led", "value", "state"]))
def test_a_level_is_taken_however_it_is_written(level: int, spelled: Any, name: str) -> None:
    command = CommandRequest.parse({"camera_id": "a", "action": "led", name: spelled(level)})
    assert command.arguments == {"led": level}


@pytest.mark.parametrize("value", [True, "on", "ON", " On ", "true", "TRUE", 1, 1.0, "1", "1.0"])
def test_on_means_on(value: object) -> None:
    assert switch(value) is True
    assert CommandRequest.parse({"camera_id": "a", "action": "led", "state": value}).arguments == {"led": 255}


@pytest.mark.parametrize("value", [False, "off", "OFF", "false", 0, 0.0, "0", "0.0", -0.0])
def test_off_means_off(value: object) -> None:
    assert switch(value) is False
    assert CommandRequest.parse({"camera_id": "a", "action": "led", "state": value}).arguments == {"led": 0}


@pytest.mark.parametrize("value", [1, "1", 1.0])
@pytest.mark.parametrize("name", ["led", "value"])
def test_the_lowest_level_is_still_to_be_had(value: object, name: str) -> None:
    assert CommandRequest.parse({"camera_id": "a", "action": "led", name: value}).arguments == {"led": 1}


@pytest.mark.parametrize(
    "value", [one for one in NO_NUMBERS if one is not None], ids=lambda one: repr(one)[:20]
)
def test_what_is_no_whole_number_is_refused_in_words(value: object) -> None:
    with pytest.raises(BadRequest, match="whole degrees from 0 to 180") as refused:
        CommandRequest.parse({"camera_id": "a", "action": "servo", "pan": value})
    assert len(refused.value.message) < 200
    with pytest.raises(BadRequest, match="whole number from 1 to 86400"):
        camera_fields({"visitSeconds": value})
    if not isinstance(value, bool):
        with pytest.raises(BadRequest, match="from 0 to 255, or on or off"):
            CommandRequest.parse({"camera_id": "a", "action": "led", "led": value})
    site, complaints = SITE.overridden({"visitSeconds": value, "retentionDays": value})
    assert site == SITE
    assert [len(one) < 200 for one in complaints] == [True, True]
    assert _rules({"visitSeconds": value}).visit_seconds is None


@given(st.integers(1, 3650), st.sampled_from(SPELLINGS))
def test_settings_of_the_site_and_of_a_camera_are_taken_however_they_are_written(
    value: int, spelled: Any
) -> None:
    site, complaints = SITE.overridden({"visitSeconds": spelled(value), "retentionDays": spelled(value)})
    assert (site.visit_seconds, site.retention_days, complaints) == (value, value, [])
    assert camera_fields({"visitSeconds": spelled(value)}) == {"visitSeconds": value}
    assert _rules({"visitSeconds": spelled(value)}).visit_seconds == value
    assert Settings.from_environment({"VISIT_SECONDS": str(spelled(value))}).visits.visit_seconds == value


@given(st.integers(0, 180), st.sampled_from(SPELLINGS))
def test_an_agent_takes_numbers_as_the_cloud_does(angle: int, spelled: Any) -> None:
    fields = {"action": "servo", "args": {"pan": spelled(angle), "tilt": spelled(angle)}, "cameraId": "a"}
    action, args = agent_command.Command.read("c", fields, None).checked()
    assert (action.value, args) == (Action.SERVO.value, {"pan": angle, "tilt": angle})

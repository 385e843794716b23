"""The agent's README says nothing that is not so."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator

import pytest

from lookout.domain.cameras.camera import camera_fields
from lookout_agent import cli
from lookout_agent.camera.command_maps import BUILT_IN, FRAMESIZES, PATH_LIMIT, path
from lookout_agent.command import Action
from lookout_agent.errors import Unsupported
from stack.install.bootstrap import ROOT

AGENT = ROOT / "agent"
README = (AGENT / "README.md").read_text()
UNIT = (AGENT / "lookout-agent.service").read_text()

ARGUMENTS: dict[Action, dict[str, int | str]] = {
    Action.SERVO: {"pan": 40, "tilt": 120},
    Action.LED: {"led": 7},
    Action.FRAMESIZE: {"framesize": "SVGA"},
    Action.SNAPSHOT: {},
    Action.STATUS: {},
}


def test_the_table_of_built_in_maps_is_the_one_in_the_code() -> None:
    cells = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in README.splitlines()]
    told = {row[0]: row[1:] for row in cells if len(row) == 3 and row[0] in set(Action)}
    assert told == {
        action.value: [BUILT_IN[name].get(action, "") for name in ("camerawebserver", "simple")]
        for action in Action
    }


EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.S)]

MADE: list[dict[str, str]] = [
    {"servo": "/action?go=40,120", "led": "/flash?level=7", "snapshot": "/photo.jpg"},
    {"framesize": "/control?var=framesize&val=9", "snapshot": "/capture", "status": "/status"},
    {"framesize": "/resolution/SVGA", "snapshot": "/capture"},
]


@pytest.mark.parametrize(("example", "made"), list(zip(EXAMPLES, MADE, strict=True)))
def test_each_example_is_taken_by_the_cloud_and_used_by_the_agent(
    example: dict[str, str], made: dict[str, str]
) -> None:
    stored = camera_fields({"commandMap": example})["commandMap"]
    assert {action: path(stored, Action(action), ARGUMENTS[Action(action)]) for action in example} == made
    for action in set(Action) - {Action(name) for name in example}:
        with pytest.raises(Unsupported, match="has no"):
            path(stored, action, ARGUMENTS[action])


def test_the_numbers_of_frame_sizes_are_those_in_the_code() -> None:
    (new,) = re.findall(r"2\.0\.14 or later have for the size: (.*?) \|", README)
    (old,) = re.findall(r"that older drivers have: (.*?) \|", README)
    for told, column in ((new, 0), (old, 1)):
        sizes = dict(one.split() for one in told.split(", "))
        assert {name: int(number) for name, number in sizes.items()} == {
            name: FRAMESIZES[name][column] for name in sizes
        }
    assert f"no more than {PATH_LIMIT} bytes" in README


def _commands() -> Iterator[str]:
    """Every call of the agent in the README and in the systemd unit."""
    for line in re.findall(r"^ *(?:sudo .*|ExecStart=.*)$", README + UNIT, re.M):
        words = shlex.split(line.removeprefix("ExecStart="))
        if any(word.endswith("bin/lookout-agent") for word in words):
            yield line


@pytest.mark.parametrize("line", list(_commands()))
def test_each_printed_call_is_one_that_the_agent_has(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line.removeprefix("ExecStart="))
    at = next(number for number, word in enumerate(words) if word.endswith("bin/lookout-agent"))
    monkeypatch.setattr(sys, "argv", words[at:])
    options = cli._options()
    # all of them mean the same folder, the one that the unit may write to
    assert str(options.folder) == "/var/lib/lookout-agent/agent"
    assert "ReadWritePaths=/var/lib/lookout-agent" in UNIT


def test_pairing_and_running_are_among_the_printed_calls() -> None:
    assert {shlex.split(line)[-1] for line in _commands()} == {"run", "192.168.1.0/24"}

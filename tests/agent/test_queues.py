"""How a command ended is told in the end, however often the line is down when it is to be told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from lookout_agent.clock import ServerClock
from lookout_agent.cloud.inbox import Inbox
from lookout_agent.command import Command
from lookout_agent.config import Config
from lookout_agent.errors import CommandFailed
from lookout_agent.execution.queues import CameraQueues

CONFIG = Config("demo-x", "key", "pi", "pi@example.com", "demo-x.appspot.com")
COMMAND = Command("one", "cam", "led", {}, datetime.now(UTC), None)


class Cloud:
    """The cloud's side of one command, which was taken."""

    def __init__(self) -> None:
        self.is_down = True
        self.is_taken = True
        self.told: list[object] = []

    def taken(self) -> list[Command]:
        return [COMMAND] if self.is_taken else []

    def done(self, command: Command, result: dict[str, Any]) -> None:
        if self.is_down:
            raise ConnectionError("the line is down")
        self.told.append(result)

    def failed(self, command: Command, error: CommandFailed) -> None:
        self.told.append(error.code)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def queues(cloud: Cloud) -> CameraQueues:
    """CameraQueues with one end that could not be told."""
    stopping = threading.Event()
    stopping.set()  # it does not wait between its tries
    made = CameraQueues(CONFIG, lambda: "", cast(Inbox, cloud), ServerClock(), stopping, lambda *_: None)
    made._report(COMMAND, lambda one: cloud.done(one, {"led": 7}))
    return made


def test_an_end_that_cannot_be_told_again_is_not_forgotten(cloud: Cloud, queues: CameraQueues) -> None:
    with pytest.raises(ConnectionError):
        queues.recover()
    assert queues.has_unreported
    cloud.is_down = False
    queues.recover()
    assert cloud.told == [{"led": 7}]
    assert not queues.has_unreported


def test_an_end_that_was_told_without_its_confirmation_is_told_no_more(
    cloud: Cloud, queues: CameraQueues
) -> None:
    cloud.is_taken = False
    queues.recover()
    assert not queues.has_unreported
    assert cloud.told == []

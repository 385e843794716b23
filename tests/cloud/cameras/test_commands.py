"""A command's way to its agent and back, and what becomes of one that nobody takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.cameras import commands
from lookout.cloud.cameras.commands import CommandQueue
from lookout.cloud.firebase import google_private
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.command import Action, CameraRoute, CommandRequest
from lookout.errors import CameraFailed, CameraSilent, Unavailable
from tests.support.outage import StoreLine
from tests.support.waiting import wait_until

ROUTE = CameraRoute("cam", "pi", led=0, pan=90, tilt=90)
STATUS = CommandRequest("cam", None, Action.STATUS, {})


def queued(db: Any) -> list[Any]:
    """The commands that wait for the agent."""
    return [one for one in db.collection("agents/pi/commands").stream() if one.get("state") == "queued"]


def listeners() -> list[str]:
    """The threads by which google-cloud-firestore listens, and opens a stream that broke off again."""
    return [one.name for one in threading.enumerate() if "BidirectionalStream" in one.name]


@pytest.fixture
def agent(db: Any) -> Any:
    """The document of an agent that was just seen."""
    reference = db.document("agents/pi")
    reference.set({"lastSeenAt": datetime.now(UTC)})
    return reference


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


def take_when_there(db: Any) -> None:
    wait_until(lambda: queued(db), "the command")[0].reference.update({"state": "taken"})


def test_a_command_says_what_it_is_until_when_and_of_whom(stores: Stores, agent: Any) -> None:
    with pytest.raises(Unavailable, match="did not take the command"):
        CommandQueue(stores, 2.0).send(ROUTE, STATUS, "owner")
    (command,) = agent.collection("commands").stream()
    stored = command.to_dict()
    assert (stored["cameraId"], stored["action"], stored["createdBy"]) == ("cam", "status", "owner")
    assert stored["deadlineAt"] - stored["createdAt"] == timedelta(seconds=commands.QUEUE_SECONDS)
    assert stored["expireAt"] > stored["deadlineAt"]
    assert stored["state"] == "expired"


@pytest.mark.parametrize(
    ("earlier", "is_busy"),
    [
        ({"state": "taken", "takenAt": 0.5}, True),
        ({"state": "failed", "takenAt": 2.0, "finishedAt": -1.0}, True),
        # it had its end before, nobody is at it any more, nobody ever was, or it is another camera's
        ({"state": "done", "takenAt": 2.0, "finishedAt": 1.0}, False),
        ({"state": "taken", "takenAt": 9.0}, False),
        ({"state": "expired", "finishedAt": -1.0}, False),
        ({"state": "taken", "takenAt": 0.5, "cameraId": "another"}, False),
    ],
)
def test_a_command_that_waited_behind_another_of_its_camera_is_told_so(
    stores: Stores,
    agent: Any,
    earlier: dict[str, Any],
    is_busy: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "QUEUE_SECONDS", 0.1)
    now = datetime.now(UTC)
    stored = {"cameraId": "cam", "action": "status", "createdAt": now - timedelta(seconds=10)} | {
        name: now - timedelta(seconds=value) if name.endswith("At") else value
        for name, value in earlier.items()
    }
    agent.collection("commands").document("earlier").set(stored)
    error, told = (CameraSilent, "earlier command") if is_busy else (Unavailable, "did not take the command")
    with pytest.raises(error, match=told):
        CommandQueue(stores, 2.0).send(ROUTE, STATUS, "owner")


@pytest.mark.long
def test_a_command_that_was_taken_and_has_no_end_is_a_silent_camera(
    stores: Stores, db: Any, agent: Any
) -> None:
    with (
        meanwhile(lambda: take_when_there(db)),
        pytest.raises(CameraSilent, match="took the command"),
    ):
        CommandQueue(stores, 0.2).send(ROUTE, STATUS, "owner")
    (command,) = agent.collection("commands").stream()
    assert command.get("state") == "taken"


class TakenInBetween:
    """Firestore, in which the agent takes the command between the look at it and the write that ends it."""

    def __init__(self, api: Any, take: Callable[[], None]) -> None:
        self._api, self._take = api, take
        self.looks = 0

    def batch_get_documents(self, *args: Any, **named: Any) -> Iterator[Any]:
        seen = list(self._api.batch_get_documents(*args, **named))
        self.looks += 1
        if self.looks == 1:
            self._take()
        yield from seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


def test_a_command_taken_at_the_very_last_moment_is_not_said_to_have_expired(
    stores: Stores, db: Any, distant_db: Any
) -> None:
    reference = distant_db.collection("agents/pi/commands").document()
    reference.create({"state": "queued"})
    between = TakenInBetween(google_private.firestore_api(distant_db), lambda: take_when_there(db))
    google_private.replace_firestore_api(distant_db, between)
    assert CommandQueue(replace(stores, db=distant_db), 2.0)._give_up(reference) == {"state": "taken"}
    assert between.looks == 2


@pytest.mark.long
def test_a_firestore_that_falls_silent_meanwhile_is_told_within_seconds(
    stores: Stores, db: Any, distant_db: Any, agent: Any, line: StoreLine
) -> None:
    def cut_when_queued() -> None:
        wait_until(lambda: queued(db), "the command")
        line.cut()

    with meanwhile(cut_when_queued), pytest.raises(Unavailable, match="Firestore did not answer"):
        CommandQueue(replace(stores, db=distant_db, timeout=0.5), 2.0).send(ROUTE, STATUS, "owner")
    wait_until(lambda: not listeners(), "the end of listening")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "was never seen"),
        ({"lastSeenAt": "today"}, "was never seen"),
        ({"lastSeenAt": timedelta(seconds=91)}, "has been silent for 91 seconds"),
        (
            {"lastSeenAt": timedelta(seconds=5), "stoppedAt": timedelta(seconds=3)},
            "was stopped 3 seconds ago",
        ),
        ({"lastSeenAt": timedelta(days=3), "stoppedAt": timedelta(days=3)}, "was stopped 3 days ago"),
    ],
)
def test_an_agent_that_is_not_there_is_told_at_once_and_nothing_is_queued(
    fields: dict[str, Any], told: str, stores: Stores, db: Any
) -> None:
    now = datetime.now(UTC)
    ago = {name: now - value if isinstance(value, timedelta) else value for name, value in fields.items()}
    db.document("agents/pi").set(ago)
    with pytest.raises(Unavailable, match=told) as refused:
        CommandQueue(stores, 2.0).send(ROUTE, STATUS, "owner")
    assert refused.value.retry_after == 30
    assert list(db.collection("agents/pi/commands").stream()) == []


def finish_when_there(db: Any, **fields: Any) -> None:
    wait_until(lambda: queued(db), "the command")[0].reference.update(fields)


def test_what_an_agent_writes_is_passed_on_only_as_far_as_it_is_plain_and_short(
    stores: Stores, db: Any, agent: Any
) -> None:
    result = {
        "led": 7,
        "odd": float("nan"),
        "when": datetime.now(UTC),
        "bytes": b"x",
        "map": {"a": "x" * 900_000},
        "list": [1],
        "long": "\x1b[31m" + "x" * 5000,
        "none": None,
    }
    with meanwhile(lambda: finish_when_there(db, state="done", result=result)):
        passed_on = CommandQueue(stores, 2.0).send(ROUTE, STATUS, "owner")
    assert passed_on == {"led": 7, "long": "[31m" + "x" * 195 + "…", "none": None}


@pytest.mark.parametrize("result", [None, "x", [1], {f"f{number}": number for number in range(500)}])
def test_a_result_of_another_form_or_of_too_many_fields_is_no_error(
    stores: Stores, db: Any, agent: Any, result: Any
) -> None:
    with meanwhile(lambda: finish_when_there(db, state="done", result=result)):
        passed_on = CommandQueue(stores, 2.0).send(ROUTE, STATUS, "owner")
    assert len(passed_on) == (64 if isinstance(result, dict) else 0)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ({"code": "camera_failed", "message": "\x1b[2J" + "no " * 10_000}, "[2Jno no"),
        ({"code": "camera_failed", "message": ["x"]}, "['x']"),
        ("broken", "The camera did not do it."),
        (None, "The camera did not do it."),
        ({"code": "camera_failed", "message": "\x07\n"}, "The camera did not do it."),
    ],
)
def test_what_an_agent_says_went_wrong_is_cut(
    stores: Stores, db: Any, agent: Any, error: Any, told: str
) -> None:
    with (
        meanwhile(lambda: finish_when_there(db, state="failed", error=error)),
        pytest.raises(CameraFailed) as failed,
    ):
        CommandQueue(stores, 2.0).send(ROUTE, STATUS, "owner")
    assert failed.value.message.startswith(told)
    assert len(failed.value.message) <= 500

"""The line breaks, the camera is gone, the account is taken away: the agent goes on as soon as it can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from stack.camera_server import FakeCamera, Mood
from stack.info import StackInfo
from tests.agent.conftest import Yard, until
from tests.agent.line import Line


@pytest.fixture
def line(stack: StackInfo) -> Iterator[Line]:
    with Line(stack.urls["firestore"].removeprefix("http://")) as made:
        yield made


def test_commands_arrive_again_when_the_line_is_back(yard: Yard, servo: FakeCamera, line: Line) -> None:
    yard.pair(firestore_host=line.address)
    camera = yard.register(servo)
    process = yard.up()
    line.cut()
    late = yard.queue(camera, "led", seconds=0.5, led=1)
    until(lambda: "listener:" in yard.log, "the agent's word about the line")
    in_time = yard.queue(camera, "led", seconds=60, led=2)
    line.mend()
    assert yard.ended(in_time, seconds=40)["state"] == "done"
    assert yard.ended(late, seconds=40)["state"] == "expired"
    assert [request.path for request in servo.requests] == ["/led?state=2"]
    assert process.poll() is None


def test_an_end_that_could_not_be_told_is_told_when_the_line_is_back(
    yard: Yard, servo: FakeCamera, line: Line
) -> None:
    yard.pair(firestore_host=line.address)
    camera = yard.register(servo)
    yard.up()
    servo.behave(Mood.SLOW, 0.5)
    command = yard.queue(camera, "servo", seconds=30, pan=40, tilt=40)
    until(lambda: bool(servo.requests), "the camera's request")
    line.cut()
    until(lambda: "will be told later" in yard.log, "the agent's word about the line", seconds=40)
    line.mend()
    ended = yard.ended(command, seconds=60)
    assert (ended["state"], ended["result"]) == ("done", {"pan": 40, "tilt": 40})
    assert len(servo.requests) == 1


def test_an_agent_started_without_a_line_waits_for_it(yard: Yard, servo: FakeCamera, line: Line) -> None:
    yard.pair(firestore_host=line.address)
    camera = yard.register(servo)
    line.cut()
    process = yard.start()
    until(lambda: "round: Firestore" in yard.log, "the agent's word about the line")
    line.mend()
    assert yard.ended(yard.queue(camera, "status", seconds=60), seconds=40)["state"] == "done"
    assert process.poll() is None


def test_an_account_that_was_deleted_is_said_and_the_process_goes_on(yard: Yard) -> None:
    url = (
        f"{yard.stack.urls['auth']}/identitytoolkit.googleapis.com/v1/projects/{yard.stack.project}/accounts"
    )
    admin = {"Authorization": "Bearer owner"}
    found = requests.post(f"{url}:lookup", json={"email": [yard.account.email]}, headers=admin, timeout=20)
    uid = found.json()["users"][0]["localId"]
    requests.post(f"{url}:delete", json={"localId": uid}, headers=admin, timeout=20).raise_for_status()
    process = yard.start()
    until(lambda: "round:" in yard.log, "the agent's word about its account")
    assert "pair" in yard.log
    assert process.poll() is None


def test_an_agent_that_is_stopped_without_a_line_ends_all_the_same(yard: Yard, line: Line) -> None:
    yard.pair(firestore_host=line.address)
    process = yard.up()
    line.cut()
    process.terminate()
    assert process.wait(timeout=10) == 0
    assert "farewell: Firestore" in yard.log
    assert "stoppedAt" not in yard.said()

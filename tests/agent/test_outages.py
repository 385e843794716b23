"""The line breaks, the camera is gone, the account is taken away: the agent goes on as soon as it can."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from lookout_agent.execution.agent import HEARTBEAT_SECONDS
from stack.fake_camera.server import Behaviour, FakeCamera
from stack.install import toolchain
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from tests.agent.conftest import Harness
from tests.agent.line import HomeLine
from tests.support.waiting import SECONDS, wait_until


def _is_late(command: Any) -> bool:
    return bool(command.get().get("deadlineAt") < datetime.now(UTC))


@pytest.fixture
def line(stack: StackInfo) -> Iterator[HomeLine]:
    with HomeLine(stack.urls["firestore"].removeprefix("http://")) as made:
        yield made


def test_commands_arrive_again_when_the_line_is_back(
    harness: Harness, servo: FakeCamera, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    camera = harness.register(servo)
    process = harness.up()
    line.cut()
    late = harness.queue(camera, "led", seconds=0.5, led=1)
    wait_until(lambda: '"where": "listener"' in harness.log, "the failed heartbeat")
    wait_until(partial(_is_late, late), "the end of its time")
    in_time = harness.queue(camera, "led", seconds=60, led=2)
    line.mend()
    assert harness.ended(in_time)["state"] == "done"
    assert harness.ended(late)["state"] == "expired"
    assert [request.path for request in servo.requests] == ["/led?state=2"]
    assert process.poll() is None


@pytest.mark.long
def test_an_end_that_could_not_be_told_is_told_when_the_line_is_back(
    harness: Harness, servo: FakeCamera, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    camera = harness.register(servo)
    harness.up()
    servo.behave(Behaviour.SLOW, 0.5)
    command = harness.queue(camera, "servo", seconds=30, pan=40, tilt=40)
    wait_until(lambda: bool(servo.requests), "the camera's request")
    line.cut()
    wait_until(lambda: "command report postponed" in harness.log, "the failed heartbeat")
    line.mend()
    ended = harness.ended(command)
    assert (ended["state"], ended["result"]) == ("done", {"pan": 40, "tilt": 40})
    assert len(servo.requests) == 1


def test_an_agent_started_without_a_line_waits_for_it(
    harness: Harness, servo: FakeCamera, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    camera = harness.register(servo)
    line.cut()
    process = harness.start()
    wait_until(lambda: '"where": "heartbeat", "error": "Firestore' in harness.log, "the failed heartbeat")
    line.mend()
    assert harness.ended(harness.queue(camera, "status", seconds=60))["state"] == "done"
    assert process.poll() is None


def test_an_account_that_was_deleted_is_said_and_the_process_goes_on(harness: Harness) -> None:
    auth, project = harness.stack.urls["auth"], harness.stack.project
    url = f"{auth}/identitytoolkit.googleapis.com/v1/projects/{project}/accounts"
    admin = {"Authorization": "Bearer owner"}
    found = requests.post(f"{url}:lookup", json={"email": [harness.account.email]}, headers=admin, timeout=20)
    uid = found.json()["users"][0]["localId"]
    requests.post(f"{url}:delete", json={"localId": uid}, headers=admin, timeout=20).raise_for_status()
    process = harness.start()
    wait_until(lambda: '"where": "heartbeat"' in harness.log, "the agent's word about its account")
    assert "pair" in harness.log
    assert process.poll() is None


@pytest.mark.long
def test_a_line_that_hangs_without_a_word_holds_up_no_later_command(
    harness: Harness, servo: FakeCamera, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    camera = harness.register(servo)
    process = harness.up()
    line.freeze()
    late = harness.queue(camera, "led", seconds=0.5, led=1)
    wait_until(partial(_is_late, late), "the end of its time")
    line.thaw()
    assert harness.ended(late)["state"] == "expired"
    assert harness.ended(harness.queue(camera, "led", led=2))["state"] == "done"
    assert [request.path for request in servo.requests] == ["/led?state=2"]
    assert process.poll() is None


class Engine:
    """A Firestore emulator of a test's own, with the site's rules; ``die`` loses all that it held."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self._log = folder / "firestore.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        tools = toolchain.ensure()
        (jar,) = tools.jars.glob("cloud-firestore-emulator*.jar")
        host, port = self.address.split(":")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(tools.java), "-jar", str(jar), "--host", host, "--port", port,
                    "--rules", str(ROOT / "firestore.rules"),
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        wait_until(self._answers, f"the emulator's start\n{self._log}")

    def die(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://{self.address}", timeout=2).status_code == 200
        except requests.RequestException:
            return False


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path)
    made.start()
    yield made
    made.die()


@pytest.mark.long
def test_the_next_command_is_carried_out_after_the_emulator_was_started_again(
    harness: Harness, servo: FakeCamera, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", engine.address)
    db = firestore.Client(harness.stack.project, AnonymousCredentials())  # type: ignore[no-untyped-call]
    with closing(db):
        own = replace(harness, db=db)
        own.pair(firestore_host=engine.address)
        camera = own.register(servo)
        process = own.up()
        assert own.ended(own.queue(camera, "led", led=1))["state"] == "done"
        engine.die()
        wait_until(lambda: '"where": "listener"' in own.log, "the agent's word about its listener")
        engine.start()
        # an emulator begins with nothing: the camera is registered anew, the agent says again that it is there
        camera = own.register(servo)
        command = own.queue(camera, "led", seconds=60, led=2)
        assert own.ended(command)["state"] == "done"
        wait_until(lambda: own.said() is not None, "the agent's heartbeat")
        assert own.said()["version"]
        # and it listens again, instead of merely looking now and then
        wait_until(lambda: own.log.count("listening for commands") == 2, "listening again")
        started = time.monotonic()
        assert own.ended(own.queue(camera, "led", led=3))["state"] == "done"
        assert time.monotonic() - started < HEARTBEAT_SECONDS
        assert [request.path for request in servo.requests] == [f"/led?state={led}" for led in (1, 2, 3)]
        assert process.poll() is None
        own.stop()


@pytest.mark.parametrize("happens", ["cut", "freeze"])
@pytest.mark.long
def test_an_agent_that_is_stopped_without_a_line_ends_all_the_same(
    happens: str, harness: Harness, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    process = harness.up()
    getattr(line, happens)()
    process.terminate()
    assert process.wait(SECONDS) == 0
    assert '"where": "stopped", "error": "Firestore' in harness.log
    line.cut()
    assert "stoppedAt" not in harness.said()


@pytest.mark.parametrize("happens", ["cut", pytest.param("freeze", marks=pytest.mark.long)])
def test_an_agent_that_was_never_heard_is_stopped_without_a_farewell(
    happens: str, harness: Harness, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    getattr(line, happens)()
    process = harness.start()
    wait_until(lambda: '"where": "heartbeat", "error": "Firestore' in harness.log, "the failed heartbeat")
    process.terminate()
    assert process.wait(SECONDS) == 0
    assert "stopped" not in harness.log
    assert harness.said() is None


@pytest.mark.long
def test_an_agent_without_a_line_in_the_middle_of_a_command_is_stopped_and_tells_its_end_at_the_next_start(
    harness: Harness, servo: FakeCamera, line: HomeLine
) -> None:
    harness.pair(firestore_host=line.address)
    camera = harness.register(servo)
    process = harness.up()
    servo.behave(Behaviour.SLOW, 0.5)
    command = harness.queue(camera, "servo", seconds=30, pan=40, tilt=40)
    wait_until(lambda: bool(servo.requests), "the camera's request")
    line.freeze()
    process.terminate()
    assert process.wait(SECONDS) == 0
    line.cut()
    line.mend()
    assert command.get().to_dict()["state"] == "taken"
    harness.up()
    ended = harness.ended(command)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "interrupted")
    assert len(servo.requests) == 1

"""An agent stopped at any moment says so, finishes what it began, and ends soon."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from lookout_agent import lock
from lookout_agent.errors import ConfigError
from stack.fake_camera.server import Behaviour, FakeCamera
from tests.agent.conftest import Harness, run
from tests.support.waiting import SECONDS, wait_until


def test_an_agent_told_to_end_finishes_what_it_began(harness: Harness, servo: FakeCamera) -> None:
    camera = harness.register(servo)
    process = harness.up()
    servo.behave(Behaviour.SLOW, 0.5)
    command = harness.queue(camera, "servo", pan=50, tilt=50)
    wait_until(lambda: bool(servo.requests), "the camera's request")
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    assert command.get().to_dict()["state"] == "done"


@pytest.mark.few(1)
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_an_agent_told_to_end_says_so_and_takes_it_back_when_it_starts(
    ending: signal.Signals, harness: Harness
) -> None:
    process = harness.up()
    process.send_signal(ending)
    assert process.wait(SECONDS) == 0
    said = harness.said()
    assert said["lastSeenAt"] <= said["stoppedAt"]
    assert {*said} == {"lastSeenAt", "stoppedAt", "version", "cameras"}
    harness.up()
    assert {*harness.said()} == {"lastSeenAt", "version", "cameras"}


def test_an_agent_says_that_it_ends_before_it_finishes_what_it_began(
    harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo)
    process = harness.up(ESP32_TIMEOUT="5")
    servo.behave(Behaviour.SILENT)
    command = harness.queue(camera, "status")
    wait_until(lambda: bool(servo.requests), "the camera's request")
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: "stoppedAt" in harness.said(), "the agent's report of its stop")
    assert command.get().to_dict()["state"] == "taken"
    servo.behave(Behaviour.WELL)
    assert process.wait(SECONDS) == 0
    assert harness.ended(command)["state"] == "failed"


def test_an_agent_that_is_killed_says_nothing(harness: Harness) -> None:
    process = harness.up()
    process.kill()
    process.wait()
    assert "stoppedAt" not in harness.said()


@pytest.mark.long
def test_stopped_at_any_moment_of_its_start_an_agent_never_seems_to_be_there(harness: Harness) -> None:
    turn = 0
    while turn < 12 or harness.said() is None:
        process = harness.start()
        time.sleep(turn * 0.07)
        process.terminate()
        # before it has said anything to anybody it may die of the signal itself
        assert process.wait(SECONDS) in (0, -signal.SIGTERM)
        said = harness.said()
        assert said is None or said["stoppedAt"] >= said["lastSeenAt"]
        turn += 1
    assert "Traceback" not in harness.log


@pytest.mark.long
def test_told_to_end_twice_an_agent_still_finishes_what_it_began(harness: Harness, servo: FakeCamera) -> None:
    camera = harness.register(servo)
    process = harness.up()
    servo.behave(Behaviour.SLOW, 0.7)
    command = harness.queue(camera, "servo", pan=50, tilt=50)
    wait_until(lambda: bool(servo.requests), "the camera's request")
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: "stoppedAt" in harness.said(), "the agent's report of its stop")
    for ending in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(ending)
    assert process.wait(SECONDS) == 0
    assert command.get().to_dict()["state"] == "done"


@pytest.mark.long
def test_what_waits_behind_a_command_at_work_is_left_when_the_agent_is_told_to_end(
    harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo)
    process = harness.up()
    servo.behave(Behaviour.SLOW, 0.7)
    first, second = (harness.queue(camera, "led", seconds=30, led=level) for level in (1, 2))
    wait_until(lambda: bool(servo.requests), "the camera's request")
    process.terminate()
    assert process.wait(SECONDS) == 0
    assert (first.get().get("state"), second.get().get("state")) == ("done", "queued")
    harness.up()
    assert harness.ended(second)["state"] == "done"
    assert [request.path for request in servo.requests] == ["/led?state=1", "/led?state=2"]


@pytest.mark.long
def test_a_second_agent_with_the_same_folder_does_not_run(harness: Harness) -> None:
    process = harness.up()
    second = harness.start()
    assert second.wait(SECONDS) == 1
    assert "runs already" in harness.log
    assert process.poll() is None
    assert "stoppedAt" not in harness.said()


@pytest.mark.long
def test_of_agents_that_start_at_once_one_runs(harness: Harness) -> None:
    processes = [harness.start() for _ in range(4)]
    wait_until(lambda: sum(process.poll() == 1 for process in processes) == 3, "the end of all others")
    wait_until(lambda: "listening" in harness.log, "the one's start")
    assert harness.log.count("runs already") == 3
    assert harness.log.count("agent started") == 1


@pytest.mark.long
def test_the_lock_of_an_agent_that_was_killed_holds_up_nobody(harness: Harness) -> None:
    process = harness.up()
    process.kill()
    process.wait()
    assert (harness.folder / "running").exists()
    assert "does not run on this machine" in run(harness.folder, "status").stdout
    harness.up()


@pytest.mark.long
def test_asking_whether_an_agent_runs_keeps_none_from_starting_and_leaves_nothing_behind(
    harness: Harness,
) -> None:
    assert not lock.is_held(harness.folder)
    assert not (harness.folder / "running").exists()
    process = harness.start()
    while "listening" not in harness.log:
        lock.is_held(harness.folder)
        assert process.poll() is None, harness.log
    assert lock.is_held(harness.folder)


def test_a_lock_of_another_user_is_said_in_one_line(make_harness: Callable[[], Harness]) -> None:
    folder = make_harness().folder
    # nobody may write to a folder as to a file, not even an administrator
    (folder / "running").mkdir()
    with pytest.raises(ConfigError, match="as the user who paired it"), lock.exclusive(folder):
        raise AssertionError("the lock was had")

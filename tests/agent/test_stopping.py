"""Told to end, at any moment: it says so, finishes what it began, and does not keep whoever stops it waiting."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from lookout_agent import lock
from lookout_agent.errors import ConfigError
from stack.fake_camera.server import FakeCamera, Mood
from tests.agent.conftest import Yard, run, until


def test_an_agent_told_to_end_finishes_what_it_began(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    process = yard.up()
    servo.behave(Mood.SLOW, 0.5)
    command = yard.queue(camera, "servo", pan=50, tilt=50)
    until(lambda: bool(servo.requests), "the camera's request")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert command.get().to_dict()["state"] == "done"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_an_agent_told_to_end_says_so_and_takes_it_back_when_it_starts(
    ending: signal.Signals, yard: Yard
) -> None:
    process = yard.up()
    process.send_signal(ending)
    assert process.wait(timeout=20) == 0
    said = yard.said()
    assert said["lastSeenAt"] <= said["stoppedAt"]
    assert {*said} == {"lastSeenAt", "stoppedAt", "version", "cameras"}
    yard.up()
    assert {*yard.said()} == {"lastSeenAt", "version", "cameras"}


def test_an_agent_says_that_it_ends_before_it_finishes_what_it_began(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    process = yard.up(ESP32_TIMEOUT="5")
    servo.behave(Mood.SILENT)
    command = yard.queue(camera, "status")
    until(lambda: bool(servo.requests), "the camera's request")
    process.send_signal(signal.SIGTERM)
    until(lambda: "stoppedAt" in yard.said(), "the agent's report of its stop", seconds=3)
    assert command.get().to_dict()["state"] == "taken"
    servo.behave(Mood.WELL)
    assert process.wait(timeout=20) == 0
    assert yard.ended(command)["state"] == "failed"


def test_an_agent_that_is_killed_says_nothing(yard: Yard) -> None:
    process = yard.up()
    process.kill()
    process.wait()
    assert "stoppedAt" not in yard.said()


def test_stopped_at_any_moment_of_its_start_an_agent_never_seems_to_be_there(yard: Yard) -> None:
    turn = 0
    while turn < 12 or yard.said() is None:
        process = yard.start()
        time.sleep(turn * 0.07)
        process.terminate()
        # before it has said anything to anybody it may die of the signal itself
        assert process.wait(timeout=15) in (0, -signal.SIGTERM)
        said = yard.said()
        assert said is None or said["stoppedAt"] >= said["lastSeenAt"]
        turn += 1
    assert "Traceback" not in yard.log


def test_told_to_end_twice_an_agent_still_finishes_what_it_began(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    process = yard.up()
    servo.behave(Mood.SLOW, 0.7)
    command = yard.queue(camera, "servo", pan=50, tilt=50)
    until(lambda: bool(servo.requests), "the camera's request")
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        process.send_signal(ending)
        time.sleep(0.1)
    assert process.wait(timeout=20) == 0
    assert command.get().to_dict()["state"] == "done"


def test_what_waits_behind_a_command_at_work_is_left_when_the_agent_is_told_to_end(
    yard: Yard, servo: FakeCamera
) -> None:
    camera = yard.register(servo)
    process = yard.up()
    servo.behave(Mood.SLOW, 0.7)
    first, second = (yard.queue(camera, "led", seconds=30, led=level) for level in (1, 2))
    until(lambda: bool(servo.requests), "the camera's request")
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert (first.get().get("state"), second.get().get("state")) == ("done", "queued")
    yard.up()
    assert yard.ended(second)["state"] == "done"
    assert [request.path for request in servo.requests] == ["/led?state=1", "/led?state=2"]


def test_a_second_agent_with_the_same_folder_does_not_run(yard: Yard) -> None:
    process = yard.up()
    second = yard.start()
    assert second.wait(timeout=20) == 1
    assert "runs already" in yard.log
    assert process.poll() is None
    assert "stoppedAt" not in yard.said()


def test_of_agents_that_start_at_once_one_runs(yard: Yard) -> None:
    processes = [yard.start() for _ in range(4)]
    until(lambda: sum(process.poll() == 1 for process in processes) == 3, "the end of all others")
    until(lambda: "listening" in yard.log, "the one's start")
    assert yard.log.count("runs already") == 3
    assert yard.log.count("agent started") == 1


def test_the_lock_of_an_agent_that_was_killed_holds_up_nobody(yard: Yard) -> None:
    process = yard.up()
    process.kill()
    process.wait()
    assert (yard.folder / "running").exists()
    assert "does not run on this machine" in run(yard.folder, "status").stdout
    yard.up()


def test_asking_whether_an_agent_runs_keeps_none_from_starting_and_leaves_nothing_behind(yard: Yard) -> None:
    assert not lock.is_held(yard.folder)
    assert not (yard.folder / "running").exists()
    process = yard.start()
    while "listening" not in yard.log:
        lock.is_held(yard.folder)
        assert process.poll() is None, yard.log
    assert lock.is_held(yard.folder)


def test_a_lock_of_another_user_is_said_in_one_line(make_yard: Callable[[], Yard]) -> None:
    folder = make_yard().folder
    # nobody may write to a folder as to a file, not even an administrator
    (folder / "running").mkdir()
    with pytest.raises(ConfigError, match="as the user who paired it"), lock.exclusive(folder):
        raise AssertionError("the lock was had")

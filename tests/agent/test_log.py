"""The agent's log: one JSON object per line, with the fields that Cloud Logging reads, and no secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from stack.fake_camera.server import FakeCamera
from tests.agent.conftest import Harness, environment
from tests.support.waiting import wait_until

TRACE = "projects/demo-x/traces/0af7651916cd43dd8448eb211c80319c"


def _lines(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines()]


def test_each_line_is_an_object_with_a_time_a_severity_and_a_constant_event(
    harness: Harness, servo: FakeCamera
) -> None:
    camera = harness.register(servo)
    process = harness.up()
    done, failed = harness.queue(camera, "led", led=7), harness.queue(camera, "framesize", framesize="VGA")
    assert harness.ended(done)["state"] == "done"
    assert harness.ended(failed)["state"] == "failed"
    wait_until(lambda: "command failed" in harness.log, "the log of the command")
    process.terminate()
    process.wait()
    lines = _lines(harness.log)
    assert {(one["severity"], one["message"]) for one in lines} == {
        ("INFO", "agent started"),
        ("INFO", "listening for commands"),
        ("INFO", "command done"),
        ("INFO", "command failed"),
    }
    assert all(one["time"] for one in lines)
    (first,) = (one for one in lines if one["message"] == "command done")
    assert (first["command"], first["action"]) == (done.id, "led")
    (second,) = (one for one in lines if one["message"] == "command failed")
    assert second["reason"] == "unsupported"


def test_a_line_about_a_command_has_the_trace_of_the_request_that_queued_it(
    harness: Harness, servo: FakeCamera
) -> None:
    command = harness.queue(harness.register(servo), "led", led=7)
    command.update({"trace": TRACE})
    harness.up()
    assert harness.ended(command)["state"] == "done"
    wait_until(lambda: "command done" in harness.log, "the log of the command")
    (line,) = (one for one in _lines(harness.log) if one["message"] == "command done")
    assert line["logging.googleapis.com/trace"] == TRACE


def test_neither_the_password_nor_a_token_is_in_the_log(harness: Harness) -> None:
    stored = json.loads((harness.folder / "tokens.json").read_text())["refreshToken"]
    harness.up()
    assert harness.account.password not in harness.log
    assert stored not in harness.log


def test_what_a_library_logs_and_an_error_in_the_agent_are_lines_of_the_same_form() -> None:
    program = (
        "import logging; from lookout_agent import log; log.configure();"
        "logging.getLogger('google.api_core').warning('retrying\\nsoon');"
        "logging.getLogger('google.api_core').info('not of interest');\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: log.LOGGER.exception('internal error')\n"
        "log.log(logging.INFO, 'odd values', a=object, b='\\ud800', c=b'x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )
    library, error, odd = _lines(done.stdout)
    assert (library["severity"], library["message"]) == ("WARNING", "retrying\nsoon")
    assert (error["severity"], error["message"]) == ("ERROR", "internal error")
    assert "ZeroDivisionError" in error["cause"]
    assert (odd["severity"], odd["b"]) == ("INFO", "\ud800")
    assert done.stderr == ""

"""`pair`, `check` and `status` as a person meets them, each wrong thing in one plain line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stack.fake_camera.server import FakeCamera
from stack.local import seed
from stack.local.info import Account
from tests.agent.conftest import Harness, run


def _pair(
    harness: Harness, *more: str, password: str | None = None, email: str | None = None
) -> tuple[int, str]:
    urls = harness.stack.urls
    done = run(
        harness.folder, "pair", "--project", harness.stack.project, "--api-key", "any", "--password-stdin",
        "--email", email or harness.account.email, "--auth-url", urls["auth"],
        "--firestore-host", urls["firestore"].removeprefix("http://"), "--storage-url", urls["storage"], *more,
        typed=(password or harness.account.password) + "\n",
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_pairing_keeps_a_token_that_nobody_else_reads_and_no_password(
    make_harness: Callable[[], Harness],
) -> None:
    harness = make_harness()
    status, said = _pair(harness)
    assert status == 0
    assert harness.agent_id in said
    files = {path.name: path for path in harness.folder.iterdir()}
    assert set(files) == {"agent.toml", "tokens.json"}
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert all(harness.account.password not in path.read_text() for path in files.values())


def test_pairing_again_keeps_the_networks(make_harness: Callable[[], Harness]) -> None:
    harness = make_harness()
    _pair(harness, "--network", "192.168.7.0/24")
    _pair(harness)
    assert "192.168.7.0/24" in (harness.folder / "agent.toml").read_text()


def test_a_wrong_password_is_said(make_harness: Callable[[], Harness]) -> None:
    harness = make_harness()
    assert _pair(harness, password="wrong") == (
        1,
        "lookout-agent: The e-mail address or the password is wrong.\n",
    )
    assert list(harness.folder.iterdir()) == []


def test_an_account_without_the_role_is_not_paired(make_harness: Callable[[], Harness]) -> None:
    harness = make_harness()
    account = Account(f"viewer_{harness.agent_id}@example.com", "a password")
    seed.make_account(harness.stack.urls["auth"], harness.stack.project, account, {"role": "viewer"})
    status, said = _pair(harness, email=account.email, password=account.password)
    assert status == 1
    assert "scripts/grant" in said


@pytest.mark.parametrize("network", ["8.8.8.0/24", "0.0.0.0/0", "home", "192.168.1.1/24"])
def test_a_network_that_is_none_or_not_private_is_refused(
    network: str, make_harness: Callable[[], Harness]
) -> None:
    status, said = _pair(make_harness(), "--network", network)
    assert status == 1
    assert network in said


@pytest.mark.parametrize("command", ["run", "check", "status"])
def test_an_agent_that_was_never_paired_says_what_to_do(command: str, tmp_path: Path) -> None:
    done = run(tmp_path, command)
    assert done.returncode == 1
    assert "lookout-agent pair" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_tokens_that_others_may_read_are_refused(harness: Harness) -> None:
    (harness.folder / "tokens.json").chmod(0o644)
    done = run(harness.folder, "run")
    assert done.returncode == 1
    assert "chmod 600" in done.stderr


def test_a_check_finds_everything_right(harness: Harness, servo: FakeCamera) -> None:
    camera = harness.register(servo)
    harness.up()
    done = run(harness.folder, "check")
    assert done.returncode == 0, done.stdout
    assert f"camera {camera}: it answers" in done.stdout
    assert "NO" not in done.stdout
    assert "runs on this machine" in run(harness.folder, "status").stdout


def test_a_check_names_what_is_wrong_and_goes_on(harness: Harness, servo: FakeCamera) -> None:
    lost = harness.register("127.0.0.1:9")
    foreign = harness.register("192.168.1.100")
    camera = harness.register(servo)
    done = run(harness.folder, "check")
    assert done.returncode == 1
    assert "NO  running: the agent never ran" in done.stdout
    assert f"NO  camera {lost}: Nobody listens" in done.stdout
    assert f"NO  camera {foreign}: The agent's settings do not allow" in done.stdout
    assert f"ok  camera {camera}" in done.stdout


@pytest.mark.long
def test_a_check_and_a_status_tell_that_it_was_stopped(harness: Harness) -> None:
    process = harness.up()
    process.terminate()
    process.wait()
    assert re.search(r"NO  running: it was stopped \d s ago", run(harness.folder, "check").stdout)
    assert "the cloud got its stop" in run(harness.folder, "status").stdout


def test_a_check_without_firestore_says_so(harness: Harness) -> None:
    harness.pair(firestore_host="127.0.0.1:9")
    done = run(harness.folder, "check")
    assert done.returncode == 1
    assert "Firestore does not answer" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_status_tells_that_it_does_not_run(harness: Harness) -> None:
    done = run(harness.folder, "status")
    assert done.returncode == 1
    assert "does not run on this machine" in done.stdout
    assert "it never reported to the cloud" in done.stdout

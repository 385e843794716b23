"""`pair`, `check` and `status` as a person meets them, each wrong thing in one plain line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stack.fake_camera.server import FakeCamera
from stack.local import seed
from stack.local.info import Account
from tests.agent.conftest import Yard, run


def _pair(yard: Yard, *more: str, password: str | None = None, email: str | None = None) -> tuple[int, str]:
    urls = yard.stack.urls
    done = run(
        yard.folder, "pair", "--project", yard.stack.project, "--api-key", "any", "--password-stdin",
        "--email", email or yard.account.email, "--auth-url", urls["auth"],
        "--firestore-host", urls["firestore"].removeprefix("http://"), "--storage-url", urls["storage"], *more,
        typed=(password or yard.account.password) + "\n",
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_pairing_keeps_a_token_that_nobody_else_reads_and_no_password(make_yard: Callable[[], Yard]) -> None:
    yard = make_yard()
    status, said = _pair(yard)
    assert status == 0
    assert yard.agent_id in said
    files = {path.name: path for path in yard.folder.iterdir()}
    assert set(files) == {"agent.toml", "tokens.json"}
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert all(yard.account.password not in path.read_text() for path in files.values())


def test_pairing_again_keeps_the_networks(make_yard: Callable[[], Yard]) -> None:
    yard = make_yard()
    _pair(yard, "--network", "192.168.7.0/24")
    _pair(yard)
    assert "192.168.7.0/24" in (yard.folder / "agent.toml").read_text()


def test_a_wrong_password_is_said(make_yard: Callable[[], Yard]) -> None:
    yard = make_yard()
    assert _pair(yard, password="wrong") == (
        1,
        "lookout-agent: The e-mail address or the password is wrong.\n",
    )
    assert list(yard.folder.iterdir()) == []


def test_an_account_without_the_role_is_not_paired(make_yard: Callable[[], Yard]) -> None:
    yard = make_yard()
    account = Account(f"viewer_{yard.agent_id}@example.com", "a password")
    seed.make_account(yard.stack.urls["auth"], yard.stack.project, account, {"role": "viewer"})
    status, said = _pair(yard, email=account.email, password=account.password)
    assert status == 1
    assert "scripts/grant" in said


@pytest.mark.parametrize("network", ["8.8.8.0/24", "0.0.0.0/0", "home", "192.168.1.1/24"])
def test_a_network_that_is_none_or_not_private_is_refused(
    network: str, make_yard: Callable[[], Yard]
) -> None:
    status, said = _pair(make_yard(), "--network", network)
    assert status == 1
    assert network in said


@pytest.mark.parametrize("command", ["run", "check", "status"])
def test_an_agent_that_was_never_paired_says_what_to_do(command: str, tmp_path: Path) -> None:
    done = run(tmp_path, command)
    assert done.returncode == 1
    assert "lookout-agent pair" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_tokens_that_others_may_read_are_refused(yard: Yard) -> None:
    (yard.folder / "tokens.json").chmod(0o644)
    done = run(yard.folder, "run")
    assert done.returncode == 1
    assert "chmod 600" in done.stderr


def test_a_check_finds_everything_right(yard: Yard, servo: FakeCamera) -> None:
    camera = yard.register(servo)
    yard.up()
    done = run(yard.folder, "check")
    assert done.returncode == 0, done.stdout
    assert f"camera {camera}: it answers" in done.stdout
    assert "NO" not in done.stdout
    assert "runs on this machine" in run(yard.folder, "status").stdout


def test_a_check_names_what_is_wrong_and_goes_on(yard: Yard, servo: FakeCamera) -> None:
    lost = yard.register("127.0.0.1:9")
    foreign = yard.register("192.168.1.100")
    camera = yard.register(servo)
    done = run(yard.folder, "check")
    assert done.returncode == 1
    assert "NO  running: the agent never ran" in done.stdout
    assert f"NO  camera {lost}: Nobody listens" in done.stdout
    assert f"NO  camera {foreign}: The agent's settings do not allow" in done.stdout
    assert f"ok  camera {camera}" in done.stdout


def test_a_check_and_a_status_tell_that_it_was_stopped(yard: Yard) -> None:
    process = yard.up()
    process.terminate()
    process.wait()
    assert re.search(r"NO  running: it was stopped \d s ago", run(yard.folder, "check").stdout)
    assert "the cloud got its stop" in run(yard.folder, "status").stdout


def test_a_check_without_firestore_says_so(yard: Yard) -> None:
    yard.pair(firestore_host="127.0.0.1:9")
    done = run(yard.folder, "check")
    assert done.returncode == 1
    assert "Firestore does not answer" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_status_tells_that_it_does_not_run(yard: Yard) -> None:
    done = run(yard.folder, "status")
    assert done.returncode == 1
    assert "does not run on this machine" in done.stdout
    assert "it never reported to the cloud" in done.stdout

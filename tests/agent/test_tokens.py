"""The agent's tokens: kept for itself alone, renewed ahead of time, and when they are refused it says why."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import pytest
import requests

from lookout.cloud.accounts import roles
from lookout.domain.site.caller import Role
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.cloud import inbox, tokens
from lookout_agent.cloud.client import connect
from lookout_agent.cloud.inbox import Inbox
from lookout_agent.cloud.tokens import RENEW_AHEAD_SECONDS, Session, Tokens
from lookout_agent.command import Command
from lookout_agent.config import Config
from lookout_agent.errors import ConfigError, TokenRefused, Unreachable
from lookout_agent.execution.agent import Agent
from tests.agent.conftest import Harness

CONFIG = Config("demo-x", "key", "pi", "pi@example.com", "demo-x.appspot.com")
HOUR = 3600


def id_token(number: int = 0, **claims: str) -> str:
    payload = json.dumps({"role": "agent", "agentId": "pi", "number": number} | claims).encode()
    return f"head.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


class Auth:
    """Firebase Auth as the agent sees it. ``answer`` is what it says; without one it hands out new tokens."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The refresh tokens that came."""
        self.answer: tuple[int, bytes] | None = None
        self.claims: dict[str, str] = {}
        auth = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, body = auth._say(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _say(self, body: bytes) -> tuple[int, bytes]:
        self.asked.append(parse_qs(body.decode())["refresh_token"][0])
        number = len(self.asked)
        made = {
            "id_token": id_token(number, **self.claims),
            "refresh_token": f"refresh-{number}",
            "expires_in": str(HOUR),
        }
        return self.answer or (200, json.dumps(made).encode())

    def refuse(self, status: int, code: str) -> None:
        self.answer = (status, json.dumps({"error": {"code": status, "message": code}}).encode())


@pytest.fixture
def auth() -> Iterator[Auth]:
    made = Auth()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an agent that was paired."""
    tokens.save(tmp_path, Session(id_token(), "refresh-0", 0.0))
    return tmp_path


def own(auth: Auth, folder: Path, clock: Callable[[], float] = monotonic) -> Tokens:
    return Tokens(replace(CONFIG, auth_url=auth.url), folder, clock)


def test_a_token_is_renewed_ahead_of_its_end_and_not_before(auth: Auth, folder: Path) -> None:
    later = 0.0
    mine = own(auth, folder, lambda: monotonic() + later)
    assert mine.id_token == ""
    mine.refresh_if_due()
    first = mine.id_token
    later = HOUR - RENEW_AHEAD_SECONDS - 30
    mine.refresh_if_due()
    assert (mine.id_token, len(auth.asked)) == (first, 1)
    later = HOUR - RENEW_AHEAD_SECONDS + 30
    mine.refresh_if_due()
    assert mine.id_token != first
    assert len(auth.asked) == 2


def test_a_token_that_the_server_did_not_take_is_renewed_at_once(auth: Auth, folder: Path) -> None:
    mine = own(auth, folder)
    mine.refresh_if_due()
    mine.reject()
    mine.refresh_if_due()
    mine.refresh_if_due()
    assert len(auth.asked) == 2


def test_a_token_that_cannot_be_renewed_yet_is_good_until_it_ends(auth: Auth, folder: Path) -> None:
    later = 0.0
    mine = own(auth, folder, lambda: monotonic() + later)
    mine.refresh_if_due()
    kept = mine.id_token
    auth.answer = (503, b"")
    later = HOUR - RENEW_AHEAD_SECONDS + 30
    with pytest.raises(Unreachable):
        mine.refresh_if_due()
    assert mine.id_token == kept
    auth.answer = None
    mine.refresh_if_due()
    assert mine.id_token != kept


def test_the_newest_refresh_token_is_kept_for_the_agent_alone(auth: Auth, folder: Path) -> None:
    # what a crash in the middle of writing leaves behind
    (folder / "tokens.json.part").write_text("half")
    mine = own(auth, folder)
    mine.refresh()
    mine.refresh()
    assert auth.asked == ["refresh-0", "refresh-1"]
    (file,) = folder.iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("tokens.json", 0o600)
    assert json.loads(file.read_text()) == {"refreshToken": "refresh-2"}


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("TOKEN_EXPIRED", "were revoked: pair again"),
        ("INVALID_REFRESH_TOKEN", "no longer accepted: pair again"),
        ("USER_DISABLED", "was disabled"),
        ("USER_NOT_FOUND", "is gone: make it again, and pair"),
        ("API_KEY_INVALID", "web API key is wrong"),
        ("SOMETHING_NEW : with words", "SOMETHING_NEW"),
    ],
)
def test_a_refusal_is_told_in_plain_words_and_forgets_nothing(
    auth: Auth, folder: Path, code: str, advice: str
) -> None:
    auth.refuse(400, code)
    with pytest.raises(TokenRefused, match=advice) as refused:
        own(auth, folder).refresh()
    assert "refresh-0" not in refused.value.message
    assert tokens.load(folder) == "refresh-0"


@pytest.mark.parametrize(
    ("claims", "advice"),
    [
        ({"role": "viewer"}, "scripts/grant EMAIL agent"),
        ({"role": "agent", "agentId": ""}, "scripts/grant EMAIL agent"),
        ({"agentId": "another"}, "speaks for the agent another now, not for pi: pair again"),
    ],
)
def test_a_token_of_another_role_or_agent_is_not_used(
    auth: Auth, folder: Path, claims: dict[str, str], advice: str
) -> None:
    auth.claims = claims
    mine = own(auth, folder)
    with pytest.raises(TokenRefused, match=advice):
        mine.refresh()
    assert mine.id_token == ""


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (502, b"<html>Bad gateway</html>"),
        (429, b'{"error": {"message": "QUOTA_EXCEEDED"}}'),
        (400, b"<html>a proxy</html>"),
        (200, b"<html>sign in to this hotel's network</html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"id_token": "a.b.c", "refresh_token": "r", "expires_in": "soon"}'),
        (302, b""),
    ],
)
def test_an_answer_that_is_no_firebases_means_try_again_later(
    auth: Auth, folder: Path, status: int, body: bytes
) -> None:
    auth.answer = (status, body)
    with pytest.raises(Unreachable):
        own(auth, folder).refresh()
    assert tokens.load(folder) == "refresh-0"


def test_a_firebase_that_says_nothing_is_not_waited_for_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable, match="cannot be reached"):
            Tokens(replace(CONFIG, auth_url=url), folder).refresh()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "7", '"x"'])
def test_a_broken_file_of_tokens_says_pair_again(folder: Path, text: str) -> None:
    (folder / "tokens.json").write_text(text)
    with pytest.raises(ConfigError, match="pair again"):
        tokens.load(folder)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_of_tokens_that_others_may_read_is_not_used(auth: Auth, folder: Path, mode: int) -> None:
    (folder / "tokens.json").chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        own(auth, folder).refresh()
    assert auth.asked == []


def _config(harness: Harness) -> Config:
    return Config.load(harness.folder, {})


def test_a_paired_agents_tokens_are_renewed_by_firebase_itself(harness: Harness) -> None:
    session = Tokens(_config(harness), harness.folder).refresh()
    assert (session.claims["role"], session.claims["agentId"]) == ("agent", harness.agent_id)
    assert session.ends_at - monotonic() > HOUR - 60


def test_a_role_that_was_taken_away_is_told(harness: Harness) -> None:
    mine = Tokens(_config(harness), harness.folder)
    roles.grant(harness.account.email, Role.VIEWER, None)
    with pytest.raises(TokenRefused, match="no agent's"):
        mine.refresh()
    roles.grant(harness.account.email, Role.AGENT, "elsewhere")
    with pytest.raises(TokenRefused, match="speaks for the agent elsewhere now"):
        mine.refresh()
    roles.revoke(harness.account.email)
    with pytest.raises(TokenRefused):
        mine.refresh()


def test_an_account_that_was_disabled_is_told(harness: Harness) -> None:
    stack = harness.stack
    url = f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/projects/{stack.project}/accounts"
    admin = {"Authorization": "Bearer owner"}
    found = requests.post(f"{url}:lookup", json={"email": [harness.account.email]}, headers=admin, timeout=20)
    change = {"localId": found.json()["users"][0]["localId"], "disableUser": True}
    requests.post(f"{url}:update", json=change, headers=admin, timeout=20).raise_for_status()
    with pytest.raises(TokenRefused, match="was disabled"):
        Tokens(_config(harness), harness.folder).refresh()


def test_a_listener_is_renewed_before_the_token_that_it_began_with_ends(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inbox.STREAM_SECONDS < RENEW_AHEAD_SECONDS
    monkeypatch.setattr(inbox, "STREAM_SECONDS", 1.0)
    config = _config(harness)
    mine = Tokens(config, harness.folder)
    mine.refresh()
    commands = inbox.Inbox(connect(config, lambda: mine.id_token), config.agent_id, ServerClock())
    told = threading.Event()
    try:
        assert list(commands.listen(told.set)) == []
    finally:
        commands.close()
    assert told.is_set()


class Beats:
    """A cloud without commands and cameras. It counts the beats."""

    def __init__(self) -> None:
        self.count = 0

    def heartbeat(self, cameras: list[str]) -> None:
        self.count += 1

    def taken(self) -> list[Command]:
        return []

    queued = taken

    def cameras(self) -> dict[str, Any]:
        return {}


def test_an_agent_says_that_it_is_there_as_long_as_its_token_lasts(auth: Auth, folder: Path) -> None:
    later = 0.0
    mine = own(auth, folder, lambda: monotonic() + later)
    mine.refresh_if_due()
    beats = Beats()
    agent = Agent(CONFIG, mine, cast(Inbox, beats), ServerClock())
    auth.answer = (503, b"")
    later = HOUR - RENEW_AHEAD_SECONDS + 30
    agent._heartbeat(1)
    assert beats.count == 1
    later = HOUR + 1
    with pytest.raises(Unreachable):
        agent._heartbeat(2)
    assert beats.count == 1

"""Signs in as the agent's own Firebase user, and keeps a valid ID token.

The password is used once and forgotten; the refresh token it brings is kept in a file that only its owner may
read. An ID token lives for an hour and is never stored.
"""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from lookout_agent.clock import monotonic
from lookout_agent.config import TOKENS, Config, write_private
from lookout_agent.errors import ConfigError, TokenRefused, Unreachable

RENEW_AHEAD_SECONDS = 600
"""A token is renewed this long before it ends, so that an outage of minutes costs nothing."""

TIMEOUT_SECONDS = 10.0
"""Longest wait for an answer of Firebase Auth."""

SIGN_IN = "identitytoolkit.googleapis.com/v1/accounts:signInWithPassword"
REFRESH = "securetoken.googleapis.com/v1/token"


@dataclass(frozen=True, slots=True)
class Session:
    """What signing in brought. ``ends_at`` is on the clock of :func:`lookout_agent.clock.monotonic`."""

    id_token: str
    refresh_token: str
    ends_at: float

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of the ID token: ``role``, ``agentId`` and the usual ones."""
        payload = self.id_token.split(".")[1]
        read = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return read if isinstance(read, dict) else {}


def sign_in(auth_url: str, api_key: str, email: str, password: str) -> Session:
    """Sign in with a password.

    Raises:
        TokenRefused: the account or the password is wrong, or the account was disabled.
        Unreachable: Firebase did not answer.
    """
    body = json.dumps({"email": email, "password": password, "returnSecureToken": True}).encode()
    answer = _post(auth_url, SIGN_IN, api_key, body, "application/json")
    return _session(answer, "idToken", "refreshToken", "expiresIn")


class Tokens:
    """The ID token of the agent paired in ``folder``. Safe to use from several threads."""

    def __init__(self, config: Config, folder: Path, clock: Callable[[], float] = monotonic) -> None:
        self._config, self._folder, self._clock = config, folder, clock
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._is_rejected = False

    @property
    def id_token(self) -> str:
        """The latest ID token; empty before the first :meth:`refresh`. Never waits."""
        session = self._session
        return "" if session is None else session.id_token

    @property
    def is_valid(self) -> bool:
        """Whether there is an ID token that has not expired."""
        session = self._session
        return session is not None and self._clock() < session.ends_at

    def refresh_if_due(self) -> None:
        """Renew the token when it ends soon, or was rejected.

        Raises:
            ConfigError, TokenRefused, Unreachable: see :meth:`refresh`.
        """
        session = self._session
        if session is None or self._is_rejected or self._clock() > session.ends_at - RENEW_AHEAD_SECONDS:
            self.refresh()

    def reject(self) -> None:
        """The server refused the token: get a new one the next time."""
        self._is_rejected = True

    def refresh(self) -> Session:
        """Renew the token, and keep the refresh token when there is a new one.

        Raises:
            ConfigError: the agent is not paired, or others may read its tokens.
            TokenRefused: the refresh token is no longer accepted, or the account lost its role.
            Unreachable: Firebase did not answer.
        """
        with self._lock:
            stored = load(self._folder)
            form = {"grant_type": "refresh_token", "refresh_token": stored}
            answer = _post(
                self._config.auth_url, REFRESH, self._config.api_key,
                urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded",
            )  # fmt: skip
            session = _session(answer, "id_token", "refresh_token", "expires_in")
            require_agent(session, self._config.agent_id)
            if session.refresh_token != stored:
                save(self._folder, session)
            self._session, self._is_rejected = session, False
            return session


def require_agent(session: Session, agent_id: str | None = None) -> str:
    """The agent that the session speaks for; it must be ``agent_id`` when that is given.

    Raises:
        TokenRefused: the account is no agent's, or another agent's.
    """
    claims = session.claims
    own = claims.get("agentId")
    if claims.get("role") != "agent" or not isinstance(own, str) or not own:
        raise TokenRefused(
            "This account is no agent's: give it that role with `scripts/grant EMAIL agent --agent-id ID`."
        )
    if agent_id is not None and own != agent_id:
        raise TokenRefused(f"This account speaks for the agent {own} now, not for {agent_id}: pair again.")
    return own


def save(folder: Path, session: Session) -> None:
    """Keep the session's refresh token in ``folder``, readable by its owner alone."""
    write_private(folder / TOKENS, json.dumps({"refreshToken": session.refresh_token}) + "\n")


def load(folder: Path) -> str:
    """The refresh token kept in ``folder``.

    Raises:
        ConfigError: there is none, or others may read it.
    """
    path = folder / TOKENS
    try:
        mode = path.stat().st_mode & 0o777
        token = json.loads(path.read_text())["refreshToken"]
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing: run `lookout-agent pair` first.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(f"{path} cannot be read: pair again, as the user that the agent runs as.") from None
    if mode & 0o077:
        raise ConfigError(
            f"{path} can be read by others (mode {mode:o}): run `chmod 600 {path}`, or pair again."
        )
    return str(token)


def _session(answer: dict[str, Any], id_token: str, refresh_token: str, seconds: str) -> Session:
    try:
        # counted on the monotonic clock: the machine's own time may still be wrong
        return Session(answer[id_token], answer[refresh_token], monotonic() + float(answer[seconds]))
    except (KeyError, ValueError, TypeError):
        raise Unreachable("Firebase Auth gave an answer without tokens; is auth_url right?") from None


def _post(auth_url: str, call: str, api_key: str, body: bytes, kind: str) -> dict[str, Any]:
    # the emulator serves every Google host under a path of its own
    base = f"{auth_url.rstrip('/')}/{call}" if auth_url else f"https://{call}"
    url = f"{base}?{urllib.parse.urlencode({'key': api_key})}"
    request = urllib.request.Request(url, body, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            read = json.load(answer)
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise Unreachable(f"Firebase Auth cannot be reached ({reason}).") from None
    return read if isinstance(read, dict) else {}


def _refusal(error: urllib.error.HTTPError) -> TokenRefused | Unreachable:
    with error:
        try:
            code = str(json.load(error)["error"]["message"]).split(" ")[0].rstrip(":")
        except (OSError, ValueError, KeyError, TypeError):
            code = ""
    if error.code >= 500 or error.code == 429 or not code:
        return Unreachable(f"Firebase Auth answered {error.code}.")
    return TokenRefused(_REFUSALS.get(code, f"Firebase Auth refuses this account ({code}): pair again."))


_WRONG = "The e-mail address or the password is wrong."
_REFUSALS = {
    "EMAIL_NOT_FOUND": _WRONG,
    "INVALID_PASSWORD": _WRONG,
    "INVALID_EMAIL": _WRONG,
    "INVALID_LOGIN_CREDENTIALS": _WRONG,
    "MISSING_PASSWORD": "The password is empty.",
    "USER_DISABLED": "The agent's account was disabled; an owner can enable it in the Firebase console.",
    "API_KEY_INVALID": "The web API key is wrong: it stands in the Firebase console under Project settings.",
    "INVALID_REFRESH_TOKEN": "The agent's tokens are no longer accepted: pair again.",
    "TOKEN_EXPIRED": "The agent's tokens were revoked: pair again.",
    "USER_NOT_FOUND": "The agent's account is gone: make it again, and pair.",
}

"""Errors in the functions' own log, as Cloud Logging tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.clients import firebase_app
from lookout.log import Severity, log

if TYPE_CHECKING:
    from requests import Session

ENDPOINT = "https://logging.googleapis.com/v2/entries:list"

SECONDS = 3.0
"""The longest wait for an answer."""

MOST = 20
"""Entries that are asked for, the newest."""

LONGEST = 300
"""Characters of a message."""


@dataclass(frozen=True, slots=True)
class LoggedError:
    """A line of the log that is an error. ``function`` is the name of the function that wrote it."""

    function: str
    at: datetime
    message: str


class ServerLog:
    """Reads the log of a project with the identity of the function, which needs the role Logs Viewer.

    It is a part of Editor, which Google gives to functions where an organisation does not forbid it.
    """

    def __init__(self, project: str, session: Session | None = None, url: str = ENDPOINT) -> None:
        self._project = project
        self._session = session
        self._url = url
        self._told = False

    def errors(self, since: datetime) -> list[LoggedError] | None:
        """The functions' errors ``since`` a moment, at most :data:`MOST`, the newest first; None where the log
        cannot be read, as on the emulators."""
        from google.auth.exceptions import GoogleAuthError
        from requests import RequestException

        asked = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": f'resource.type="cloud_run_revision" severity>=ERROR timestamp>="{since.isoformat()}"',
            "orderBy": "timestamp desc",
            "pageSize": MOST,
        }
        try:
            session = self._session or _authorised()
            if session is None:
                return None
            answer = session.post(self._url, json=asked, timeout=SECONDS)
            answer.raise_for_status()
            return [_error(entry) for entry in answer.json().get("entries", [])]
        except (GoogleAuthError, RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
            if not self._told:
                # once: it is asked every half a minute, and where it is forbidden it stays forbidden
                log(Severity.WARNING, "log not read", error=repr(error)[:LONGEST])
            self._told = True
            return None


def _authorised() -> Session | None:
    """A session with the identity of this process; None on the emulators, where it has none."""
    from google.auth.credentials import AnonymousCredentials
    from google.auth.transport.requests import AuthorizedSession

    credential = firebase_app().credential.get_credential()
    if isinstance(credential, AnonymousCredentials):
        return None
    return AuthorizedSession(credential)  # type: ignore[no-untyped-call]


def _error(entry: Mapping[str, Any]) -> LoggedError:
    plain = entry.get("jsonPayload") or {"message": entry.get("textPayload") or "an error without words"}
    words = [str(plain[name]) for name in ("message", "error") if plain.get(name)]
    function = plain.get("function") or entry["resource"]["labels"]["service_name"]
    at = datetime.fromisoformat(entry["timestamp"])
    return LoggedError(str(function), at, ": ".join(words)[:LONGEST])

"""The owner as a browser is one: signs in with a password, and uploads photos bound by the Storage rules."""

from __future__ import annotations

from urllib.parse import quote

import requests

from stack.console import fail
from stack.local.info import Account, AgentAccount, StackInfo

SECONDS = 20


def sign_in(info: StackInfo, account: Account | AgentAccount | None = None) -> str:
    """The ID token of an account, by default of the stack's owner.

    Raises:
        SystemExit: the Auth emulator does not let the account in.
    """
    who = account or info.owner
    answer = requests.post(
        f"{info.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any",
        json={"email": who.email, "password": who.password, "returnSecureToken": True},
        timeout=SECONDS,
    )
    if not answer.ok:
        raise fail(f"{who.email} could not sign in ({answer.status_code}); start the stack anew.")
    return str(answer.json()["idToken"])


def upload(info: StackInfo, token: str, path: str, data: bytes, kind: str = "image/jpeg") -> None:
    """Put ``data`` into Storage under ``path``.

    Raises:
        SystemExit: the rules, or the Storage emulator, refused it.
    """
    answer = requests.post(
        f"{info.urls['storage']}/v0/b/{info.bucket}/o?name={quote(path, safe='')}",
        data=data,
        headers={"Authorization": f"Bearer {token}", "Content-Type": kind},
        timeout=SECONDS,
    )
    if not answer.ok:
        raise fail(f"{path} could not be uploaded ({answer.status_code} {answer.text.strip()}).")

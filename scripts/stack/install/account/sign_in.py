"""One sign-in for everything: the access token of the account signed in to the checkout's Firebase CLI."""

from __future__ import annotations

import os
import subprocess

from stack.console import fail
from stack.install import toolchain
from stack.install.bootstrap import ROOT

SCRIPT = ROOT / "scripts" / "stack" / "install" / "account" / "access_token.js"
COMMAND = "npx firebase login"


def access_token() -> str | None:
    """A token that is good for an hour; None when nobody is signed in, or Google takes the sign-in no more."""
    toolchain.ensure_firebase_tools()
    asked = subprocess.run(
        ["node", str(SCRIPT), str(toolchain.PACKAGES / "firebase-tools"), str(ROOT)],
        cwd=ROOT, env=os.environ | {"CI": "1"}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # whatever else is printed comes before, on lines of its own
    token = asked.stdout.strip().splitlines()[-1:] if asked.returncode == 0 else []
    return token[0] if token else None


def require_access_token() -> str:
    """The token.

    Raises:
        SystemExit: there is none; one line says how to sign in.
    """
    token = access_token()
    if token is None:
        raise fail(f"nobody is signed in to Firebase here; run {COMMAND}.")
    return token

"""What a fresh stack holds: one owner who can sign in, and one camera with a key."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from typing import Any

from stack.bootstrap import ROOT
from stack.info import Account, CameraKey, emulator_environment
from stack.progress import fail

OWNER = "owner@example.com"
CAMERA = "cam_001"


def make_owner(auth_url: str, project: str) -> Account:
    """Create the owner in the Auth emulator, with a random password."""
    account = Account(OWNER, secrets.token_urlsafe(12))
    make_account(auth_url, project, account, {"role": "owner"})
    return account


def make_account(auth_url: str, project: str, account: Account, claims: dict[str, str]) -> str:
    """Create ``account`` with the custom ``claims``. Returns its uid."""
    accounts = f"{auth_url}/identitytoolkit.googleapis.com/v1/projects/{project}/accounts"
    uid = str(_post(accounts, {"email": account.email, "password": account.password})["localId"])
    _post(
        f"{accounts}:update", {"localId": uid, "emailVerified": True, "customAttributes": json.dumps(claims)}
    )
    return uid


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    # `owner` is what the emulators take for an administrator's token
    headers = {"Content-Type": "application/json", "Authorization": "Bearer owner"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        read: dict[str, Any] = json.load(answer)
    return read


def register_camera(urls: dict[str, str], project: str, bucket: str) -> CameraKey:
    """Register the camera as the cloud does it. Returns its key, which is stored only as a hash.

    Raises:
        SystemExit: the Firestore emulator did not take it.
    """
    environment = {
        **os.environ,
        **emulator_environment(urls, project, bucket),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }
    # In a process of its own: Google's libraries read the emulators' addresses once per process.
    done = subprocess.run(
        [sys.executable, "-m", "stack.seed"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise fail(f"the camera could not be registered ({done.stderr.strip().splitlines()[-1]}).")
    return CameraKey(CAMERA, done.stdout.strip())


if __name__ == "__main__":
    from lookout.cloud.app import firestore_client
    from lookout.cloud.cameras import register

    print(register(firestore_client(), CAMERA, "Front Door", location="Entrance"))

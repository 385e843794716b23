"""What a fresh stack holds: an owner and an agent who can sign in, and cameras with keys."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stack.console import fail
from stack.install.bootstrap import ROOT
from stack.local.info import Account, emulator_environment

OWNER = "owner@example.com"

RULES = ROOT / "firestore.rules"


def make_owner(auth_url: str, project: str) -> Account:
    """Create the owner in the Auth emulator, with a random password."""
    account = Account(OWNER, password())
    make_account(auth_url, project, account, {"role": "owner"})
    return account


def password() -> str:
    """A password nobody guesses."""
    return secrets.token_urlsafe(12)


def make_account(auth_url: str, project: str, account: Account, claims: dict[str, str]) -> str:
    """Create ``account`` with the custom ``claims``. Returns its uid."""
    accounts = f"{auth_url}/identitytoolkit.googleapis.com/v1/projects/{project}/accounts"
    uid = str(_send(accounts, {"email": account.email, "password": account.password})["localId"])
    _send(
        f"{accounts}:update", {"localId": uid, "emailVerified": True, "customAttributes": json.dumps(claims)}
    )
    return uid


def set_rules(firestore_url: str, project: str) -> None:
    """Have the Firestore emulator keep to the site's rules in ``project``.

    Raises:
        SystemExit: it finds faults in them; says which.
    """
    rules = {"files": [{"name": RULES.name, "content": RULES.read_text()}]}
    try:
        _send(f"{firestore_url}/emulator/v1/projects/{project}:securityRules", {"rules": rules}, "PUT")
    except urllib.error.HTTPError as error:
        with error:
            raise fail(f"{RULES.name}: {error.read().decode(errors='replace')}") from None


def _send(url: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
    # `owner` is what the emulators take for an administrator's token
    headers = {"Content-Type": "application/json", "Authorization": "Bearer owner"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        read: dict[str, Any] = json.load(answer)
    return read


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as it is registered."""

    id: str
    name: str
    location: str
    address: str
    firmware: str
    agent_id: str


def register_cameras(
    urls: dict[str, str], project: str, bucket: str, cameras: list[Camera], keys: Mapping[str, str]
) -> dict[str, str]:
    """Register the cameras as the cloud does it, and say where they answer now; those in ``keys`` keep theirs.

    Returns the keys by camera; only their hashes are stored.

    Raises:
        SystemExit: the Firestore emulator did not take them.
    """
    environment = {
        **os.environ,
        **emulator_environment(urls, project, bucket),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }
    wanted = [asdict(camera) | {"is_new": camera.id not in keys} for camera in cameras]
    # In a process of its own: Google's libraries read the emulators' addresses once per process.
    done = subprocess.run(
        [sys.executable, "-m", "stack.local.seed", json.dumps(wanted)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise fail(f"the cameras could not be registered ({done.stderr.strip().splitlines()[-1]}).")
    made: dict[str, str] = json.loads(done.stdout)
    return {**keys, **made}


def _register(wanted: list[dict[str, Any]]) -> dict[str, str]:
    from lookout.cloud.cameras.keys import register
    from lookout.cloud.firebase.clients import firestore_client

    db, keys = firestore_client(), {}
    for camera in wanted:
        if camera["is_new"]:
            keys[camera["id"]] = register(db, camera["id"], camera["name"], location=camera["location"])
        where = {
            "ipAddress": camera["address"],
            "commandMap": camera["firmware"],
            "agentId": camera["agent_id"],
        }
        db.collection("cameras").document(camera["id"]).set(where, merge=True)
    return keys


if __name__ == "__main__":
    print(json.dumps(_register(json.loads(sys.argv[1]))))

"""Whether the live site works: a camera for a minute posts a frame, its alert is seen, and both are removed."""

from __future__ import annotations

import hashlib
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime

import requests

from stack.deploy.google import Json, Refused
from stack.deploy.steps import Site, Unready
from stack.install import photos

SAMPLE = "obama.jpg"
SECONDS = 70
"""For an answer: longer than Hosting waits for a function that starts for the first time."""

TIMES = 4


def smoke_test(site: Site) -> str:
    """Post a frame as a camera would and see its alert; nobody is told of it, and nothing of it is left."""
    camera_id, key = f"smoke-{secrets.token_hex(4)}", secrets.token_urlsafe(32)
    camera = f"cameras/{camera_id}"
    left = [f"visits/{camera_id}", f"{camera}/private/key", camera]
    try:
        _write(site, camera, _camera())
        hashed = hashlib.sha256(key.encode()).hexdigest()
        at = {"timestampValue": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        _write(site, f"{camera}/private/key", {"sha256": {"stringValue": hashed}, "rotatedAt": at})
        started = time.monotonic()
        answer = _post(site, camera_id, key)
        seconds = time.monotonic() - started
        alert_id = answer.get("alert_id")
        if answer.get("status") != "success" or not alert_id:
            raise Unready(f"the frame was answered with {answer.get('reason') or answer.get('message')}")
        left.insert(0, f"alerts/{alert_id}")
        if _find(site, f"alerts/{alert_id}") is None:
            raise Unready(f"alert {alert_id} was answered, but is not stored")
    finally:
        for path in left:
            with suppress(Refused):
                site.google.ask("DELETE", "firestore", _document(site, path))
    return f"a frame was answered in {seconds:.1f} s, its alert stored; camera and alert are removed"


def _post(site: Site, camera_id: str, key: str) -> Json:
    frame = (photos.ensure() / SAMPLE).read_bytes()
    headers = {"Content-Type": "image/jpeg", "X-Camera-Id": camera_id, "X-Camera-Key": key}
    said = "nothing"
    for attempt in range(TIMES):
        if attempt:
            # a first instance is starting, or Hosting does not know the function yet
            time.sleep(min(site.wait, 5.0))
        try:
            answer = requests.post(f"{site.url}/detect", data=frame, headers=headers, timeout=SECONDS)
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            said = type(error).__name__
            continue
        if isinstance(told, dict) and answer.status_code < 500:
            return told
        said = f"status {answer.status_code}"
    raise Unready(f"{site.url}/detect answers with {said}")


def _camera() -> Json:
    """The fields of a camera that is always armed, and whose alerts are recorded without notifying anybody."""
    texts = {
        "name": "Smoke test", "location": "", "ipAddress": "", "status": "active", "known": "record",
        "unknown": "record",
    }  # fmt: skip
    return {
        **{name: {"stringValue": value} for name, value in texts.items()},
        "led": {"integerValue": "0"},
        "armed": {"booleanValue": True},
    }


def _write(site: Site, path: str, fields: Json) -> None:
    site.google.ask("PATCH", "firestore", _document(site, path), {"fields": fields})


def _find(site: Site, path: str) -> Json | None:
    return site.google.find("firestore", _document(site, path))


def _document(site: Site, path: str) -> str:
    return f"/v1/projects/{site.project}/databases/(default)/documents/{path}"

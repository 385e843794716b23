"""Photos from a browser and snapshots from an agent keep no download token, on the whole stack."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.cloud.firebase.download_tokens import TOKENS
from stack.install import photos
from stack.local import owner
from stack.local.info import StackInfo
from tests.support.waiting import wait_until


@pytest.fixture
def photo() -> bytes:
    return (Path(photos.ensure()) / "obama.jpg").read_bytes()


def _upload(stack: StackInfo, path: str, token: str, jpeg: bytes) -> str:
    url = f"{stack.urls['storage']}/v0/b/{stack.bucket}/o"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg"}
    answer = requests.post(url, params={"name": path}, data=jpeg, headers=headers, timeout=20)
    answer.raise_for_status()
    return str(answer.json()["downloadTokens"])


def _blob_without_token(path: str) -> Any:
    def without_token() -> Any:
        blob = bucket().get_blob(path)
        return None if blob is None or TOKENS in (blob.metadata or {}) else blob

    return wait_until(without_token, f"the taking of the token off {path}", 60)


def _opens(stack: StackInfo, path: str, token: str) -> bool:
    url = f"{stack.urls['storage']}/v0/b/{stack.bucket}/o/{quote(path, safe='')}"
    return requests.get(url, params={"alt": "media", "token": token}, timeout=20).status_code == 200


def test_a_photo_that_a_browser_uploads_is_enrolled_and_its_token_opens_nothing(
    stack: StackInfo, photo: bytes
) -> None:
    person = f"Token {secrets.token_hex(4)}"
    path = f"faces/{person}/1.jpg"
    token = _upload(stack, path, owner.sign_in(stack), photo)
    assert _blob_without_token(path).size == len(photo)
    assert not _opens(stack, path, token)
    document = firestore_client().document(f"people/{person}/photos/1.jpg")
    wait_until(lambda: (document.get().to_dict() or {}).get("status") == "enrolled", "the enrolment", 60)
    assert _blob_without_token(path).size == len(photo)
    firestore_client().document(f"people/{person}").delete()


def test_a_snapshot_that_an_agent_brings_keeps_no_token(stack: StackInfo, photo: bytes) -> None:
    assert stack.agent is not None
    path = f"snapshots/{stack.camera.id}.jpg"
    token = _upload(stack, path, owner.sign_in(stack, stack.agent), photo)
    assert _blob_without_token(path).size == len(photo)
    assert not _opens(stack, path, token)

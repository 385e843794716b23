"""Pictures have no download tokens, which would show them without signing in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import requests

from lookout.cloud.firebase import storage as stored
from lookout.cloud.firebase.download_tokens import FOLDERS, TOKENS, strip, strip_all
from lookout.cloud.firebase.stores import Stores
from lookout.errors import Unavailable
from stack.local.info import StackInfo
from tests.support.outage import storage_that_answers
from tests.support.stores import bucket_at

ADMIN = {"Authorization": "Bearer owner"}


class Storage:
    """The bucket by Firebase's own interface, as browsers and agents use it."""

    def __init__(self, stack: StackInfo, bucket: Any) -> None:
        self._url = f"{stack.urls['storage']}/v0/b/{bucket.name}/o"

    def upload(self, path: str, data: bytes = b"a picture") -> str:
        """Put a picture there; the token that it got."""
        headers = ADMIN | {"Content-Type": "image/jpeg"}
        answer = requests.post(self._url, params={"name": path}, data=data, headers=headers, timeout=20)
        return str(answer.json()["downloadTokens"])

    def look(self, path: str) -> str:
        """Ask for a picture's metadata; the token that it has then."""
        answer = requests.get(f"{self._url}/{quote(path, safe='')}", headers=ADMIN, timeout=20)
        return str(answer.json()["downloadTokens"])

    def opens(self, path: str, token: str) -> bool:
        """Whether the token alone shows the picture."""
        params = {"alt": "media", "token": token}
        answer = requests.get(f"{self._url}/{quote(path, safe='')}", params=params, timeout=20)
        assert answer.status_code in (200, 403), answer.text
        return answer.status_code == 200


@pytest.fixture
def storage(stack: StackInfo, bucket: Any) -> Storage:
    return Storage(stack, bucket)


def tokens(bucket: Any) -> list[str]:
    """The paths of pictures that have a token."""
    return [blob.name for blob in bucket.list_blobs() if TOKENS in (blob.metadata or {})]


def test_the_server_writes_pictures_without_tokens(stores: Stores, bucket: Any) -> None:
    stored.store(stores, {"alerts/a/0/face.jpg": b"a face"})
    stored.copy(stores, "alerts/a/0/face.jpg", "faces/Anna/1.jpg")
    assert tokens(bucket) == []


def test_a_copy_of_a_picture_with_a_token_has_none(stores: Stores, bucket: Any, storage: Storage) -> None:
    storage.upload("faces/Anna/1.jpg")
    stored.copy(stores, "faces/Anna/1.jpg", "faces/Bob/1.jpg")
    assert tokens(bucket) == ["faces/Anna/1.jpg"]


@pytest.mark.parametrize("path", ["faces/Anna/1.jpg", "faces/José Müller/ä b.jpg", "snapshots/cam.jpg"])
def test_a_token_that_is_taken_off_opens_nothing_any_more(
    stores: Stores, bucket: Any, storage: Storage, path: str
) -> None:
    token = storage.upload(path)
    assert storage.opens(path, token)
    assert strip(stores, path)
    assert tokens(bucket) == []
    assert not storage.opens(path, token)
    blob = bucket.get_blob(path)
    assert (blob.download_as_bytes(), blob.content_type) == (b"a picture", "image/jpeg")
    assert not strip(stores, path)


def test_other_metadata_of_a_picture_stays(stores: Stores, bucket: Any, storage: Storage) -> None:
    blob = bucket.blob("faces/Anna/1.jpg")
    blob.metadata = {"by": "Ann"}
    blob.upload_from_string(b"a picture", "image/jpeg")
    storage.look("faces/Anna/1.jpg")
    assert tokens(bucket) == ["faces/Anna/1.jpg"]
    assert strip(stores, "faces/Anna/1.jpg")
    assert bucket.get_blob("faces/Anna/1.jpg").metadata == {"by": "Ann"}


def test_where_nothing_is_there_is_nothing_to_take_off(stores: Stores) -> None:
    assert not strip(stores, "faces/Anna/1.jpg")


def test_tokens_that_came_by_a_look_are_found_wherever_pictures_are(
    stores: Stores, bucket: Any, storage: Storage
) -> None:
    paths = [f"{folder}{name}.jpg" for folder in FOLDERS for name in ("0a/x", "ff/y", "Zoë/1")]
    stored.store(stores, dict.fromkeys(paths, b"a picture"))
    assert tokens(bucket) == []
    found = {path: storage.look(path) for path in paths}
    assert sorted(tokens(bucket)) == sorted(paths)
    assert strip_all(stores) == len(paths)
    assert tokens(bucket) == []
    assert not any(storage.opens(path, token) for path, token in found.items())


def test_a_look_for_tokens_ends_in_time_and_goes_on_the_next_time(stores: Stores, storage: Storage) -> None:
    for number in range(4):
        storage.upload(f"faces/{number}/1.jpg")
    assert strip_all(stores, seconds=0.0) == 1
    assert strip_all(stores) == 3


def test_a_silent_storage_has_it_done_another_time(stores: Stores, project: str) -> None:
    with storage_that_answers(503) as url:
        bucket = bucket_at(url, project)
        with pytest.raises(Unavailable):
            strip(replace(stores, bucket=bucket, timeout=0.5), "faces/Anna/1.jpg")
        bucket.client.close()

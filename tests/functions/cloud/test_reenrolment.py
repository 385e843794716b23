"""Photos that the installed model has not seen are found, and enrolled again by being uploaded once more."""

from __future__ import annotations

from typing import Any

import pytest

from lookout.cloud.reenrolment import stale_photos, upload_again


@pytest.mark.parametrize(
    ("document", "stale"),
    [
        ({"status": "enrolled", "modelId": "m-1"}, False),
        ({"status": "rejected", "modelId": "m-1"}, False),
        ({"status": "processing", "modelId": None}, True),
        ({"status": "processing", "modelId": "m-1"}, True),
        ({"status": "enrolled", "modelId": "m-2"}, True),
        ({"status": "enrolled"}, True),
        ({}, True),
    ],
)
def test_a_photo_is_stale_that_this_model_did_not_deal_with(
    db: Any, document: dict[str, Any], stale: bool
) -> None:
    db.document("people/Zoë/photos/1.jpg").set(document)
    assert list(stale_photos(db, "m-1")) == (["faces/Zoë/1.jpg"] if stale else [])


def test_a_photo_is_put_where_it_is_as_a_new_version(bucket: Any) -> None:
    blob = bucket.blob("faces/b/1.jpg")
    blob.upload_from_string(b"photo", "image/jpeg")
    before = bucket.get_blob("faces/b/1.jpg").generation
    assert upload_again(bucket, "faces/b/1.jpg")
    after = bucket.get_blob("faces/b/1.jpg")
    assert after.generation > before
    assert (after.download_as_bytes(), after.content_type) == (b"photo", "image/jpeg")


def test_a_photo_that_is_gone_is_not_put_anywhere(bucket: Any) -> None:
    assert not upload_again(bucket, "faces/b/1.jpg")
    assert list(bucket.list_blobs()) == []

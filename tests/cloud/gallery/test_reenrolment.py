"""Photos in Storage that were never enrolled are found, whatever is known of them, and uploaded once more."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery import reenrolment
from lookout.cloud.gallery.photos import move, upload_again, uploaded
from lookout.cloud.gallery.reenrolment import EVERY, LOOKED_AT, LostPhotos, unenrolled, vanished
from tests.support.outage import closed_port
from tests.support.stores import bucket_at, objects

SECONDS = 10.0
LATER = timedelta(minutes=11)
PATH = "faces/Zoë/1.jpg"


def put(bucket: Any, path: str, data: bytes = b"photo") -> int:
    blob = bucket.blob(path)
    blob.upload_from_string(data, "image/jpeg")
    return int(bucket.get_blob(path).generation)


def found(stores: Stores, model_id: str | None = "m-1") -> list[str]:
    return [one.path for one in unenrolled(stores, uploaded(stores), model_id)]


@pytest.mark.parametrize(
    ("document", "waits"),
    [
        ({"status": "enrolled", "modelId": "m-1", "generation": 0}, False),
        ({"status": "rejected", "modelId": "m-1", "generation": 0}, False),
        ({"status": "enrolled", "modelId": "m-1", "generation": -1}, True),
        ({"status": "processing", "modelId": None, "generation": 0}, True),
        ({"status": "processing", "modelId": "m-1", "generation": 0}, True),
        ({"status": "enrolled", "modelId": "m-2", "generation": 0}, True),
        ({"status": "enrolled", "modelId": "m-1"}, True),
        ({}, True),
        (None, True),
    ],
)
def test_a_photo_waits_that_this_model_did_not_deal_with(
    stores: Stores, db: Any, bucket: Any, document: dict[str, Any] | None, waits: bool
) -> None:
    generation = put(bucket, PATH)
    if document is not None:
        if "generation" in document:
            document = document | {"generation": generation + document["generation"]}
        db.document("people/Zoë/photos/1.jpg").set(document)
    assert found(stores) == ([PATH] if waits else [])


def test_what_is_in_no_persons_folder_is_no_photo(stores: Stores, bucket: Any) -> None:
    for path in ("faces/Flat.jpg", "faces/a/b/c.jpg", "alerts/a/1.jpg", "faces/Anna/"):
        put(bucket, path)
    assert found(stores) == []
    assert [one.path for one in uploaded(stores)] == ["faces/Flat.jpg", "faces/a/b/c.jpg"]


def test_photos_of_somebody_who_was_deleted_since_do_not_come_back(
    stores: Stores, db: Any, bucket: Any
) -> None:
    put(bucket, PATH)
    tombstone = db.document("gallery/Zoë")
    tombstone.set({"deleted": True, "deletedAt": datetime.now(UTC) + timedelta(seconds=5)})
    assert found(stores) == []
    tombstone.set({"deleted": True, "deletedAt": datetime.now(UTC) - timedelta(seconds=60)})
    assert found(stores) == [PATH]


def test_photos_that_are_gone_from_storage_are_told(stores: Stores, db: Any, bucket: Any) -> None:
    generation = put(bucket, PATH)
    for photo in ("1.jpg", "2.jpg"):
        db.document(f"people/Zoë/photos/{photo}").set({"status": "enrolled", "generation": generation})
    gone = vanished(stores, uploaded(stores))
    assert [(str(place), number) for place, number in gone] == [("faces/Zoë/2.jpg", generation)]
    assert len(vanished(stores, [])) == 1  # one that was uploaded after the listing


def test_a_photo_is_put_where_it_is_as_a_new_version(stores: Stores, bucket: Any) -> None:
    before = put(bucket, "faces/b/1.jpg")
    assert upload_again(stores, "faces/b/1.jpg")
    after = bucket.get_blob("faces/b/1.jpg")
    assert after.generation > before
    assert (after.download_as_bytes(), after.content_type) == (b"photo", "image/jpeg")


def test_a_photo_that_is_gone_is_not_put_anywhere(stores: Stores, bucket: Any) -> None:
    assert not upload_again(stores, "faces/b/1.jpg")
    assert move(stores, "faces/b/1.jpg", 1, "faces/c/") is None
    assert list(bucket.list_blobs()) == []


def test_a_photo_is_moved_beside_others_and_once(stores: Stores, bucket: Any) -> None:
    put(bucket, "faces/Anna/1.jpg", b"another")
    first = move(stores, "faces/anna/1.jpg", put(bucket, "faces/anna/1.jpg"), "faces/Anna/")
    # the same event again, after everything but the deletion
    again = move(stores, "faces/anna/1.jpg", put(bucket, "faces/anna/1.jpg"), "faces/Anna/")
    assert first is not None
    assert first == again
    assert objects(bucket) == sorted(["faces/Anna/1.jpg", first])
    assert bucket.blob(first).download_as_bytes() == b"photo"
    older = put(bucket, "faces/anna/2.jpg")
    put(bucket, "faces/anna/2.jpg", b"newer")
    assert move(stores, "faces/anna/2.jpg", older, "faces/Anna/") is None
    assert "faces/anna/2.jpg" in objects(bucket)


@pytest.fixture
def lost(stores: Stores) -> LostPhotos:
    return LostPhotos(stores)


def test_lost_photos_are_put_there_again_when_they_are_old_enough(lost: LostPhotos, bucket: Any) -> None:
    before = put(bucket, PATH)
    now = datetime.now(UTC)
    assert lost.run(now + timedelta(minutes=9)) == 0
    assert lost.run(now + LATER) == 1
    assert bucket.get_blob(PATH).generation > before


def test_a_photo_that_nothing_helps_is_not_put_there_for_ever(lost: LostPhotos, bucket: Any) -> None:
    put(bucket, PATH)
    now = datetime.now(UTC)
    runs = [lost.run(now + LATER * number) for number in range(1, 6)]
    assert runs == [1, 1, 1, 0, 0]
    put(bucket, PATH, b"another photo")
    assert lost.run(now + LATER * 6) == 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.long
def test_however_many_are_lost_all_are_found_a_bounded_number_at_each_run(
    stores: Stores, db: Any, bucket: Any, lost: LostPhotos, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(reenrolment, "LOOKED_AT", 6)
    monkeypatch.setattr(reenrolment, "UPLOADED_AGAIN", 2)
    dice = random.Random(seed)
    waiting = set()
    for number in range(dice.randint(13, 17)):
        path = f"faces/{dice.choice(['Anna ', 'D%61n', '李小龙', 'a.b'])}/{number}.jpg"
        generation = put(bucket, path)
        fate = dice.choice(["lost", "cut off", "overwritten", "enrolled", "rejected"])
        fields: dict[str, object] = {"status": fate, "generation": generation, "modelId": "m-1"}
        if fate == "cut off":
            fields["status"] = "processing"
        if fate == "overwritten":
            fields |= {"status": "enrolled", "generation": generation - 1}
        if fate != "lost":
            _, person_id, photo_id = path.split("/")
            db.collection("people").document(person_id).collection("photos").document(photo_id).set(fields)
        if fate not in ("enrolled", "rejected"):
            waiting.add(path)
    assert set(found(stores)) == waiting
    begun = datetime.now(UTC) + LATER
    for run in range(40):
        before = {one.path: one.generation for one in uploaded(stores)}
        done = lost.run(begun + EVERY * run)
        after = {one.path: one.generation for one in uploaded(stores)}
        again = {path for path in after if after[path] != before[path]}
        assert len(again) == done <= 2
        assert again <= waiting
        for path in again:  # as enroll would deal with it
            _, person_id, photo_id = path.split("/")
            document = db.collection("people").document(person_id).collection("photos").document(photo_id)
            document.set({"status": "enrolled", "generation": after[path], "modelId": "m-1"})
        waiting -= again
    assert waiting == set()


def test_a_silent_storage_keeps_nothing_else_from_being_tidied(
    stores: Stores, project: str, capfd: pytest.CaptureFixture[str]
) -> None:
    silent = bucket_at(f"http://127.0.0.1:{closed_port()}", project)
    assert LostPhotos(replace(stores, bucket=silent, timeout=0.5)).run() == 0
    assert "lost photos not looked for" in capfd.readouterr().out
    silent.client.close()


def test_what_one_run_looks_at_is_bounded() -> None:
    assert LOOKED_AT * (timedelta(days=1) / EVERY) < 10_000  # reads a day

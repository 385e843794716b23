"""Files below ``faces/`` that lie in nobody's folder are told to owners, until they are moved."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery import misplaced
from lookout.cloud.gallery.misplaced import MisplacedPhotos
from lookout.cloud.gallery.photos import uploaded
from lookout.cloud.gallery.reenrolment import LostPhotos
from tests.services.enrol.conftest import EnrolmentHouse


def listed(house: EnrolmentHouse) -> list[dict[str, Any]]:
    return [one.to_dict() for one in house.db.collection("misplaced_photos").get()]


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("faces/Flat.jpg", "faces/<name>/Flat.jpg"),
        ("faces/Anna/2024/1.jpg", "faces/Anna/1.jpg"),
        ("faces/a/b/c.jpg", "faces/a/c.jpg"),
        ("faces/a/b/c/d/e.jpg", "faces/a/e.jpg"),
        ("faces/__Anna__/1.jpg", "a name that cannot be kept"),
    ],
)
def test_a_photo_in_nobodys_folder_says_where_it_belongs(
    house: EnrolmentHouse, face: bytes, path: str, advice: str
) -> None:
    generation, done = house.enrol(path, face)
    (entry,) = listed(house)
    assert entry["path"] == path
    assert advice in entry["reason"]
    assert entry["reason"] in done
    assert house.service.photo_arrived(path, generation) == done
    assert len(listed(house)) == 1
    assert house.db.collection("people").get() == []
    house.delete(path)
    assert house.service.photo_left(path, generation) == "no longer misplaced"
    assert listed(house) == []


def test_the_deletion_of_an_older_version_takes_nothing_off_the_list(
    house: EnrolmentHouse, face: bytes
) -> None:
    older, _ = house.enrol("faces/Flat.jpg", face)
    house.enrol("faces/Flat.jpg", face)
    house.service.photo_left("faces/Flat.jpg", older)
    assert len(listed(house)) == 1


def test_an_empty_folder_is_no_misplaced_photo(house: EnrolmentHouse) -> None:
    for path in ("faces/Anna/", "faces/"):
        assert house.enrol(path, b"")[1] == "a folder"
    assert listed(house) == []


def test_what_lay_too_deep_in_a_persons_folder_is_off_the_list_when_the_person_is_erased(
    house: EnrolmentHouse, face: bytes
) -> None:
    for path in ("faces/Anna/a/1.jpg", "faces/Anna/b/1.jpg", "faces/Anna2/a/1.jpg", "faces/Anna.jpg"):
        house.enrol(path, face)
    assert MisplacedPhotos(house.stores).forget_folder("faces/Anna/") == 2
    assert {entry["path"] for entry in listed(house)} == {"faces/Anna2/a/1.jpg", "faces/Anna.jpg"}


def test_the_list_is_put_right_where_the_events_of_files_were_lost(
    house: EnrolmentHouse, face: bytes
) -> None:
    lost = LostPhotos(house.stores)
    later = datetime.now(UTC) + timedelta(minutes=11)
    for path in ("faces/Gone.jpg", "faces/Anna/a/Stays.jpg"):
        house.enrol(path, face)
    house.delete("faces/Gone.jpg")
    house.upload("faces/Came.jpg", face)
    house.upload("faces/Empty/folder/", b"")
    lost.run()
    # what came a moment ago may still be waiting for its event
    assert [one["path"] for one in listed(house)] == ["faces/Anna/a/Stays.jpg"]
    for _ in range(2):
        lost.run(later)
        paths = sorted(one["path"] for one in listed(house))
        assert paths == ["faces/Anna/a/Stays.jpg", "faces/Came.jpg"]
    assert all(one["reason"] for one in listed(house))


def test_however_many_files_are_misplaced_all_are_listed_in_the_end(
    house: EnrolmentHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misplaced, "CAUGHT_UP", 3)
    for number in range(7):
        house.upload(f"faces/{number}.jpg", b"photo")
    lost, later = LostPhotos(house.stores), datetime.now(UTC) + timedelta(minutes=11)
    counts = []
    for _ in range(4):
        lost.run(later)
        counts.append(len(listed(house)))
    assert counts == [3, 6, 7, 7]
    for number in range(7):
        house.delete(f"faces/{number}.jpg")
    for _ in range(3):
        lost.run(later)
    assert listed(house) == []


STRANGE_ENTRIES: list[dict[str, Any]] = [
    {},
    {"path": "faces/Flat.jpg"},
    {"path": "faces/Flat.jpg", "generation": None},
    {"path": "faces/Flat.jpg", "generation": "many"},
    {"path": 5, "generation": 1},
    {"generation": 1},
]


@pytest.mark.parametrize("entry", STRANGE_ENTRIES, ids=str)
@pytest.mark.parametrize("there", [True, False])
def test_an_entry_that_lacks_something_is_put_right_or_goes(
    stores: Stores, db: Any, bucket: Any, entry: dict[str, Any], there: bool
) -> None:
    listed = MisplacedPhotos(stores)
    if there:
        bucket.blob("faces/Flat.jpg").upload_from_string(b"photo", "image/jpeg")
    name = hashlib.sha256(b"faces/Flat.jpg").hexdigest()[:32]
    db.document(f"misplaced_photos/{name}").set(entry)
    listed.catch_up(uploaded(stores), datetime.now(UTC) + timedelta(hours=1))
    found = [one.to_dict() for one in db.collection("misplaced_photos").get()]
    if there:
        (only,) = found
        assert only["path"] == "faces/Flat.jpg"
        assert only["generation"] == int(bucket.get_blob("faces/Flat.jpg").generation)
    else:
        assert found == []

"""Files below ``faces/`` that lie in nobody's folder are told to owners, until they are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.gallery import misplaced
from lookout.cloud.gallery.misplaced import MisplacedPhotos
from lookout.cloud.gallery.reenrolment import LostPhotos
from tests.services.enrol.conftest import Desk


def listed(desk: Desk) -> list[dict[str, Any]]:
    return [one.to_dict() for one in desk.db.collection("misplaced_photos").get()]


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
    desk: Desk, face: bytes, path: str, advice: str
) -> None:
    generation, done = desk.enrol(path, face)
    (entry,) = listed(desk)
    assert entry["path"] == path
    assert advice in entry["reason"]
    assert entry["reason"] in done
    assert desk.desk.photo_arrived(path, generation) == done
    assert len(listed(desk)) == 1
    assert desk.db.collection("people").get() == []
    desk.delete(path)
    assert desk.desk.photo_left(path, generation) == "no longer misplaced"
    assert listed(desk) == []


def test_the_deletion_of_an_older_version_takes_nothing_off_the_list(desk: Desk, face: bytes) -> None:
    older, _ = desk.enrol("faces/Flat.jpg", face)
    desk.enrol("faces/Flat.jpg", face)
    desk.desk.photo_left("faces/Flat.jpg", older)
    assert len(listed(desk)) == 1


def test_an_empty_folder_is_no_misplaced_photo(desk: Desk) -> None:
    for path in ("faces/Anna/", "faces/"):
        assert desk.enrol(path, b"")[1] == "a folder"
    assert listed(desk) == []


def test_what_lay_too_deep_in_a_persons_folder_is_off_the_list_when_the_person_is_erased(
    desk: Desk, face: bytes
) -> None:
    for path in ("faces/Anna/a/1.jpg", "faces/Anna/b/1.jpg", "faces/Anna2/a/1.jpg", "faces/Anna.jpg"):
        desk.enrol(path, face)
    assert MisplacedPhotos(desk.stores).forget_folder("faces/Anna/") == 2
    assert {entry["path"] for entry in listed(desk)} == {"faces/Anna2/a/1.jpg", "faces/Anna.jpg"}


def test_the_list_is_put_right_where_the_events_of_files_were_lost(desk: Desk, face: bytes) -> None:
    lost = LostPhotos(desk.stores)
    later = datetime.now(UTC) + timedelta(minutes=11)
    for path in ("faces/Gone.jpg", "faces/Anna/a/Stays.jpg"):
        desk.enrol(path, face)
    desk.delete("faces/Gone.jpg")
    desk.upload("faces/Came.jpg", face)
    desk.upload("faces/Empty/folder/", b"")
    lost.run()
    # what came a moment ago may still be waiting for its event
    assert [one["path"] for one in listed(desk)] == ["faces/Anna/a/Stays.jpg"]
    for _ in range(2):
        lost.run(later)
        paths = sorted(one["path"] for one in listed(desk))
        assert paths == ["faces/Anna/a/Stays.jpg", "faces/Came.jpg"]
    assert all(one["reason"] for one in listed(desk))


def test_however_many_files_are_misplaced_all_are_listed_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misplaced, "CAUGHT_UP", 3)
    for number in range(7):
        desk.upload(f"faces/{number}.jpg", b"photo")
    lost, later = LostPhotos(desk.stores), datetime.now(UTC) + timedelta(minutes=11)
    counts = []
    for _ in range(4):
        lost.run(later)
        counts.append(len(listed(desk)))
    assert counts == [3, 6, 7, 7]
    for number in range(7):
        desk.delete(f"faces/{number}.jpg")
    for _ in range(3):
        lost.run(later)
    assert listed(desk) == []

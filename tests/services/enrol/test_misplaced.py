"""Files below ``faces/`` that lie in nobody's folder are told to owners, until they are moved."""

from __future__ import annotations

from typing import Any

import pytest

from lookout.cloud.gallery.misplaced import MisplacedPhotos
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

"""Which objects are photos of people, and which face of a photo is the person."""

from __future__ import annotations

import numpy as np
import pytest

from lookout.domain.people.enrolment import main_face
from lookout.domain.people.photo import PhotoPath
from lookout.domain.recognition.face import Box, Face, GoodFace, Quality, RejectedFace
from lookout.domain.recognition.reason import Reason
from lookout.errors import PhotoRejected


@pytest.mark.parametrize(
    ("person_id", "photo_id"),
    [
        ("Alice", "1.jpg"),
        ("Zoë Ångström", "photo 1.jpg"),
        ("李小龙", "a"),
        ("...", "..."),
        ("__a", "a__"),
        ("a" * 1400, "-"),
    ],
)
def test_a_photo_lies_in_its_persons_folder(person_id: str, photo_id: str) -> None:
    place = PhotoPath.parse(f"faces/{person_id}/{photo_id}")
    assert place == PhotoPath(person_id, photo_id)
    assert str(place) == f"faces/{person_id}/{photo_id}"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "faces",
        "faces/",
        "faces/Alice",
        "faces/Alice/",
        "faces//1.jpg",
        "faces/Alice/deeper/1.jpg",
        "/faces/Alice/1.jpg",
        "Faces/Alice/1.jpg",
        "alerts/Alice/1.jpg",
        "faces/../1.jpg",
        "faces/./1.jpg",
        "faces/Alice/..",
        "faces/__Alice__/1.jpg",
        "faces/____/1.jpg",
        "faces/__a\nb__/1.jpg",
        "faces/Alice/__1__",
        "faces/" + "ä" * 701 + "/1.jpg",
        "faces/Alice/" + "a" * 1401,
        "faces/\ud800/1.jpg",
    ],
    ids=ascii,
)
def test_anything_else_is_no_photo(path: str) -> None:
    assert PhotoPath.parse(path) is None


def _face(width: float, flaw: Reason | None = None) -> Face:
    box, quality = Box(0, 0, width, width), Quality(width, 100, 100, 0.1, 0.9)
    if flaw is not None:
        return RejectedFace(box, quality, flaw)
    return GoodFace(box, quality, np.ones(1, np.float32))


def test_the_only_face_is_the_person() -> None:
    only = _face(100)
    assert main_face([only]) is only


def test_a_face_clearly_larger_than_the_others_is_the_person() -> None:
    large = _face(100)
    assert main_face([_face(70), large, _face(20, Reason.TOO_SMALL)]) is large


@pytest.mark.parametrize("second", [71, 90, 100])
def test_two_faces_of_similar_size_are_one_too_many(second: float) -> None:
    with pytest.raises(PhotoRejected, match="two faces of similar size: crop to one"):
        main_face([_face(100), _face(second)])


def test_no_face_is_advised() -> None:
    with pytest.raises(PhotoRejected, match="no face found: use a photo in which"):
        main_face([])


@pytest.mark.parametrize(
    ("flaw", "advice"),
    [
        (Reason.TOO_SMALL, "only 27 pixels wide: use a closer or larger photo"),
        (Reason.TOO_BLURRED, "blurred: use a sharper photo"),
        (Reason.TOO_DARK, "too dark: use a photo with light"),
        (Reason.TURNED_AWAY, "turned away: use a photo from the front"),
        (Reason.NO_FACE, "cannot be used"),
    ],
)
def test_a_poor_face_is_advised(flaw: Reason, advice: str) -> None:
    with pytest.raises(PhotoRejected, match=advice):
        main_face([_face(27, flaw)])


def test_a_poor_face_in_front_of_a_good_one_does_not_make_the_good_one_the_person() -> None:
    with pytest.raises(PhotoRejected, match="blurred"):
        main_face([_face(100, Reason.TOO_BLURRED), _face(30)])

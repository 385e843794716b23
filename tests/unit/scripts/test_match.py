"""Who is on a photo, without Firebase, by the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import pytest

from lookout.vision.recogniser import Recogniser
from tests.support.commands import called, started


@pytest.fixture(scope="module")
def known(recogniser: Recogniser, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, and photos that nobody can be known by."""
    folder = tmp_path_factory.mktemp("known")
    for person, names in {
        "Barack Obama": ("obama.jpg", "obama2.jpg", "t1.jpg"),
        "Joe Biden": ("biden.jpg",),
        "Nobody": (),
    }.items():
        (folder / person).mkdir()
        for name in names:
            shutil.copy(photos / name, folder / person / name)
    (folder / "Joe Biden" / "half.jpg").write_bytes((photos / "biden.jpg").read_bytes()[:50_000])
    (folder / "Joe Biden" / "notes.txt").write_text("not a photo")
    return folder


def test_a_known_person_is_named_with_distance_and_box(known: Path, photos: Path) -> None:
    done = started("match", photos / "obama3.jpg", "--known", known, "--json")
    assert done.returncode == 0
    (face,) = json.loads(done.stdout)["faces"]
    assert face["name"] == "Barack Obama"
    assert face["reason"] == "known"
    assert 0 < face["distance"] < 0.4
    assert face["confidence"] > 0.9
    assert len(face["box"]) == 4


def test_strangers_are_unknown(known: Path, photos: Path) -> None:
    done = called("match", photos / "t1.jpg", "--known", known, "--json")
    faces = json.loads(done.stdout)["faces"]
    assert [(face["name"], face["reason"]) for face in faces] == [("Unknown", "unknown")] * 6
    assert all(face["confidence"] < 0.2 for face in faces)


def test_unusable_photos_are_named_with_the_reason_and_skipped(known: Path, photos: Path) -> None:
    done = called("match", photos / "biden.jpg", "--known", known)
    assert done.stdout.startswith("Joe Biden: known, distance 0.00")
    assert "skipped Barack Obama/t1.jpg: two faces of similar size: crop to one" in done.stderr
    assert "skipped Joe Biden/half.jpg: the file is damaged, cut short" in done.stderr
    assert "skipped Nobody: no photo" in done.stderr
    assert "notes.txt" not in done.stderr


def test_the_drawing_has_the_size_of_the_photo_and_colour_on_the_face(
    known: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "drawn.png"
    assert called("match", photos / "obama.jpg", "--known", known, "--draw", out).returncode == 0
    drawn, plain = cv2.imread(str(out)), cv2.imread(str(photos / "obama.jpg"))
    assert drawn is not None
    assert plain is not None
    assert drawn.shape == plain.shape
    assert 0 < (drawn != plain).any(axis=2).mean() < 0.2


@pytest.mark.parametrize(
    ("photo", "folder", "says"),
    [
        ("nowhere.jpg", "{known}", "cannot be read: No such file"),
        ("{photos}/biden.jpg", "nowhere", "is no folder"),
        ("{photos}/biden.jpg", "{known}/Nobody", "nobody to know"),
        ("{known}/Joe Biden/half.jpg", "{known}", "cut short"),
        ("{known}/Joe Biden/notes.txt", "{known}", "no JPEG, PNG or WebP"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    known: Path, photos: Path, photo: str, folder: str, says: str
) -> None:
    done = called("match", photo.format(known=known, photos=photos), "--known", folder.format(known=known))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("lookout: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr

"""``scripts/import_faces`` on the running site: the Flask program's folder with all that may lie in it."""

from __future__ import annotations

import io
import secrets
import subprocess
import sys
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from lookout.cloud.firebase.clients import bucket, firestore_client
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo

RUN = secrets.token_hex(3)
"""People who were brought by an earlier run on the same stack are there already."""

NAME = f"Ann-Zoë O’Import {RUN}"
ODD = f"__{RUN}__"


def imported(stack: StackInfo, folder: Path, *arguments: str) -> list[str]:
    command = [sys.executable, str(ROOT / "scripts" / "import_faces"), str(folder), *arguments]
    command += ["--project", stack.project, "--bucket", stack.bucket]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.strip() for line in done.stdout.splitlines()]


def heic(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg)) as picture:
        made = io.BytesIO()
        pillow_heif.from_pillow(picture.convert("RGB")).save(made, quality=80)
    return made.getvalue()


@pytest.fixture
def faces_db(stack: StackInfo, tmp_path: Path) -> Path:
    assert stack.urls
    samples = photos.ensure()
    good = (samples / "obama.jpg").read_bytes()
    files = {
        f"{NAME}/1.jpg": good,
        f"{NAME}/again.jpg": good,
        f"{NAME}/phone.heic": heic((samples / "obama2.jpg").read_bytes()),
        f"{NAME}/half.jpg": good[: len(good) // 2],
        f"{NAME}/notes.txt": b"who is who",
        f"{NAME}/empty.jpg": b"",
        f"{NAME}/six.jpg": (samples / "t1.jpg").read_bytes(),
        f"{NAME}/2024/deep.jpg": good,
        "nobody.jpg": good,
        "representations_arcface.pkl": b"\x80\x04",
        "\u200b/unseen.jpg": good,
        f"{'x' * 120}/long.jpg": good,
        f"{ODD}/__odd__": (samples / "biden.jpg").read_bytes(),
    }
    for name, data in files.items():
        path = tmp_path / "faces_db" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "faces_db" / NAME / "link.jpg").symlink_to(samples / "obama.jpg")
    return tmp_path / "faces_db"


def stored_photos() -> dict[str, int]:
    """The photos of those who are brought here, each with its version; other people may be leaving meanwhile."""
    people = firestore_client().collection("people").stream()
    ids = [one.id for one in people if one.get("name") in (NAME, ODD)]
    return {blob.name: blob.generation for one in ids for blob in bucket().list_blobs(prefix=f"faces/{one}/")}


@pytest.mark.long
def test_people_of_the_flask_program_are_brought_once_with_a_word_on_every_file(
    stack: StackInfo, faces_db: Path
) -> None:
    dry = imported(stack, faces_db, "--dry-run")
    assert dry[-1] == "3 of 14 files would be uploaded; nothing was changed."
    assert stored_photos() == {}

    lines = imported(stack, faces_db)
    parts = [line.partition(": ") for line in lines]
    told = {file.rpartition("/")[2]: outcome for file, _, outcome in parts}
    assert told["1.jpg"] == f"enrolled as faces/{NAME}/1.jpg"
    assert told["again.jpg"].startswith("there already")
    assert "enrolled" in told["phone.heic"]
    refused = {
        "half.jpg": "damaged",
        "empty.jpg": "empty",
        "six.jpg": "two faces",
        "deep.jpg": "too deep",
        "nobody.jpg": "whose photo",
        "unseen.jpg": "no name",
        "long.jpg": "no name",
        "link.jpg": "link",
    }
    assert {
        name: word in told[name] and told[name].startswith("not taken") for name, word in refused.items()
    } == (dict.fromkeys(refused, True))
    assert any("notes.txt: not taken: this is no photo" in line for line in lines)
    assert lines[-1].startswith("14 files: 3 uploaded")

    db = firestore_client()
    mine = [one for one in db.collection("people").stream() if one.get("name") == NAME]
    assert len(mine) == 1
    enrolled = {one.id: one.get("status") for one in mine[0].reference.collection("photos").stream()}
    assert set(enrolled.values()) == {"enrolled"}
    assert len(enrolled) == 2
    odd = [one for one in db.collection("people").stream() if one.get("name") == ODD]
    assert [one.id.startswith("person-") for one in odd] == [True]

    stored = stored_photos()
    assert len(stored) == 3
    again = imported(stack, faces_db)
    assert again[-1].startswith("14 files: 0 uploaded")
    assert stored_photos() == stored


@pytest.mark.long
def test_an_import_that_stopped_halfway_goes_on_where_it_was(stack: StackInfo, tmp_path: Path) -> None:
    samples = photos.ensure()
    folder = tmp_path / "faces_db" / f"Halfway {RUN}"
    folder.mkdir(parents=True)
    (folder / "1.jpg").write_bytes((samples / "obama3.jpg").read_bytes())
    assert imported(stack, tmp_path / "faces_db")[-1].startswith("1 files: 1 uploaded")
    # a folder that differs only in how it is written is the same person's
    (folder / "2.jpg").write_bytes((samples / "obama2.jpg").read_bytes())
    folder.rename(folder.with_name(f"halfWAY {RUN}"))
    lines = imported(stack, tmp_path / "faces_db")
    assert lines[-1].startswith("2 files: 1 uploaded")
    assert any(f"2.jpg: enrolled as faces/Halfway {RUN}/2.jpg" in line for line in lines)

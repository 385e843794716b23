"""``scripts/evaluate --own``: who is enrolled, by the vectors in Firestore, each photo left out in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookout.domain.recognition.gallery import Gallery, pack
from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import recogniser
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from stack.measuring.own import gallery_of, own
from tests.support.documents import gallery_person
from tests.support.faces import good


@pytest.fixture(scope="module")
def faces(stack: StackInfo) -> dict[str, Any]:
    """The vectors of real photos, by their names."""
    assert stack.urls
    samples, camera = photos.ensure(), recogniser(Settings())
    names = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
    seen = {name: camera.see(decode((samples / name).read_bytes())).faces for name in names}
    return {name: good(found[0]).embedding for name, found in seen.items()}


def evaluated(stack: StackInfo, project: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "evaluate"), "--own", "--project", project, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.long
def test_a_photo_of_somebody_else_is_named_and_why(
    stack: StackInfo, project: str, db: Any, faces: dict[str, Any], tmp_path: Path
) -> None:
    model = installed(Settings()).card.model_id
    people = {
        "Barack": ["obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"],
        "Joe": ["biden.jpg"],
    }
    for version, (person, names) in enumerate(people.items(), 1):
        vectors = pack(np.stack([faces[name] for name in names]))
        made = gallery_person(person, vectors, version, modelId=model, photoIds=names)
        db.document(f"gallery/{person}").set(made)
    db.document("gallery/Other").set(gallery_person("Other", pack(faces["obama.jpg"][None]), 2))
    db.document("gallery_state/current").set({"version": 2, "modelId": model})
    before = db.document("gallery/Barack").get().update_time
    done = evaluated(stack, project, "--json", str(tmp_path / "own.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nearer to Joe" in done.stdout
    rows = {row["person"]: row for row in json.loads((tmp_path / "own.json").read_text())["rows"]}
    # somebody whose vectors are another model's cannot be compared
    assert set(rows) == {"Barack", "Joe"}
    assert rows["Barack"]["reasons"] == {"biden.jpg": "nearer to Joe"}
    assert rows["Barack"]["known_by_the_others"] == pytest.approx(0.75)
    assert (rows["Joe"]["farthest"], rows["Joe"]["harmful"]) == (None, [])
    assert db.document("gallery/Barack").get().update_time == before


def test_a_site_without_people_says_so(stack: StackInfo, project: str) -> None:
    done = evaluated(stack, project)
    assert done.returncode == 1
    assert "The site has too few people or photos." in done.stdout + done.stderr


@pytest.mark.parametrize("seed", range(5))
def test_photos_that_scatter_about_a_face_harm_nobody_and_a_stray_one_is_found(seed: int) -> None:
    random = np.random.default_rng(seed)
    photos_of = {}
    for person in "ABC":
        face = random.normal(size=128)
        shots = face + random.normal(size=(5, 128)) * 0.5
        photos_of[person] = {
            f"{number}.jpg": (shot / np.linalg.norm(shot)).astype(np.float32)
            for number, shot in enumerate(shots)
        }
    rule = installed(Settings()).card.rule.with_threshold(0.5)
    plain = type(rule).plain(0.5, rule.many)
    assert [row["harmful"] for row in own(gallery_of(photos_of, "m"), plain)] == [[], [], []]
    photos_of["A"]["stray.jpg"] = photos_of["B"]["0.jpg"]
    rows = own(gallery_of(photos_of, "m"), plain)
    assert rows[0]["reasons"] == {"stray.jpg": "nearer to B"}
    assert rows[1]["harmful"] == []
    assert own(Gallery("m"), plain) == []

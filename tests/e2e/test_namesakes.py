"""People whose names look alike, on the running site: one person from the start, or joined later."""

from __future__ import annotations

import itertools
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from lookout.cloud.firebase.clients import bucket, firestore_client
from stack.fake_camera import client
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from tests.e2e import cast
from tests.support.waiting import wait_until

SECONDS = 40


def vectors(person_id: str) -> list[str]:
    stored = firestore_client().collection("gallery").document(person_id).get().to_dict() or {}
    return sorted(stored.get("photoIds", []))


def _is_forgotten(person_id: str) -> bool:
    return vectors(person_id) == []


def upload(samples: Path, path: str, who: str, shot: int) -> None:
    bucket().blob(path).upload_from_string(cast.portrait(samples, who, cast.SHOTS[shot]), "image/jpeg")


def wait_seen(stack: StackInfo, samples: Path, who: str, person: str) -> None:
    """Post frames until an answer names the person: a warm function knows the gallery of seconds ago."""
    url = f"{stack.urls['hosting']}/detect"
    shots = itertools.count()

    def named() -> bool:
        frame = cast.frame(samples, who, cast.Shot(1.5 + 0.03 * next(shots)))
        answer = client.post(url, stack.camera.id, stack.camera.key, frame, timeout=SECONDS)
        assert answer.status == 200, answer.body
        return (answer.json["person"], answer.json["is_known"]) == (person, True)

    wait_until(named, f"{person!r} being recognised", pause=1.0)  # a camera may post one frame a second


def joined(stack: StackInfo, *arguments: str) -> str:
    command = [sys.executable, str(ROOT / "scripts" / "join_people"), *arguments]
    command += ["--project", stack.project, "--bucket", stack.bucket]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def tag(stack: StackInfo) -> Iterator[str]:
    """What is in the names of all people of a test; they go at its end. Nobody is at the door at its begin."""
    firestore_client().collection("visits").document(stack.camera.id).delete()
    made = uuid.uuid4().hex[:6]
    yield made
    for person in firestore_client().collection("people").select([]).stream():
        if made in person.id:
            person.reference.delete()
            wait_until(partial(_is_forgotten, person.id), "the forgetting")


@pytest.fixture
def samples(stack: StackInfo) -> Path:
    """The sample photos, on a machine where a stack runs."""
    assert stack.urls
    return photos.ensure()


def test_folders_that_look_alike_are_one_person_who_is_recognised(
    stack: StackInfo, samples: Path, tag: str
) -> None:
    who = "woman on the left"
    first, second = f"Jos\u00e9 M\u00fcller {tag}", f"jose\u0301 mu\u0308ller {tag} "
    upload(samples, f"faces/{first}/1.jpg", who, 0)
    wait_until(lambda: vectors(first) == ["1.jpg"], "the enrolment")
    upload(samples, f"faces/{second}/1.jpg", who, 1)
    wait_until(lambda: len(vectors(first)) == 2, "the enrolment of the other")
    assert not list(bucket().list_blobs(prefix=f"faces/{second}/"))
    wait_seen(stack, samples, who, first)

    for blob in list(bucket().list_blobs(prefix=f"faces/{first}/")):
        blob.delete()
    wait_until(lambda: vectors(first) == [], "the forgetting")


@pytest.mark.long
def test_people_who_are_there_twice_are_recognised_and_joined(
    stack: StackInfo, samples: Path, tag: str
) -> None:
    who = "man in grey"
    ids = [f"Anna {tag}", f"anna\u200b {tag}"]
    people = firestore_client().collection("people")
    for number, person_id in enumerate(ids):
        person = {"name": person_id, "muted": False, "photoCount": 0, "createdAt": datetime.now(UTC)}
        people.document(person_id).set(person)
        for shot in range(2 - number):
            upload(samples, f"faces/{person_id}/{shot}.jpg", who, shot + number)
    wait_until(lambda: [len(vectors(one)) for one in ids] == [2, 1], "the enrolment")
    wait_seen(stack, samples, who, ids[0])

    said = joined(stack, f"ANNA {tag}")
    assert "Nothing was changed" in said
    assert said.index(ascii(ids[0])) < said.index(ascii(ids[1]))
    assert people.document(ids[1]).get().exists

    assert "was joined: 1 photos" in joined(stack, f"ANNA {tag}", "--yes")
    wait_until(lambda: len(vectors(ids[0])) == 3, "the enrolment of the other's photos")
    wait_until(lambda: not list(bucket().list_blobs(prefix=f"faces/{ids[1]}/")), "the deletion")
    assert not people.document(ids[1]).get().exists
    assert "Nobody is there twice" in joined(stack, f"ANNA {tag}")

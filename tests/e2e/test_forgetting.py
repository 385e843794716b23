"""Forgetting on the running site: an alert thrown away, and a person erased while standing at the door."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.cloud.firebase.stores import firebase_stores
from lookout.cloud.privacy.verification import find_traces
from stack.fake_camera import client
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local import owner
from stack.local.info import StackInfo
from tests.e2e import cast
from tests.support.waiting import wait_until

SECONDS = 40
PAUSE = 0.5
"""Seconds between two frames: no more than a camera may post."""

WHO = "man in red"


@pytest.fixture
def samples(stack: StackInfo) -> Path:
    """The sample photos, on a machine where a stack runs."""
    assert stack.urls
    return photos.ensure()


def post(stack: StackInfo, frame: bytes) -> dict[str, object]:
    url = f"{stack.urls['hosting']}/detect"
    answer = client.post(url, stack.camera.id, stack.camera.key, frame, timeout=SECONDS)
    assert answer.status == 200, answer.body
    return answer.json


def erased_by_script(stack: StackInfo, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "erase"), *arguments]
    command += ["--project", stack.project, "--bucket", stack.bucket]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )


def enrolled(stack: StackInfo, samples: Path, person_id: str) -> None:
    """Two photos of the man, enrolled as somebody."""
    token = owner.sign_in(stack)
    for number in (0, 2):
        photo = cast.portrait(samples, WHO, cast.SHOTS[number])
        owner.upload(stack, token, f"faces/{person_id}/{number}.jpg", photo)
    documents = firestore_client().collection("people").document(person_id).collection("photos")
    wait_until(
        lambda: [one.to_dict().get("status") for one in documents.get()] == ["enrolled"] * 2, "the enrolment"
    )


@contextmanager
def standing_there(stack: StackInfo, samples: Path) -> Iterator[list[dict[str, object]]]:
    """Frames of the man arrive all the time; their answers."""
    answers: list[dict[str, object]] = []
    leaves = threading.Event()

    def stand() -> None:
        for number in range(10000):
            if leaves.is_set():
                return
            leaves.wait(PAUSE)
            answers.append(post(stack, cast.frame(samples, WHO, cast.Shot(1.5 + number % 50 / 100))))

    thread = threading.Thread(target=stand)
    thread.start()
    try:
        yield answers
    finally:
        leaves.set()
        thread.join()


@pytest.mark.long
def test_the_pictures_of_an_alert_that_an_owner_throws_away_go_with_it(
    stack: StackInfo, samples: Path
) -> None:
    alert_id = str(post(stack, cast.frame(samples, "woman in black"))["alert_id"])
    folder = f"alerts/{alert_id}/"
    assert list(bucket().list_blobs(prefix=folder))

    path = f"/v1/projects/{stack.project}/databases/(default)/documents/alerts/{alert_id}"
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    assert requests.delete(stack.urls["firestore"] + path, headers=headers, timeout=SECONDS).ok
    wait_until(lambda: not list(bucket().list_blobs(prefix=folder)), "the deletion of the pictures")
    wait_until(
        lambda: not firestore_client().document(f"alert_vectors/{alert_id}").get().exists,
        "that of the vector",
    )


@pytest.mark.long
def test_somebody_is_erased_while_standing_at_the_door(stack: StackInfo, samples: Path) -> None:
    person_id = "Erik Öst"
    enrolled(stack, samples, person_id)
    url = f"{stack.urls['hosting']}/people/{quote(person_id)}"
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    with standing_there(stack, samples) as answers:
        wait_until(lambda: any(answer["person"] == person_id for answer in answers), "the recognition")
        path = requests.get(f"{url}/export", headers=headers, timeout=SECONDS).json()["path"]
        export = requests.get(
            f"{stack.urls['storage']}/v0/b/{stack.bucket}/o/{quote(path, safe='')}?alt=media",
            headers=headers,
            timeout=SECONDS,
        )
        erased = requests.post(f"{url}/erase", headers=headers, timeout=SECONDS)
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 2, "another frame")
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        assert {"photos/001_0.jpg", "photos/002_2.jpg"} <= set(archive.namelist())
        assert json.loads(archive.read("person.json"))["alerts"]
    assert erased.status_code == 200, erased.text
    counts = erased.json()["counts"]
    assert (counts["photos"], counts["vectors"]) == (2, 2)
    assert counts["alerts"] >= 1
    assert counts["alert_pictures"] >= 2
    assert answers[-1]["person"] != person_id
    wait_until(lambda: not find_traces(firebase_stores(10.0), person_id, None), "the forgetting")


@pytest.mark.long
def test_a_script_erases_and_another_look_finds_nothing(stack: StackInfo, samples: Path) -> None:
    enrolled(stack, samples, "Gus")
    post(stack, cast.frame(samples, WHO, cast.SHOTS[1]))
    before = erased_by_script(stack, "Gus", "--verify")
    assert before.returncode == 1
    assert "left: people/Gus: its id" in before.stdout
    unsure = erased_by_script(stack, "Gus")
    assert (unsure.returncode, unsure.stderr) == (
        1,
        "lookout: nothing was erased: say --yes where nobody can be asked.\n",
    )
    done = erased_by_script(stack, "Gus", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 photos" in done.stdout
    assert done.stdout.endswith("Nothing is left of Gus.\n")
    after = erased_by_script(stack, "Gus", "--verify")
    assert (after.returncode, after.stdout.splitlines()[-1]) == (0, "Nothing is left of Gus.")
    unknown = erased_by_script(stack, "Nobody", "--yes")
    assert (unknown.returncode, unknown.stderr) == (1, "lookout: There is no person 'Nobody'.\n")

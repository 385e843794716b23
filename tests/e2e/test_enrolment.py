"""Photos and people, through the emulators' own triggers."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image
from pillow_heif import register_heif_opener

from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.cloud.firebase.stores import firebase_stores
from lookout.cloud.gallery.photos import upload_again, uploaded
from lookout.cloud.gallery.reenrolment import LostPhotos, unenrolled
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.install.project import HOST, Ports
from stack.local.info import StackInfo
from tests.support import documents
from tests.support.waiting import wait_until

SECONDS = 40
HUB_SECONDS = 180
"""Switched on again, the emulator asks every function's code what there is."""


class Person:
    """A person of this test alone, as the stores hold it."""

    def __init__(self, name: str) -> None:
        self.id = f"{name} {uuid.uuid4().hex[:6]}"
        db = firestore_client()
        self.document = db.collection("people").document(self.id)
        self.gallery = db.collection("gallery").document(self.id)

    def upload(self, photo: Path, name: str = "1.jpg") -> None:
        bucket().blob(f"faces/{self.id}/{name}").upload_from_filename(photo)

    def photo(self, name: str = "1.jpg") -> dict[str, Any]:
        return self.document.collection("photos").document(name).get().to_dict() or {}

    def vectors(self) -> list[str]:
        return list((self.gallery.get().to_dict() or {}).get("photoIds", []))

    def lookalikes(self) -> set[str]:
        shown = (self.document.get().to_dict() or {}).get("lookalikes", [])
        return {entry["personId"] for entry in shown}

    def wait_enrolled(self, name: str = "1.jpg") -> None:
        wait_until(lambda: self.photo(name).get("status") == "enrolled", "the enrolment")


def waiting(model_id: str | None = None) -> list[str]:
    """The paths of all photos that are not enrolled by a model."""
    return [one.path for one in unenrolled(firebase_stores(20.0), uploaded(firebase_stores(20.0)), model_id)]


@contextmanager
def without_events(stack: StackInfo) -> Iterator[None]:
    """What happens inside is told to no function: as before a deployment, or when events are lost."""
    hosting = urlsplit(stack.urls["hosting"]).port
    assert hosting is not None
    hub = f"http://{HOST}:{Ports(hosting)['hub']}/functions"
    requests.put(f"{hub}/disableBackgroundTriggers", timeout=HUB_SECONDS).raise_for_status()
    try:
        yield
        # emulators are one process: of what it was told before, it has disposed when it has answered this often
        for _ in range(5):
            requests.get(f"{stack.urls['functions']}/nobody", timeout=20)
    finally:
        requests.put(f"{hub}/enableBackgroundTriggers", timeout=HUB_SECONDS).raise_for_status()


@pytest.fixture
def samples(stack: StackInfo) -> Path:
    """The sample photos, on a machine where a stack runs."""
    return photos.ensure()


@pytest.mark.parametrize("name", ["Anna", "Zoë Ångström", "李小龙"])
def test_an_uploaded_photo_makes_a_person_of_the_folders_name(samples: Path, name: str) -> None:
    person = Person(name)
    person.upload(samples / "obama.jpg")
    person.wait_enrolled()
    assert person.vectors() == ["1.jpg"]
    assert (person.document.get().to_dict() or {})["name"] == person.id


def test_a_phones_photo_is_enrolled(samples: Path, tmp_path: Path) -> None:
    register_heif_opener()
    person, taken = Person("Heike"), tmp_path / "IMG_0001.HEIC"
    with Image.open(samples / "obama.jpg") as opened:
        opened.save(taken, "HEIF")
    person.upload(taken, taken.name)
    person.wait_enrolled(taken.name)
    assert person.vectors() == [taken.name]


def test_a_photo_that_cannot_be_used_says_why(samples: Path) -> None:
    person = Person("Crowd")
    person.upload(samples / "t1.jpg")
    wait_until(lambda: person.photo().get("status") == "rejected", "the rejection")
    assert person.photo()["reason"] == "two faces of similar size: crop to one"
    assert person.vectors() == []


def test_a_deleted_photo_takes_its_vector_along(samples: Path) -> None:
    person = Person("Ben")
    person.upload(samples / "obama.jpg")
    person.upload(samples / "obama2.jpg", "2.jpg")
    person.wait_enrolled()
    person.wait_enrolled("2.jpg")

    bucket().blob(f"faces/{person.id}/1.jpg").delete()
    wait_until(lambda: person.vectors() == ["2.jpg"], "the forgetting")
    assert person.photo() == {}


def test_a_renamed_person_is_renamed_in_the_gallery(samples: Path) -> None:
    person = Person("Eve")
    person.upload(samples / "biden.jpg")
    person.wait_enrolled()

    person.document.update({"name": "Eva"})
    wait_until(lambda: person.gallery.get().to_dict()["name"] == "Eva", "the renaming")


def test_what_an_owner_says_of_a_person_is_carried_into_the_gallery(samples: Path) -> None:
    person = Person("Emil")
    person.upload(samples / "biden.jpg")
    person.wait_enrolled()

    end = datetime(2030, 1, 1, tzinfo=UTC)
    person.document.update({"muted": True, "consentExpiresAt": end})
    wait_until(lambda: person.gallery.get().to_dict()["muted"] is True, "the muting")
    assert person.gallery.get().to_dict()["consentExpiresAt"] == end


def test_look_alikes_are_warned_of_until_one_of_them_is_gone(samples: Path) -> None:
    tom, tim = Person("Tom"), Person("Tim.")
    tom.upload(samples / "biden.jpg")
    tim.upload(samples / "biden.jpg")
    wait_until(lambda: tim.id in tom.lookalikes() and tom.id in tim.lookalikes(), "the warning")

    tim.document.delete()
    wait_until(lambda: tim.id not in tom.lookalikes(), "the end of the warning")


@pytest.mark.parametrize("name", ["Carl", "Zoë Ångström"])
def test_a_deleted_person_takes_photos_and_vectors_along(samples: Path, name: str) -> None:
    person = Person(name)
    person.upload(samples / "obama.jpg")
    person.wait_enrolled()

    person.document.delete()
    wait_until(lambda: person.gallery.get().to_dict().get("deleted"), "the forgetting")
    wait_until(
        lambda: not list(bucket().list_blobs(prefix=f"faces/{person.id}/")), "the deletion of the photos"
    )
    assert person.photo() == {}
    assert not person.document.get().exists


def test_photos_of_another_model_are_enrolled_again(samples: Path) -> None:
    person = Person("Dora")
    person.upload(samples / "obama.jpg")
    person.wait_enrolled()
    model = person.photo()["modelId"]
    path = f"faces/{person.id}/1.jpg"
    assert path not in waiting(model)

    person.document.collection("photos").document("1.jpg").update({"modelId": "another"})
    assert path in waiting(model)
    assert upload_again(firebase_stores(20.0), path)
    wait_until(lambda: person.photo().get("modelId") == model, "the enrolment by the new model")
    person.wait_enrolled()


def test_with_a_deleted_person_the_open_visit_ends_and_the_stranger_being_named_is_one_again(
    samples: Path,
) -> None:
    person, db = Person("Ada"), firestore_client()
    person.upload(samples / "biden.jpg")
    person.wait_enrolled()
    name = uuid.uuid4().hex
    visits, stranger, vectors = (
        db.document(f"{folder}/{name}") for folder in ("visits", "strangers", "stranger_vectors")
    )
    who = {"personId": person.id, "person": person.id}
    there = documents.open_visit("a1", bytes(1024), **who), documents.open_visit("a2", bytes(1024))
    try:
        visits.set({"open": list(there), "recent": [], "expireAt": documents.LATER})
        stranger.set(documents.stranger(personId=person.id, ignored=True))
        vectors.set(documents.stranger_vectors({"a1": bytes(1024)}, personId=person.id, name=person.id))
        person.document.delete()

        def left() -> list[str]:
            return [visit["alertId"] for visit in (visits.get().to_dict() or {})["open"]]

        wait_until(lambda: left() == ["a2"], "the end of the visit")
        wait_until(lambda: (stranger.get().to_dict() or {})["personId"] is None, "the stranger")
        told = vectors.get().to_dict() or {}
        assert (told["personId"], told["name"], told["ignored"]) == (None, None, True)
    finally:
        for one in (visits, stranger, vectors):
            one.delete()


def test_a_photo_that_is_gone_is_not_uploaded_again(samples: Path) -> None:
    assert not upload_again(firebase_stores(20.0), "faces/Nobody/1.jpg")


@pytest.mark.long
def test_photos_whose_events_were_lost_are_enrolled_by_the_script(stack: StackInfo, samples: Path) -> None:
    people = [Person("Lost "), Person("L%6fst")]
    kept = Person("Kept")
    kept.upload(samples / "biden.jpg")
    kept.wait_enrolled()
    with without_events(stack):
        for person in people:
            for number, photo in enumerate(("obama.jpg", "obama2.jpg", "t1.jpg")):
                person.upload(samples / photo, f"{number}.jpg")
        bucket().blob(f"faces/{kept.id}/1.jpg").delete()
    assert all(f"faces/{person.id}/{number}.jpg" in waiting() for person in people for number in range(3))
    command = [sys.executable, str(ROOT / "scripts" / "reenrol"), "--project", stack.project]
    done = subprocess.run(
        [*command, "--bucket", stack.bucket], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "photos were uploaded again" in done.stdout
    for person in people:
        assert sorted(person.vectors()) == ["0.jpg", "1.jpg"]
        assert person.photo("2.jpg")["status"] == "rejected"
    assert (kept.vectors(), kept.photo()) == ([], {})


@pytest.mark.long
def test_a_photo_whose_event_was_lost_is_enrolled_by_the_tidying(stack: StackInfo, samples: Path) -> None:
    person = Person("Late")
    with without_events(stack):
        person.upload(samples / "obama.jpg")
    assert person.photo() == {}
    lost = LostPhotos(firebase_stores(20.0))
    now = datetime.now(UTC) + timedelta(minutes=11)
    while (
        f"faces/{person.id}/1.jpg" in waiting() and not bucket().get_blob(f"faces/{person.id}/1.jpg").metadata
    ):
        lost.run(now)
        now += timedelta(minutes=15)
    person.wait_enrolled()
    assert person.vectors() == ["1.jpg"]

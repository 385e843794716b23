"""Put right by the owner, seen by the real ``detect`` and ``enroll``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lookout.domain.cameras.camera import Camera
from lookout.domain.people.requests import Wanted
from lookout.services import housekeeping
from lookout.services.detect.frames import FrameService
from lookout.services.enrol import EnrolmentService
from stack.fake_camera.client import on_frame
from tests.services.people.conftest import CAMERA, House
from tests.support.settings import changed
from tests.support.stores import objects

Post = Callable[..., Mapping[str, Any]]


@pytest.fixture
def post(house: House, photos: Path) -> Post:
    """Have ``detect`` judge a photo; each call is a visit of its own."""
    settings = changed(house.settings, VISIT_SECONDS=0)
    watch = FrameService(settings, house.stores)

    def judged(photo: str, width: int = 800, height: int = 600) -> Mapping[str, Any]:
        frame = on_frame((photos / photo).read_bytes(), width, height)
        answer: Mapping[str, Any] = watch.judge(Camera(CAMERA, "Door", "active", 0), frame)
        return answer

    return judged


def enrol(house: House) -> list[str]:
    """What becomes of the photos in Storage."""
    service = EnrolmentService(house.settings, house.stores)
    paths = [path for path in objects(house.bucket) if path.startswith("faces/")]
    return [service.photo_arrived(path, int(house.bucket.get_blob(path).generation)) for path in paths]


def test_a_named_stranger_is_recognised_from_then_on_and_a_correction_counts(
    house: House, post: Post
) -> None:
    first = post("obama.jpg")
    post("obama2.jpg")
    stranger_id = house.read(f"alerts/{first['alert_id']}")["strangerId"]
    assert house.read(f"strangers/{stranger_id}")["visits"] == 2

    service = house.service()
    job = service.jobs.name_stranger.begin(stranger_id, Wanted("Postman", None), "u")
    meanwhile = post("obama3.jpg")
    assert (meanwhile["person"], meanwhile["is_known"]) == ("Postman", True)
    result = service.jobs.runner.finish(job)
    assert (result["alerts"], result["pictures"]) == (2, 2)
    assert {one.get("person") for one in house.db.collection("alerts").stream()} == {"Postman"}
    assert len(list(house.db.collection("strangers").stream())) == 0

    assert enrol(house) == ["enrolled", "enrolled"]
    known = post("obama3.jpg", 720, 540)
    assert (known["person"], known["reason"]) == ("Postman", "known")
    house.done(f"/alerts/{known['alert_id']}/correct", {"person_id": None})
    assert post("obama3.jpg", 640, 480)["person"] == "Unknown"
    # the same person in another picture is still recognised
    assert post("obama2.jpg", 640, 480)["person"] == "Postman"


def test_a_frame_that_gives_the_name_first_takes_no_picture_from_the_person(
    house: House, photos: Path
) -> None:
    watch = FrameService(house.settings, house.stores)

    def post(photo: str) -> Mapping[str, Any]:
        frame = on_frame((photos / photo).read_bytes(), 800, 600)
        answer: Mapping[str, Any] = watch.judge(Camera(CAMERA, "Door", "active", 0), frame)
        return answer

    alert_id = str(post("obama.jpg")["alert_id"])
    service = house.service()
    job = service.jobs.name_stranger.begin(alert_id, Wanted("Postman", None), "u")
    assert post("obama2.jpg")["person"] == "Postman"
    assert house.read(f"alerts/{alert_id}")["personId"] == "Postman"
    # the face is his until the person is known by photos
    assert house.read(f"stranger_vectors/{alert_id}")["personId"] == "Postman"
    assert service.jobs.runner.finish(job)["pictures"] == 1
    assert house.get(f"strangers/{alert_id}") is None
    assert enrol(house) == ["enrolled"]
    (day,) = house.db.collection("days").stream()
    assert {person_id: counts["alerts"] for person_id, counts in day.get("people").items()} == {"Postman": 1}


def test_a_frame_that_is_posted_again_after_a_correction_is_answered_with_it(
    house: House, post: Post
) -> None:
    house.person("Bob")
    first = post("obama.jpg")
    assert first["person"] == "Unknown"
    house.done(f"/alerts/{first['alert_id']}/correct", {"person_id": "Bob"})
    again = post("obama.jpg")
    assert (again["alert_id"], again["person"], again["is_known"]) == (first["alert_id"], "Bob", True)
    assert house.read(f"alerts/{first['alert_id']}")["doubles"] == 1


@pytest.mark.few(1)
@pytest.mark.parametrize("stays", range(6))
def test_strangers_of_one_frame_who_are_merged_keep_the_best_of_their_pictures(
    house: House, post: Post, stays: int
) -> None:
    post("t1.jpg")
    strangers = sorted(house.db.collection("strangers").get(), key=lambda one: float(one.get("quality")))
    best = house.bucket.blob(strangers[-1].get("facePath")).download_as_bytes()
    into = strangers.pop(stays).id
    for one in strangers:
        house.done(f"/strangers/{one.id}/merge", {"into": into})
    path = house.read(f"strangers/{into}")["facePath"]
    assert [one for one in objects(house.bucket) if one.startswith("strangers/")] == [path]
    assert house.bucket.blob(path).download_as_bytes() == best


def test_with_the_alert_of_an_open_visit_its_stranger_goes_and_the_next_frame_makes_both_anew(
    house: House, photos: Path
) -> None:
    watch = FrameService(house.settings, house.stores)

    def post(photo: str) -> str:
        frame = on_frame((photos / photo).read_bytes(), 800, 600)
        return str(watch.judge(Camera(CAMERA, "Door", "active", 0), frame)["alert_id"])

    alert_id = post("obama.jpg")
    assert post("obama2.jpg") == alert_id
    house.db.document(f"alerts/{alert_id}").delete()
    keeping = housekeeping.Housekeeping(house.settings, house.stores, house.service().jobs.runner)
    keeping.alert_left(alert_id, alert_id)
    assert house.get(f"strangers/{alert_id}") is None
    assert objects(house.bucket) == []
    again = post("obama3.jpg")
    assert again != alert_id
    assert [one.id for one in house.db.collection("strangers").get()] == [again]
    assert house.read(f"alerts/{again}")["strangerId"] == again


def leave(house: House, person_id: str) -> None:
    """Delete the person, and deliver the event of it."""
    house.db.document(f"people/{person_id}").delete()
    EnrolmentService(house.settings, house.stores).person_left(person_id, datetime.now(UTC))


def test_the_frame_after_a_deletion_has_no_name_though_the_person_still_stands_there(
    house: House, photos: Path
) -> None:
    for photo in ("obama.jpg", "obama2.jpg"):
        house.upload(f"faces/Barack/{photo}", (photos / photo).read_bytes())
    assert enrol(house) == ["enrolled", "enrolled"]
    watch = FrameService(house.settings, house.stores)

    def post(width: int) -> Mapping[str, Any]:
        frame = on_frame((photos / "obama3.jpg").read_bytes(), width, width * 3 // 4)
        answer: Mapping[str, Any] = watch.judge(Camera(CAMERA, "Door", "active", 0), frame)
        return answer

    first = post(800)
    assert (first["person"], post(720)["alert_id"]) == ("Barack", first["alert_id"])
    before = house.read(f"alerts/{first['alert_id']}")
    leave(house, "Barack")
    # the same instance, which remembers the visit
    for width in (800, 640):
        after = post(width)
        assert (after["person"], after["is_known"]) == ("Unknown", False)
        assert after["alert_id"] != first["alert_id"]
    assert house.read(f"alerts/{first['alert_id']}") == before
    assert house.visit()["personId"] is None


def test_a_stranger_whose_name_was_deleted_is_that_stranger_again(house: House, photos: Path) -> None:
    watch = FrameService(house.settings, house.stores)

    def post(photo: str, width: int = 800) -> Mapping[str, Any]:
        frame = on_frame((photos / photo).read_bytes(), width, width * 3 // 4)
        answer: Mapping[str, Any] = watch.judge(Camera(CAMERA, "Door", "active", 0), frame)
        return answer

    stranger_id = str(post("obama.jpg")["alert_id"])
    house.db.document(f"visits/{CAMERA}").delete()
    post("obama.jpg", 640)
    assert house.read(f"strangers/{stranger_id}")["visits"] == 2
    service = house.service()
    service.jobs.name_stranger.begin(stranger_id, Wanted("Postman", None), "u")
    assert post("obama2.jpg")["person"] == "Postman"
    leave(house, "Postman")
    again = post("obama3.jpg")
    assert (again["person"], again["is_known"]) == ("Unknown", False)
    assert house.read(f"alerts/{again['alert_id']}")["strangerId"] == stranger_id
    assert house.visit()["personId"] is None
    assert service.jobs.runner.resume_all(timedelta(0)) == 0
    assert house.get(f"jobs/name_{stranger_id}") is None
    assert house.read(f"strangers/{stranger_id}")["personId"] is None
    assert post("obama3.jpg", 640)["person"] == "Unknown"
    assert house.get("people/Postman") is None

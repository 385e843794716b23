"""The events as the platform delivers them: which are acted on, which come again, which are dropped."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.firebase import google_private
from lookout.errors import Unavailable
from lookout.services import enrol
from stack.local.info import StackInfo
from tests.services.enrol.conftest import EnrolmentHouse
from tests.services.enrol.events import of_object, of_person
from tests.support import functions
from tests.support.stores import objects

PATH = "faces/b/1.jpg"


@pytest.fixture
def main(house: EnrolmentHouse) -> Any:
    """``main.py`` as a warm instance whose house is the test's."""
    main = functions.main("enroll")
    enrol.service.replace(house.service)
    return main


def test_a_finalized_photo_is_enrolled_and_a_deleted_one_forgotten(
    main: Any, house: EnrolmentHouse, face: bytes
) -> None:
    generation = house.upload(PATH, face)
    main.enroll(of_object("finalized", PATH, generation))
    assert house.enrolled("b") == ["1.jpg"]
    house.delete(PATH)
    main.forget_photo(of_object("deleted", PATH, generation))
    assert house.enrolled("b") == []


@pytest.mark.parametrize(
    "path", ["alerts/x/frame.jpg", "snapshots/cam.jpg", "faces.jpg", "debug/faces/b/1.jpg"]
)
def test_objects_elsewhere_are_no_matter(main: Any, capfd: pytest.CaptureFixture[str], path: str) -> None:
    main.enroll(of_object("finalized", path, 1))
    main.forget_photo(of_object("deleted", path, 1))
    assert capfd.readouterr().out == ""


def test_a_person_who_is_deleted_is_forgotten(main: Any, house: EnrolmentHouse, face: bytes) -> None:
    house.enrol(PATH, face)
    house.db.document("people/b").delete()
    main.person_changed(of_person({"name": "b"}, None))
    assert house.gallery("b")["deleted"] is True


def test_a_person_who_is_renamed_is_renamed_in_the_gallery(
    main: Any, house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol(PATH, face)
    house.db.document("people/b").update({"name": "Zoë Ångström"})
    main.person_changed(of_person({"name": "b"}, {"name": "Zoë Ångström"}))
    assert house.gallery("b")["name"] == "Zoë Ångström"


@pytest.mark.few(2)
@pytest.mark.parametrize("odd", ["b ", "%62", "%2562", " b", "b%20"])
def test_nobody_is_forgotten_for_somebody_whose_id_reads_alike_in_a_header(
    main: Any, house: EnrolmentHouse, face: bytes, odd: str
) -> None:
    house.db.document("people/b").set({"name": "B"})
    house.db.document(f"people/{odd}").set({"name": "Another"})
    for one in ("b", odd):
        house.enrol(f"faces/{one}/1.jpg", face)
    house.db.document(f"people/{odd}").update({"muted": True})
    main.person_changed(of_person({"name": "Another"}, {"name": "Another", "muted": True}, odd))
    assert (house.gallery("b")["muted"], house.gallery(odd)["muted"]) == (False, True)
    house.db.document(f"people/{odd}").delete()
    main.person_changed(of_person({"name": "Another"}, None, odd))
    assert (house.enrolled("b"), house.gallery(odd)["deleted"]) == (["1.jpg"], True)
    assert objects(house.bucket) == ["faces/b/1.jpg"]


def test_nothing_is_forgotten_of_somebody_whose_document_is_still_there(
    main: Any, house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol(PATH, face)
    main.person_changed(of_person({"name": "b"}, None, written_at=datetime.now(UTC)))
    assert (house.enrolled("b"), objects(house.bucket)) == (["1.jpg"], [PATH])


def test_what_was_of_somebody_made_anew_is_forgotten_all_the_same(
    main: Any, house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol(PATH, face)
    written_at = house.db.document("people/b").get().update_time
    house.db.document("people/b").delete()
    at = datetime.now(UTC)
    house.db.document("people/b").set({"name": "B again", "createdAt": at + timedelta(seconds=2)})
    main.person_changed(of_person({"name": "b"}, None, written_at=written_at))
    assert (house.gallery("b")["deleted"], objects(house.bucket)) == (True, [])
    assert (house.person("b") or {})["name"] == "B again"


def test_an_event_of_no_document_is_passed_over(main: Any, capfd: pytest.CaptureFixture[str]) -> None:
    main.person_changed(of_person(None, None))
    assert capfd.readouterr().out == ""


END = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"name": "b"}, {"name": "b", "muted": True}),
        ({"name": "b"}, {"name": "b", "consentExpiresAt": END}),
        ({"name": "b", "consentExpiresAt": END}, {"name": "b", "consentExpiresAt": None}),
        (None, {"name": "b", "muted": True}),
    ],
    ids=["muted", "consent", "consent for good", "made"],
)
def test_what_an_owner_says_of_a_person_is_carried_into_the_gallery(
    main: Any, house: EnrolmentHouse, face: bytes, before: dict[str, object] | None, after: dict[str, object]
) -> None:
    house.db.document("people/b").set(before or {})
    house.enrol(PATH, face)
    house.db.document("people/b").update(after)
    main.person_changed(of_person(before, after))
    said = {"name": "b", "muted": False, "consentExpiresAt": None} | after
    assert {field: house.gallery("b")[field] for field in said} == said
    assert house.gallery("b")["version"] == house.version() == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"name": "b", "photoCount": 1}, {"name": "b", "photoCount": 2}),
        ({"name": "b"}, {"name": "b", "lookalikes": [{"personId": "c", "name": "C", "distance": 0.1}]}),
        ({"name": "b", "consentExpiresAt": END}, {"name": "b", "consentExpiresAt": END, "consentAt": END}),
        ({"note": "x"}, {"note": "y"}),
        (None, {"note": "y"}),
    ],
    ids=["counted", "look-alikes", "another field", "without a name", "made empty"],
)
def test_other_changes_of_a_person_are_no_matter(
    main: Any,
    capfd: pytest.CaptureFixture[str],
    before: dict[str, object] | None,
    after: dict[str, object],
) -> None:
    main.person_changed(of_person(before, after))
    assert capfd.readouterr().out == ""


def test_a_silent_store_has_the_event_come_again(
    main: Any, house: EnrolmentHouse, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def silent(path: str, generation: int) -> str:
        raise Unavailable("Firestore did not answer; try again.")

    monkeypatch.setattr(house.service, "photo_arrived", silent)
    with pytest.raises(Unavailable):
        main.enroll(of_object("finalized", PATH, 1))
    assert json.loads(capfd.readouterr().out)["severity"] == "WARNING"


def test_an_error_that_no_repetition_mends_is_logged_and_dropped(
    main: Any, house: EnrolmentHouse, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(path: str, generation: int) -> str:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(house.service, "photo_arrived", broken)
    main.enroll(of_object("finalized", PATH, 1))
    line = json.loads(capfd.readouterr().out)
    assert (line["severity"], line["subject"]) == ("ERROR", PATH)
    assert "a bug" in line["cause"]


@pytest.mark.parametrize("function", ["enroll", "forget_photo", "person_changed"])
def test_the_platform_is_asked_to_deliver_again(main: Any, function: str) -> None:
    assert google_private.endpoint(getattr(main, function)).eventTrigger["retry"] is True


def test_events_that_meet_a_cold_instance_make_one_service(stack: StackInfo) -> None:
    assert stack.project
    enrol.service.reset()
    with ThreadPoolExecutor(4) as pool:
        assert len({id(made) for made in pool.map(lambda _: enrol.service(), range(4))}) == 1
    enrol.service.reset()

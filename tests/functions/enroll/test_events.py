"""The events as the platform delivers them: which are acted on, which come again, which are dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.http import CloudEvent

from lookout.errors import Unavailable
from tests.functions.enroll.conftest import Desk

PATH = "faces/b/1.jpg"


@pytest.fixture
def main(desk: Desk) -> Any:
    """``main.py`` as a warm instance whose desk is the test's."""
    main = desk.modules["main"]
    main._desks[:] = [desk.desk]
    return main


def _of_object(kind: str, path: str, generation: int) -> CloudEvent:
    attributes = {
        "type": f"google.cloud.storage.object.v1.{kind}",
        "source": "//storage.googleapis.com/projects/_/buckets/b",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    data = {
        "bucket": "b",
        "generation": str(generation),
        "id": path,
        "metageneration": "1",
        "name": path,
        "size": "1",
        "storageClass": "STANDARD",
    }
    return CloudEvent(attributes, data)


def _of_person(before: dict[str, str] | None, after: dict[str, str] | None) -> CloudEvent:
    document = "people/b"
    name = f"projects/demo/databases/(default)/documents/{document}"

    def value(fields: dict[str, str]) -> dict[str, Any]:
        return {"name": name, "fields": {key: {"stringValue": text} for key, text in fields.items()}}

    attributes = {
        "type": "google.cloud.firestore.document.v1.written",
        "source": "//firestore.googleapis.com/projects/demo/databases/(default)",
        "subject": f"documents/{document}",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "datacontenttype": "application/json",
        "location": "eur3",
        "project": "demo",
        "namespace": "(default)",
        "database": "(default)",
        "document": document,
    }
    told = {"oldValue": before, "value": after}
    data = json.dumps({key: value(fields) for key, fields in told.items() if fields is not None})
    return CloudEvent(attributes, data)


def test_a_finalized_photo_is_enrolled_and_a_deleted_one_forgotten(
    main: Any, desk: Desk, face: bytes
) -> None:
    generation = desk.upload(PATH, face)
    main.enroll(_of_object("finalized", PATH, generation))
    assert desk.enrolled("b") == ["1.jpg"]
    desk.delete(PATH)
    main.forget_photo(_of_object("deleted", PATH, generation))
    assert desk.enrolled("b") == []


@pytest.mark.parametrize(
    "path", ["alerts/x/frame.jpg", "snapshots/cam.jpg", "faces.jpg", "debug/faces/b/1.jpg"]
)
def test_objects_elsewhere_are_no_matter(main: Any, capsys: pytest.CaptureFixture[str], path: str) -> None:
    main.enroll(_of_object("finalized", path, 1))
    main.forget_photo(_of_object("deleted", path, 1))
    assert capsys.readouterr().out == ""


def test_a_person_who_is_deleted_is_forgotten(main: Any, desk: Desk, face: bytes) -> None:
    desk.enrol(PATH, face)
    desk.db.document("people/b").delete()
    main.person_changed(_of_person({"name": "b"}, None))
    assert desk.gallery("b")["deleted"] is True


def test_a_person_who_is_renamed_is_renamed_in_the_gallery(main: Any, desk: Desk, face: bytes) -> None:
    desk.enrol(PATH, face)
    desk.db.document("people/b").update({"name": "Zoë Ångström"})
    main.person_changed(_of_person({"name": "b"}, {"name": "Zoë Ångström"}))
    assert desk.gallery("b")["name"] == "Zoë Ångström"


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, {"name": "b"}), ({"name": "b"}, {"name": "b", "note": "x"}), ({"note": "x"}, {"note": "y"})],
    ids=["made", "another field", "without a name"],
)
def test_other_changes_of_a_person_are_no_matter(
    main: Any, capsys: pytest.CaptureFixture[str], before: dict[str, str] | None, after: dict[str, str]
) -> None:
    main.person_changed(_of_person(before, after))
    assert capsys.readouterr().out == ""


def test_a_silent_store_has_the_event_come_again(
    main: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(path: str, generation: int) -> str:
        raise Unavailable("Firestore did not answer; try again.")

    monkeypatch.setattr(desk.desk, "photo_arrived", silent)
    with pytest.raises(Unavailable):
        main.enroll(_of_object("finalized", PATH, 1))
    assert json.loads(capsys.readouterr().out)["severity"] == "WARNING"


def test_an_error_that_no_repetition_mends_is_logged_and_dropped(
    main: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(path: str, generation: int) -> str:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(desk.desk, "photo_arrived", broken)
    main.enroll(_of_object("finalized", PATH, 1))
    line = json.loads(capsys.readouterr().out)
    assert (line["severity"], line["subject"]) == ("ERROR", PATH)
    assert "a bug" in line["cause"]


@pytest.mark.parametrize("function", ["enroll", "forget_photo", "person_changed"])
def test_the_platform_is_asked_to_deliver_again(main: Any, function: str) -> None:
    assert getattr(main, function).__firebase_endpoint__.eventTrigger["retry"] is True


def test_events_that_meet_a_cold_instance_make_one_desk(
    main: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setitem(sys.modules, "desk", desk.modules["desk"])
    main._desks.clear()
    with ThreadPoolExecutor(4) as pool:
        assert len({id(made) for made in pool.map(lambda _: main.desk(), range(4))}) == 1
    main._desks.clear()

"""What an owner says of a person, and what was learnt of the person, outlives every change of the photos."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lookout.cloud.firebase.transaction import Transaction
from lookout.cloud.gallery.person_document import from_document
from lookout.domain.recognition.gallery import pack
from tests.services.enrol.conftest import Desk
from tests.unit.domain.conftest import face as vector

PATH = "faces/b/1.jpg"
END = datetime(2030, 1, 1, tzinfo=UTC)
SAID = {"name": "Barack", "muted": True, "consentExpiresAt": END}


def _plain(desk: Desk, person_id: str = "b") -> dict[str, Any]:
    return {field: desk.gallery(person_id)[field] for field in SAID}


def _negative(alert_id: str, model_id: str) -> dict[str, Any]:
    return {
        "alertId": alert_id,
        "personId": None,
        "modelId": model_id,
        "vector": pack(vector(len(alert_id))[None]),
    }


def _teach(desk: Desk) -> dict[str, Any]:
    """Write down of the person what nobody but an owner can tell; it as it is stored."""
    model_id = desk.gallery("b")["modelId"]
    negatives = [_negative("one", model_id), _negative("other", "another-model")]
    desk.db.document("gallery/b").update({"negatives": negatives})
    desk.db.document("people/b").update(SAID)
    assert desk.desk.person_changed("b") == "profile synced"
    return {"negatives": negatives}


def test_what_was_said_before_the_first_photo_holds_from_then_on(desk: Desk, face: bytes) -> None:
    desk.db.document("people/b").set(SAID)
    assert desk.desk.person_changed("b") == "profile unchanged"
    assert desk.gallery("b") == {}
    desk.enrol(PATH, face)
    assert _plain(desk) == SAID


def test_what_is_said_later_is_carried_once_and_counts_as_one_change(desk: Desk, face: bytes) -> None:
    desk.enrol(PATH, face)
    assert _plain(desk) == {"name": "b", "muted": False, "consentExpiresAt": None}
    vectors = desk.gallery("b")["vectors"]
    desk.db.document("people/b").update(SAID)
    assert desk.desk.person_changed("b") == "profile synced"
    assert _plain(desk) == SAID
    assert desk.desk.person_changed("b") == "profile unchanged"
    assert desk.gallery("b")["version"] == desk.version() == 2
    assert desk.gallery("b")["vectors"] == vectors
    assert desk.enrolled("b") == ["1.jpg"]


def test_what_is_taken_back_is_taken_back_in_the_gallery(desk: Desk, face: bytes) -> None:
    desk.db.document("people/b").set(SAID)
    desk.enrol(PATH, face)
    desk.db.document("people/b").update({"muted": False, "consentExpiresAt": None})
    desk.desk.person_changed("b")
    assert _plain(desk) == {"name": "Barack", "muted": False, "consentExpiresAt": None}


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"muted": "yes"}, "muted='yes'"),
        ({"consentExpiresAt": "2030-01-01"}, "consentExpiresAt='2030-01-01'"),
        ({"name": 7}, "name=7"),
    ],
)
def test_what_makes_no_sense_counts_as_not_set_and_is_said(
    desk: Desk, face: bytes, capfd: pytest.CaptureFixture[str], said: dict[str, object], complaint: str
) -> None:
    desk.db.document("people/b").set(SAID)
    desk.enrol(PATH, face)
    desk.db.document("people/b").update(said)
    capfd.readouterr()
    desk.desk.person_changed("b")
    (warning,) = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert (warning["severity"], complaint in warning["error"]) == ("WARNING", True)
    unset = {"name": "b", "muted": False, "consentExpiresAt": None}
    assert _plain(desk) == SAID | {field: unset[field] for field in said}
    desk.enrol("faces/b/2.jpg", face)
    assert _plain(desk) == SAID | {field: unset[field] for field in said}


def _another_photo(desk: Desk, face: bytes) -> None:
    assert desk.enrol("faces/b/3.jpg", face)[1] == "enrolled"


def _a_rejected_photo(desk: Desk, face: bytes) -> None:
    assert desk.enrol(PATH, b"no photo")[1].startswith("rejected")


def _a_deleted_photo(desk: Desk, face: bytes) -> None:
    generation = int(desk.bucket.get_blob(PATH).generation)
    desk.delete(PATH)
    assert desk.desk.photo_left(PATH, generation) == "forgotten"


def _no_photo_at_all_and_one_again(desk: Desk, face: bytes) -> None:
    _a_deleted_photo(desk, face)
    generation = int(desk.bucket.get_blob("faces/b/2.jpg").generation)
    desk.delete("faces/b/2.jpg")
    desk.desk.photo_left("faces/b/2.jpg", generation)
    assert desk.enrolled("b") == []
    assert desk.enrol("faces/b/3.jpg", face)[1] == "enrolled"


def _a_late_deletion_of_a_former_self(desk: Desk, face: bytes) -> None:
    assert desk.desk.person_left("b", desk.bucket.get_blob(PATH).time_created).endswith("of their documents")
    assert desk.enrolled("b") == ["2.jpg"]


def _another_model(desk: Desk, face: bytes) -> None:
    desk.db.document("gallery/b").update({"modelId": "former-model"})
    desk.db.document("people/b/photos/1.jpg").update({"modelId": "former-model"})
    assert desk.desk.photo_arrived(PATH, int(desk.bucket.get_blob(PATH).generation)) == "enrolled"
    assert desk.gallery("b")["photoIds"] == ["1.jpg"]


def _vectors_that_cannot_be_read(desk: Desk, face: bytes) -> None:
    desk.db.document("gallery/b").update({"vectors": b"?", "dimension": "many"})
    assert desk.enrol("faces/b/3.jpg", face)[1] == "enrolled"
    assert desk.gallery("b")["photoIds"] == ["3.jpg"]


@pytest.mark.parametrize(
    "change",
    [
        _another_photo,
        _a_rejected_photo,
        _a_deleted_photo,
        _no_photo_at_all_and_one_again,
        _a_late_deletion_of_a_former_self,
        _another_model,
        _vectors_that_cannot_be_read,
    ],
    ids=lambda change: change.__name__.strip("_"),
)
def test_whatever_becomes_of_the_photos_what_an_owner_taught_stays(
    desk: Desk, face: bytes, photos: Path, change: Callable[[Desk, bytes], None]
) -> None:
    desk.enrol(PATH, face)
    desk.enrol("faces/b/2.jpg", (photos / "obama2.jpg").read_bytes())
    taught = _teach(desk)
    change(desk, face)
    assert desk.gallery("b")["negatives"] == taught["negatives"]
    assert _plain(desk) == SAID


def test_a_correction_that_cannot_be_read_is_dropped_alone(desk: Desk, face: bytes) -> None:
    desk.enrol(PATH, face)
    taught = _teach(desk)["negatives"]
    broken = [{"alertId": "x"}, _negative("x", "m") | {"vector": b"?"}, 7]
    desk.db.document("gallery/b").update({"negatives": [*broken, *taught]})
    desk.enrol("faces/b/2.jpg", face)
    assert desk.gallery("b")["negatives"] == taught
    assert desk.enrolled("b") == ["1.jpg", "2.jpg"]


def test_vectors_of_another_model_or_unreadable_ones_are_not_touched_by_a_change_of_the_person(
    desk: Desk, face: bytes
) -> None:
    desk.enrol(PATH, face)
    strange = {"modelId": "another-model", "vectors": b"?"}
    desk.db.document("gallery/b").update(strange)
    desk.db.document("people/b").update(SAID)
    assert desk.desk.person_changed("b") == "profile synced"
    assert _plain(desk) == SAID
    assert {field: desk.gallery("b")[field] for field in strange} == strange
    assert (desk.person("b") or {})["photoCount"] == 1


def _once_before_a_write(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], None]) -> None:
    """Let something happen between what the enrolment of a photo reads and what it writes."""
    write, pending = Transaction.write, [happen]

    def late(transaction: Transaction) -> None:
        writes = " ".join(transaction.batch._document_references)
        if pending and "gallery/" in writes:
            pending.pop()()
        write(transaction)

    monkeypatch.setattr(Transaction, "write", late)


def test_a_correction_made_while_a_photo_is_enrolled_stays(
    desk: Desk, face: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.enrol(PATH, face)
    negatives = [_negative("one", desk.gallery("b")["modelId"])]

    def corrected() -> None:
        batch, version = desk.db.batch(), desk.version() + 1
        batch.update(desk.db.document("gallery/b"), {"negatives": negatives, "version": version})
        batch.update(desk.db.document("gallery_state/current"), {"version": version})
        batch.commit()

    _once_before_a_write(monkeypatch, corrected)
    assert desk.enrol("faces/b/2.jpg", face)[1] == "enrolled"
    assert desk.gallery("b")["negatives"] == negatives
    assert desk.enrolled("b") == ["1.jpg", "2.jpg"]
    assert desk.version() == 3


def test_a_person_muted_while_the_first_photo_is_enrolled_is_muted(
    desk: Desk, face: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.db.document("people/b").set({"name": "b"})

    def muted() -> None:
        desk.db.document("people/b").update({"muted": True})
        assert desk.another().person_changed("b") == "profile unchanged"

    _once_before_a_write(monkeypatch, muted)
    assert desk.enrol(PATH, face)[1] == "enrolled"
    assert from_document("b", desk.gallery("b")).muted


def test_somebody_whose_deletion_is_on_the_way_keeps_the_end_of_the_consent(desk: Desk, face: bytes) -> None:
    desk.db.document("people/b").set(SAID)
    generation, _ = desk.enrol(PATH, face)
    desk.enrol("faces/b/2.jpg", face)
    desk.db.document("people/b").delete()
    desk.delete(PATH)
    assert desk.desk.photo_left(PATH, generation) == "forgotten"
    assert desk.gallery("b")["consentExpiresAt"] == END
    assert desk.gallery("b")["name"] == "b"

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
from tests.services.enrol.conftest import EnrolmentHouse
from tests.unit.domain.conftest import face as vector

PATH = "faces/b/1.jpg"
END = datetime(2030, 1, 1, tzinfo=UTC)
SAID = {"name": "Barack", "muted": True, "consentExpiresAt": END}


def _plain(house: EnrolmentHouse, person_id: str = "b") -> dict[str, Any]:
    return {field: house.gallery(person_id)[field] for field in SAID}


def _negative(alert_id: str, model_id: str) -> dict[str, Any]:
    return {
        "alertId": alert_id,
        "personId": None,
        "modelId": model_id,
        "vector": pack(vector(len(alert_id))[None]),
    }


def _teach(house: EnrolmentHouse) -> dict[str, Any]:
    """Write down of the person what nobody but an owner can tell; it as it is stored."""
    model_id = house.gallery("b")["modelId"]
    negatives = [_negative("one", model_id), _negative("other", "another-model")]
    house.db.document("gallery/b").update({"negatives": negatives})
    house.db.document("people/b").update(SAID)
    assert house.service.person_changed("b") == "profile synced"
    return {"negatives": negatives}


def test_what_was_said_before_the_first_photo_holds_from_then_on(house: EnrolmentHouse, face: bytes) -> None:
    house.db.document("people/b").set(SAID)
    assert house.service.person_changed("b") == "profile unchanged"
    assert house.gallery("b") == {}
    house.enrol(PATH, face)
    assert _plain(house) == SAID


def test_what_is_said_later_is_carried_once_and_counts_as_one_change(
    house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol(PATH, face)
    assert _plain(house) == {"name": "b", "muted": False, "consentExpiresAt": None}
    vectors = house.gallery("b")["vectors"]
    house.db.document("people/b").update(SAID)
    assert house.service.person_changed("b") == "profile synced"
    assert _plain(house) == SAID
    assert house.service.person_changed("b") == "profile unchanged"
    assert house.gallery("b")["version"] == house.version() == 2
    assert house.gallery("b")["vectors"] == vectors
    assert house.enrolled("b") == ["1.jpg"]


def test_what_is_taken_back_is_taken_back_in_the_gallery(house: EnrolmentHouse, face: bytes) -> None:
    house.db.document("people/b").set(SAID)
    house.enrol(PATH, face)
    house.db.document("people/b").update({"muted": False, "consentExpiresAt": None})
    house.service.person_changed("b")
    assert _plain(house) == {"name": "Barack", "muted": False, "consentExpiresAt": None}


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"muted": "yes"}, "muted='yes'"),
        ({"consentExpiresAt": "2030-01-01"}, "consentExpiresAt='2030-01-01'"),
        ({"name": 7}, "name=7"),
    ],
)
def test_what_makes_no_sense_counts_as_not_set_and_is_said(
    house: EnrolmentHouse,
    face: bytes,
    capfd: pytest.CaptureFixture[str],
    said: dict[str, object],
    complaint: str,
) -> None:
    house.db.document("people/b").set(SAID)
    house.enrol(PATH, face)
    house.db.document("people/b").update(said)
    capfd.readouterr()
    house.service.person_changed("b")
    (warning,) = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert (warning["severity"], complaint in warning["error"]) == ("WARNING", True)
    unset = {"name": "b", "muted": False, "consentExpiresAt": None}
    assert _plain(house) == SAID | {field: unset[field] for field in said}
    house.enrol("faces/b/2.jpg", face)
    assert _plain(house) == SAID | {field: unset[field] for field in said}


def _another_photo(house: EnrolmentHouse, face: bytes) -> None:
    assert house.enrol("faces/b/3.jpg", face)[1] == "enrolled"


def _a_rejected_photo(house: EnrolmentHouse, face: bytes) -> None:
    assert house.enrol(PATH, b"no photo")[1].startswith("rejected")


def _a_deleted_photo(house: EnrolmentHouse, face: bytes) -> None:
    generation = int(house.bucket.get_blob(PATH).generation)
    house.delete(PATH)
    assert house.service.photo_left(PATH, generation) == "forgotten"


def _no_photo_at_all_and_one_again(house: EnrolmentHouse, face: bytes) -> None:
    _a_deleted_photo(house, face)
    generation = int(house.bucket.get_blob("faces/b/2.jpg").generation)
    house.delete("faces/b/2.jpg")
    house.service.photo_left("faces/b/2.jpg", generation)
    assert house.enrolled("b") == []
    assert house.enrol("faces/b/3.jpg", face)[1] == "enrolled"


def _a_late_deletion_of_a_former_self(house: EnrolmentHouse, face: bytes) -> None:
    assert house.service.person_left("b", house.bucket.get_blob(PATH).time_created).endswith(
        "of their documents"
    )
    assert house.enrolled("b") == ["2.jpg"]


def _another_model(house: EnrolmentHouse, face: bytes) -> None:
    house.db.document("gallery/b").update({"modelId": "former-model"})
    house.db.document("people/b/photos/1.jpg").update({"modelId": "former-model"})
    assert house.service.photo_arrived(PATH, int(house.bucket.get_blob(PATH).generation)) == "enrolled"
    assert house.gallery("b")["photoIds"] == ["1.jpg"]


def _vectors_that_cannot_be_read(house: EnrolmentHouse, face: bytes) -> None:
    house.db.document("gallery/b").update({"vectors": b"?", "dimension": "many"})
    assert house.enrol("faces/b/3.jpg", face)[1] == "enrolled"
    assert house.gallery("b")["photoIds"] == ["3.jpg"]


@pytest.mark.few(2)
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
    house: EnrolmentHouse, face: bytes, photos: Path, change: Callable[[EnrolmentHouse, bytes], None]
) -> None:
    house.enrol(PATH, face)
    house.enrol("faces/b/2.jpg", (photos / "obama2.jpg").read_bytes())
    taught = _teach(house)
    change(house, face)
    assert house.gallery("b")["negatives"] == taught["negatives"]
    assert _plain(house) == SAID


def test_a_correction_that_cannot_be_read_is_dropped_alone(house: EnrolmentHouse, face: bytes) -> None:
    house.enrol(PATH, face)
    taught = _teach(house)["negatives"]
    broken = [{"alertId": "x"}, _negative("x", "m") | {"vector": b"?"}, 7]
    house.db.document("gallery/b").update({"negatives": [*broken, *taught]})
    house.enrol("faces/b/2.jpg", face)
    assert house.gallery("b")["negatives"] == taught
    assert house.enrolled("b") == ["1.jpg", "2.jpg"]


def test_vectors_of_another_model_or_unreadable_ones_are_not_touched_by_a_change_of_the_person(
    house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol(PATH, face)
    strange = {"modelId": "another-model", "vectors": b"?"}
    house.db.document("gallery/b").update(strange)
    house.db.document("people/b").update(SAID)
    assert house.service.person_changed("b") == "profile synced"
    assert _plain(house) == SAID
    assert {field: house.gallery("b")[field] for field in strange} == strange
    assert (house.person("b") or {})["photoCount"] == 1


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
    house: EnrolmentHouse, face: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enrol(PATH, face)
    negatives = [_negative("one", house.gallery("b")["modelId"])]

    def corrected() -> None:
        batch, version = house.db.batch(), house.version() + 1
        batch.update(house.db.document("gallery/b"), {"negatives": negatives, "version": version})
        batch.update(house.db.document("gallery_state/current"), {"version": version})
        batch.commit()

    _once_before_a_write(monkeypatch, corrected)
    assert house.enrol("faces/b/2.jpg", face)[1] == "enrolled"
    assert house.gallery("b")["negatives"] == negatives
    assert house.enrolled("b") == ["1.jpg", "2.jpg"]
    assert house.version() == 3


def test_a_person_muted_while_the_first_photo_is_enrolled_is_muted(
    house: EnrolmentHouse, face: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.db.document("people/b").set({"name": "b"})

    def muted() -> None:
        house.db.document("people/b").update({"muted": True})
        assert house.another().person_changed("b") == "profile unchanged"

    _once_before_a_write(monkeypatch, muted)
    assert house.enrol(PATH, face)[1] == "enrolled"
    assert from_document("b", house.gallery("b")).muted


def test_somebody_whose_deletion_is_on_the_way_keeps_the_end_of_the_consent(
    house: EnrolmentHouse, face: bytes
) -> None:
    house.db.document("people/b").set(SAID)
    generation, _ = house.enrol(PATH, face)
    house.enrol("faces/b/2.jpg", face)
    house.db.document("people/b").delete()
    house.delete(PATH)
    assert house.service.photo_left(PATH, generation) == "forgotten"
    assert house.gallery("b")["consentExpiresAt"] == END
    assert house.gallery("b")["name"] == "b"

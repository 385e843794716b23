"""A warm instance keeps the gallery in memory, and reads only what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.cloud.firestore import DocumentReference

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery import reader
from lookout.cloud.gallery.person_document import from_document, to_document
from lookout.cloud.gallery.reader import GalleryReader
from lookout.domain.recognition.gallery import NEGATIVES_KEPT, Negative, PersonVectors
from lookout.errors import CorruptGallery, Unavailable
from tests.cloud.conftest import MODEL, MakePerson
from tests.support.outage import StoreLine
from tests.support.waiting import wait_until
from tests.unit.domain.conftest import face


class Store:
    """Writes people as ``enroll`` does: each with a new version."""

    def __init__(self, db: Any) -> None:
        self.db = db
        self.version = 0

    def put(self, person: Any) -> None:
        self._write(person.person_id, {**to_document(person, self.version + 1)})

    def remove(self, person_id: str) -> None:
        self._write(person_id, {"deleted": True, "version": self.version + 1})

    def sweep(self, person_id: str) -> None:
        """Delete a tombstone for good, as its time to live does."""
        self.db.document(f"gallery/{person_id}").delete()

    def _write(self, person_id: str, fields: dict[str, Any]) -> None:
        self.version += 1
        batch = self.db.batch()
        batch.set(self.db.document(f"gallery/{person_id}"), fields)
        batch.set(self.db.document("gallery_state/current"), {"version": self.version, "modelId": MODEL})
        batch.commit()


@pytest.fixture
def store(db: Any) -> Store:
    return Store(db)


def _names(reader: GalleryReader) -> set[str]:
    return {person.name for person in reader.current().people}


def test_with_nothing_stored_the_gallery_is_empty(stores: Stores) -> None:
    assert len(GalleryReader(stores, MODEL, 0.0).current()) == 0


def test_people_who_come_change_and_go_are_noticed(
    stores: Stores, store: Store, make_person: MakePerson
) -> None:
    reader = GalleryReader(stores, MODEL, 0.0)
    assert _names(reader) == set()
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    assert _names(reader) == {"Alice", "Bob"}
    changed = make_person("bob", seed=9)
    store.put(changed)
    store.remove("alice")
    assert _names(reader) == {"Bob"}
    vectors = reader.current().people[0].vectors
    assert float((vectors @ changed.vectors.T)[0, 0]) == pytest.approx(1, abs=0.001)
    store.put(make_person("alice"))
    assert _names(reader) == {"Alice", "Bob"}


def test_a_cold_instance_leaves_out_who_was_deleted(
    stores: Stores, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    store.remove("alice")
    assert _names(GalleryReader(stores, MODEL, 0.0)) == {"Bob"}


def test_only_changed_people_are_read_again(stores: Stores, store: Store, make_person: MakePerson) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    reader = GalleryReader(stores, MODEL, 0.0)
    reader.current()
    kept = reader.current().people[0]
    store.put(make_person("bob", seed=9))
    assert reader.current().people[0] is kept


def test_within_the_refresh_time_nobody_is_asked(
    stores: Stores, store: Store, make_person: MakePerson
) -> None:
    reader = GalleryReader(stores, MODEL, 3600.0)
    assert _names(reader) == set()
    store.put(make_person("alice"))
    assert _names(reader) == set()


def test_people_of_another_model_are_left_out_until_they_are_enrolled_again(
    stores: Stores, store: Store, make_person: MakePerson, capfd: pytest.CaptureFixture[str]
) -> None:
    def warned() -> list[int]:
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        return [line["people"] for line in lines if line["message"] == "people of another network"]

    store.put(make_person("alice", model_id="m-2"))
    reader = GalleryReader(stores, MODEL, 0.0)
    assert _names(reader) == set()
    assert warned() == [1]
    store.put(make_person("bob", model_id="m-2"))
    assert (_names(reader), warned()) == (set(), [2])
    store.put(make_person("bob", model_id="m-2", seed=3))
    assert (_names(reader), warned()) == (set(), [])
    store.put(make_person("alice"))
    assert (_names(reader), warned()) == ({"Alice"}, [])


def test_a_document_that_becomes_unreadable_takes_its_person_out_until_it_is_mended(
    stores: Stores, db: Any, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    reader = GalleryReader(stores, MODEL, 0.0)
    assert _names(reader) == {"Alice", "Bob"}
    store.put(make_person("alice"))
    db.document("gallery/alice").update({"vectors": b"?"})
    assert _names(reader) == {"Bob"}
    store.put(make_person("alice"))
    assert _names(reader) == {"Alice", "Bob"}


def test_while_firestore_is_silent_the_last_gallery_is_used(
    stores: Stores, distant_db: Any, line: StoreLine, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice"))
    reader = GalleryReader(replace(stores, db=distant_db, timeout=1.0), MODEL, 0.0)
    assert _names(reader) == {"Alice"}
    line.cut()
    assert _names(reader) == {"Alice"}


def test_a_cold_instance_without_firestore_says_so(stores: Stores, distant_db: Any, line: StoreLine) -> None:
    line.cut()
    with pytest.raises(Unavailable, match="Firestore"):
        GalleryReader(replace(stores, db=distant_db, timeout=0.5), MODEL, 0.0).current()


def test_a_person_comes_back_from_the_document_as_stored(db: Any, make_person: MakePerson) -> None:
    person = make_person("zoë")
    db.document("gallery/zoë").set(to_document(person, 3))
    again = from_document("zoë", db.document("gallery/zoë").get().to_dict())
    assert (again.person_id, again.name, again.model_id) == ("zoë", "Zoë", MODEL)
    assert again.photo_ids == ("1.jpg",)
    assert np.abs(again.vectors - person.vectors).max() < 0.001


END = datetime(2030, 1, 1, 12, 30, 0, 123456, tzinfo=UTC)


def _taught(person: PersonVectors) -> PersonVectors:
    """The person with everything that can be known of one."""
    negatives = (Negative("one", "bob", MODEL, face(3)), Negative("other", None, "m-2", face(4, 128)))
    lookalikes = {"bob": 0.25, "a.b": 0.0, "Zoë `1`": 0.5}
    return replace(person, muted=True, consent_ends=END, negatives=negatives, lookalikes=lookalikes)


def test_everything_that_is_known_of_a_person_comes_back(db: Any, make_person: MakePerson) -> None:
    person = _taught(make_person("alice"))
    db.document("gallery/alice").set(to_document(person, 3))
    again = from_document("alice", db.document("gallery/alice").get().to_dict())
    assert (again.muted, again.consent_ends, again.lookalikes) == (True, END, person.lookalikes)
    for stored, negative in zip(again.negatives, person.negatives, strict=True):
        same = [(one.alert_id, one.person_id, one.model_id) for one in (stored, negative)]
        assert same[0] == same[1]
        assert np.abs(stored.vector - negative.vector).max() < 0.001
    # and once more, without becoming any less
    assert to_document(again, 3)["negatives"] == to_document(person, 3)["negatives"]


def test_a_document_from_before_there_were_such_fields_is_read(make_person: MakePerson) -> None:
    document: dict[str, Any] = {**to_document(_taught(make_person("alice")), 3)}
    for field in ("muted", "consentExpiresAt", "negatives", "lookalikes"):
        del document[field]
    again = from_document("alice", document)
    assert (again.muted, again.consent_ends, again.negatives, again.lookalikes) == (False, None, (), {})


@pytest.mark.parametrize(
    "broken",
    [
        {"vector": b"?"},
        {"vector": b""},
        {"vector": "text"},
        {"vector": bytes(1024)},
        {"vector": to_document(PersonVectors("", "", "", face(5, 64)[None], ("1",)), 1)["vectors"]},
        {"vector": None},
        {"alertId": ...},
        None,
        7,
        "text",
    ],
    ids=["bytes", "empty", "text", "zeros", "too short", "none", "no alert", "null", "number", "string"],
)
def test_a_correction_that_cannot_be_read_is_left_out_and_the_rest_stays(
    stores: Stores, db: Any, make_person: MakePerson, capfd: pytest.CaptureFixture[str], broken: Any
) -> None:
    document: dict[str, Any] = {**to_document(_taught(make_person("alice")), 3)}
    spoilt = broken
    if isinstance(broken, dict):
        spoilt = document["negatives"][0] | broken
        spoilt = {field: value for field, value in spoilt.items() if value is not ...}
    document["negatives"].insert(0, spoilt)
    db.document("gallery/alice").set(document)
    db.document("gallery_state/current").set({"version": 3})
    (alice,) = GalleryReader(stores, MODEL, 0.0).current().people
    assert [negative.alert_id for negative in alice.negatives] == ["one", "other"]
    assert (alice.muted, alice.lookalikes["bob"]) == (True, 0.25)
    assert "correction unreadable" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("lookalikes", {"bob": 0.25, "carl": "near", "dora": None}, {"bob": 0.25}),
        ("lookalikes", [0.25], {}),
        ("lookalikes", None, {}),
        ("negatives", "text", ()),
        ("negatives", None, ()),
        ("consent_ends", "2030", None),
        ("muted", None, False),
    ],
)
def test_a_damaged_field_is_no_reason_to_know_the_person_no_more(
    make_person: MakePerson, field: str, value: object, wanted: object
) -> None:
    stored = {"consent_ends": "consentExpiresAt"}.get(field, field)
    again = from_document("alice", to_document(_taught(make_person("alice")), 3) | {stored: value})
    assert getattr(again, field) == wanted
    assert len(again.vectors) == 1


def test_the_latest_corrections_are_kept(make_person: MakePerson) -> None:
    many = tuple(Negative(str(number), None, MODEL, face(3)) for number in range(NEGATIVES_KEPT + 2))
    document: dict[str, Any] = {**to_document(replace(make_person("alice"), negatives=many), 3)}
    assert [negative["alertId"] for negative in document["negatives"]] == [
        str(number) for number in range(2, NEGATIVES_KEPT + 2)
    ]


def test_what_is_learnt_of_a_person_reaches_a_warm_instance(
    stores: Stores, store: Store, make_person: MakePerson
) -> None:
    alice = make_person("alice")
    store.put(alice)
    reader = GalleryReader(stores, MODEL, 0.0)
    assert reader.current().negative_distance("alice", face(3)) == float("inf")
    store.put(_taught(alice))
    learnt = reader.current()
    assert learnt.negative_distance("alice", face(3)) == pytest.approx(0, abs=0.001)
    assert learnt.lookalike_distance("bob", "alice") == 0.25
    assert learnt.people[0].muted


def _sleeps(instance: GalleryReader) -> None:
    """Have so much time pass since it read that it reads everybody again."""
    instance._read_at -= reader.READ_ALL_SECONDS


def test_an_instance_that_slept_through_a_tombstone_that_is_gone_reads_everybody_again(
    stores: Stores, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    awake, sleeper = (GalleryReader(stores, MODEL, 0.0) for _ in range(2))
    assert _names(awake) == _names(sleeper) == {"Alice", "Bob"}
    store.remove("alice")
    assert _names(awake) == {"Bob"}
    store.sweep("alice")
    assert _names(awake) == {"Bob"}
    _sleeps(sleeper)
    assert _names(sleeper) == {"Bob"}


def test_a_refresh_that_fails_after_the_sleep_does_not_count_as_a_reading(
    stores: Stores, store: Store, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    sleeper = GalleryReader(stores, MODEL, 0.0)
    assert _names(sleeper) == {"Alice", "Bob"}
    store.remove("alice")
    store.sweep("alice")
    _sleeps(sleeper)

    def silent(self: DocumentReference, *_: Any, **__: Any) -> Any:
        raise ServiceUnavailable("silent")  # type: ignore[no-untyped-call]

    with monkeypatch.context() as patch:
        patch.setattr(DocumentReference, "get", silent)
        assert _names(sleeper) == {"Alice", "Bob"}
    assert _names(sleeper) == {"Bob"}


def test_consent_that_ends_while_the_gallery_is_in_memory_ends_the_matching(
    stores: Stores, store: Store, make_person: MakePerson
) -> None:
    store.put(replace(make_person("bob"), consent_ends=datetime.now(UTC) + timedelta(days=1)))
    for seconds in (0.5, 5.0, 50.0):  # as soon as this machine can read the gallery before it ends
        end = datetime.now(UTC) + timedelta(seconds=seconds)
        store.put(replace(make_person("alice"), consent_ends=end))
        reader = GalleryReader(stores, MODEL, 3600.0)
        names = _names(reader)
        if datetime.now(UTC) < end:
            break
    assert names == {"Alice", "Bob"}
    wait_until(lambda: datetime.now(UTC) > end, "the end of the consent")
    assert _names(reader) == {"Bob"}


def test_consent_that_is_renewed_is_noticed(stores: Stores, store: Store, make_person: MakePerson) -> None:
    now = datetime.now(UTC)
    store.put(replace(make_person("alice"), consent_ends=now - timedelta(seconds=1)))
    reader = GalleryReader(stores, MODEL, 0.0)
    assert _names(reader) == set()
    store.put(replace(make_person("alice"), consent_ends=now + timedelta(days=1)))
    assert _names(reader) == {"Alice"}
    store.put(make_person("alice"))
    assert _names(reader) == {"Alice"}


def test_the_latest_gallery_is_asked_for_at_once_and_never_an_old_one(
    stores: Stores, distant_db: Any, line: StoreLine, store: Store, make_person: MakePerson
) -> None:
    reader = GalleryReader(replace(stores, db=distant_db, timeout=1.0), MODEL, 3600.0)
    assert _names(reader) == set()
    store.put(make_person("alice"))
    assert [person.name for person in reader.latest().people] == ["Alice"]
    line.cut()
    with pytest.raises(Unavailable, match="Firestore"):
        reader.latest()
    assert _names(reader) == {"Alice"}


@pytest.mark.parametrize("field", ["name", "modelId", "vectors", "photoIds", "dimension"])
def test_a_document_without_a_field_is_corrupt(make_person: MakePerson, field: str) -> None:
    document: dict[str, Any] = {**to_document(make_person("alice"), 1)}
    del document[field]
    with pytest.raises(CorruptGallery, match="gallery/alice"):
        from_document("alice", document)

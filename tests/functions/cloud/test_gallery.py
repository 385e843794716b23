"""A warm instance keeps the gallery in memory, and reads only what changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookout.cloud.gallery import GalleryReader, from_document, to_document
from lookout.errors import CorruptGallery, Unavailable
from tests.functions.cloud.conftest import MODEL, MakePerson
from tests.functions.outage import Line


class Store:
    """Writes people as ``enroll`` does: each with a new version."""

    def __init__(self, db: Any) -> None:
        self.db = db
        self.version = 0

    def put(self, person: Any) -> None:
        self._write(person.person_id, to_document(person, self.version + 1))

    def remove(self, person_id: str) -> None:
        self._write(person_id, {"deleted": True, "version": self.version + 1})

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


def test_with_nothing_stored_the_gallery_is_empty(db: Any) -> None:
    assert len(GalleryReader(db, MODEL, 0.0, 10.0).current()) == 0


def test_people_who_come_change_and_go_are_noticed(db: Any, store: Store, make_person: MakePerson) -> None:
    reader = GalleryReader(db, MODEL, 0.0, 10.0)
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


def test_a_cold_instance_leaves_out_who_was_deleted(db: Any, store: Store, make_person: MakePerson) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    store.remove("alice")
    assert _names(GalleryReader(db, MODEL, 0.0, 10.0)) == {"Bob"}


def test_only_changed_people_are_read_again(db: Any, store: Store, make_person: MakePerson) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    reader = GalleryReader(db, MODEL, 0.0, 10.0)
    reader.current()
    kept = reader.current().people[0]
    store.put(make_person("bob", seed=9))
    assert reader.current().people[0] is kept


def test_within_the_refresh_time_nobody_is_asked(db: Any, store: Store, make_person: MakePerson) -> None:
    reader = GalleryReader(db, MODEL, 3600.0, 10.0)
    assert _names(reader) == set()
    store.put(make_person("alice"))
    assert _names(reader) == set()


def test_people_of_another_model_are_left_out_until_they_are_enrolled_again(
    db: Any, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice", model_id="m-2"))
    reader = GalleryReader(db, MODEL, 0.0, 10.0)
    assert _names(reader) == set()
    store.put(make_person("alice"))
    assert _names(reader) == {"Alice"}


def test_a_document_that_becomes_unreadable_takes_its_person_out_until_it_is_mended(
    db: Any, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice"))
    store.put(make_person("bob"))
    reader = GalleryReader(db, MODEL, 0.0, 10.0)
    assert _names(reader) == {"Alice", "Bob"}
    store.put(make_person("alice"))
    db.document("gallery/alice").update({"vectors": b"?"})
    assert _names(reader) == {"Bob"}
    store.put(make_person("alice"))
    assert _names(reader) == {"Alice", "Bob"}


def test_while_firestore_is_silent_the_last_gallery_is_used(
    distant_db: Any, line: Line, store: Store, make_person: MakePerson
) -> None:
    store.put(make_person("alice"))
    reader = GalleryReader(distant_db, MODEL, 0.0, 1.0)
    assert _names(reader) == {"Alice"}
    line.cut()
    assert _names(reader) == {"Alice"}


def test_a_cold_instance_without_firestore_says_so(distant_db: Any, line: Line) -> None:
    line.cut()
    with pytest.raises(Unavailable, match="Firestore"):
        GalleryReader(distant_db, MODEL, 0.0, 0.5).current()


def test_a_person_comes_back_from_the_document_as_stored(db: Any, make_person: MakePerson) -> None:
    person = make_person("zoë")
    db.document("gallery/zoë").set(to_document(person, 3))
    again = from_document("zoë", db.document("gallery/zoë").get().to_dict())
    assert (again.person_id, again.name, again.model_id) == ("zoë", "Zoë", MODEL)
    assert again.photo_ids == ("1.jpg",)
    assert np.abs(again.vectors - person.vectors).max() < 0.001


@pytest.mark.parametrize("field", ["name", "modelId", "vectors", "photoIds", "dimension"])
def test_a_document_without_a_field_is_corrupt(make_person: MakePerson, field: str) -> None:
    document = to_document(make_person("alice"), 1)
    del document[field]
    with pytest.raises(CorruptGallery, match="gallery/alice"):
        from_document("alice", document)

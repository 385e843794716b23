"""Who is hard to tell from whom is written on both, whatever order changes come in."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery import lookalikes
from lookout.cloud.gallery.lookalikes import Lookalikes
from lookout.cloud.gallery.person_document import from_document, to_document
from lookout.cloud.gallery.state import GalleryChange, state_reference
from lookout.domain.recognition.confusion import confusable
from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.errors import Unavailable
from tests.cloud.conftest import MODEL
from tests.support.outage import StoreLine
from tests.unit.domain.conftest import at, face

THRESHOLD = 0.5
TOM = face(1)
TIM = at(0.3, of=TOM)
ANN = face(2)


@dataclass
class Town:
    """People as ``enroll`` stores them: each change of the gallery has a version of its own."""

    db: Any
    stores: Stores

    def put(self, person_id: str, *vectors: Embedding, **fields: Any) -> None:
        """A person with these vectors; ``fields`` are those of :class:`PersonVectors`."""
        given = {"name": person_id.title(), "model_id": MODEL} | fields
        photo_ids = tuple(map(str, range(len(vectors))))
        stacked = np.stack(vectors) if vectors else np.empty((0, 512), np.float32)
        person = PersonVectors(person_id, vectors=stacked, photo_ids=photo_ids, **given)

        def change(transaction: Transaction) -> None:
            gallery, people = self._documents(person_id)
            state, known, _ = transaction.read([state_reference(self.db), gallery, people])
            version = (state or {}).get("version", 0) + 1
            learnt = {"lookalikes": (known or {}).get("lookalikes", {})}
            transaction.batch.set(gallery, to_document(person, version) | learnt)
            transaction.set(people, {"name": person.name})
            transaction.set(state_reference(self.db), {"version": version})

        run(self.stores, change)

    def remove(self, person_id: str) -> None:
        """Delete a person, as ``enroll`` leaves it."""
        _, people = self._documents(person_id)
        people.delete()

        def change(transaction: Transaction) -> None:
            (state,) = transaction.read([state_reference(self.db)])
            GalleryChange(transaction, self.db, state).write_tombstone(person_id, datetime.now(UTC))

        run(self.stores, change)

    def _documents(self, person_id: str) -> tuple[Any, Any]:
        return tuple(self.db.collection(name).document(person_id) for name in ("gallery", "people"))

    def follow(self, person_id: str, threshold: float = THRESHOLD) -> None:
        """The follow-up of a change, by an instance of its own."""
        Lookalikes(self.stores, MODEL).follow(person_id, threshold)

    def version(self) -> int:
        return int((state_reference(self.db).get().to_dict() or {}).get("version", 0))

    def gallery(self, person_id: str) -> dict[str, Any]:
        return self._documents(person_id)[0].get().to_dict() or {}

    def person(self, person_id: str) -> dict[str, Any]:
        return self._documents(person_id)[1].get().to_dict() or {}

    def lookalikes(self, person_id: str) -> dict[str, float]:
        """A person's look-alikes, the same for ``detect`` as for the owner."""
        stored: dict[str, float] = self.gallery(person_id).get("lookalikes", {})
        shown = self.person(person_id).get("lookalikes", [])
        assert {entry["personId"]: entry["distance"] for entry in shown} == stored
        assert shown == sorted(shown, key=lambda entry: entry["distance"])
        return stored

    def is_settled(self, threshold: float = THRESHOLD) -> bool:
        """Whether everybody's look-alikes are those that all the vectors say."""
        stored = {one.id: one.to_dict() for one in self.db.collection("gallery").get()}
        alive = {one: document for one, document in stored.items() if not document["deleted"]}
        everybody = Gallery(MODEL, [from_document(*item) for item in alive.items()])
        return all(self.lookalikes(one) == confusable(one, everybody, threshold) for one in alive)


@pytest.fixture
def town(stores: Stores, db: Any) -> Town:
    return Town(db, stores)


def test_two_who_look_alike_are_written_on_both(town: Town) -> None:
    town.put("tom", TOM, face(8))
    town.put("ann", ANN)
    town.put("tim", face(9), TIM, name="Timothy")
    before = town.version()
    town.follow("tim")
    # each with its own photo that is the nearest
    tim = {"personId": "tim", "name": "Timothy", "distance": 0.3, "photoId": "0"}
    assert town.person("tom")["lookalikes"] == [tim]
    tom = {"personId": "tom", "name": "Tom", "distance": 0.3, "photoId": "1"}
    assert town.person("tim")["lookalikes"] == [tom]
    assert town.is_settled()
    assert "lookalikes" not in town.person("ann")
    assert town.version() == before + 1
    assert [town.gallery(one)["version"] for one in ("tom", "tim")] == [before + 1] * 2


def test_following_again_or_where_nobody_is_alike_writes_nothing(town: Town) -> None:
    for name, vector in (("tom", TOM), ("tim", TIM), ("ann", ANN)):
        town.put(name, vector)
    town.follow("tom")
    before = [town.db.document(f"{path}").get().update_time for path in ("gallery/tom", "people/tim")]
    version = town.version()
    for name in ("tom", "tim", "ann", "nobody"):
        town.follow(name)
    assert town.version() == version
    assert before == [town.db.document(path).get().update_time for path in ("gallery/tom", "people/tim")]
    assert town.gallery("nobody") == town.person("nobody") == {}


def test_two_who_no_longer_look_alike_are_taken_off_both_and_the_rest_stays(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.put("third", at(0.2, of=TOM, towards=1))
    town.follow("third")
    town.follow("tom")
    town.put("tim", face(9))
    town.follow("tim")
    assert town.lookalikes("tim") == {}
    assert town.lookalikes("tom") == {"third": pytest.approx(0.2, abs=0.001)}
    assert town.is_settled()


def test_somebody_who_loses_all_photos_is_taken_off_everybody(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.follow("tim")
    town.put("tim")
    town.follow("tim")
    assert town.lookalikes("tom") == town.lookalikes("tim") == {}


def test_somebody_who_left_is_named_by_nobody(town: Town) -> None:
    gone = datetime.now(UTC) - timedelta(days=1)
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.put("third", at(0.2, of=TIM, towards=1))
    town.follow("tim")
    town.put("third", at(0.2, of=TIM, towards=1), consent_ends=gone)  # and cannot be matched by now
    town.remove("tim")
    town.follow("tim")
    assert town.lookalikes("tom") == town.lookalikes("third") == {}
    assert set(town.gallery("tim")) == {"version", "deleted", "deletedAt", "expireAt"}
    assert town.person("tim") == {}


def test_a_list_is_mended_where_its_other_side_is_long_gone(town: Town) -> None:
    town.put("tom", TOM)
    town.db.document("gallery/tom").update({"lookalikes": {"long gone": 0.1}})
    town.db.document("people/tom").update(
        {"lookalikes": [{"personId": "gone too", "name": "?", "distance": 0.2}]}
    )
    town.follow("tom")
    assert town.lookalikes("tom") == {}


def test_a_new_name_is_shown_to_the_owner_on_the_other_side_too(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.follow("tim")
    town.db.document("people/tim").update({"name": "Timothy"})
    town.follow("tim")
    assert [entry["name"] for entry in town.person("tom")["lookalikes"]] == ["Timothy"]
    assert town.is_settled()


def test_somebody_whose_consent_has_ended_looks_like_nobody_until_it_is_renewed(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.follow("tim")
    town.put("tim", TIM, consent_ends=datetime.now(UTC) - timedelta(seconds=1))
    town.follow("tim")
    assert town.lookalikes("tom") == town.lookalikes("tim") == {}
    town.put("tim", TIM, consent_ends=datetime.now(UTC) + timedelta(days=1))
    town.follow("tim")
    assert set(town.lookalikes("tom")) == {"tim"}


def test_people_of_another_model_look_like_nobody(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.follow("tim")
    town.put("tim", TIM, model_id="m-2")
    town.follow("tim")
    assert town.lookalikes("tom") == town.lookalikes("tim") == {}


def test_an_unreadable_look_alike_is_taken_off_and_left_as_it_is(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.follow("tim")
    town.db.document("gallery/tim").update({"vectors": b"?"})
    town.follow("tom")
    assert town.lookalikes("tom") == town.lookalikes("tim") == {}
    assert town.gallery("tim")["vectors"] == b"?"


@pytest.mark.parametrize("damage", [3, "tim", {"tim": "near"}, [{"personId": "tim"}], [7], None])
def test_damaged_lists_are_written_anew(town: Town, damage: object) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    for path in ("gallery/tom", "people/tom"):
        town.db.document(path).update({"lookalikes": damage})
    town.follow("tom")
    assert town.is_settled()
    assert set(town.lookalikes("tom")) == {"tim"}


@pytest.mark.parametrize(
    "odd", ["a.b", "Zoë Ångström", "O'Neil & Söhne (1)", "`", "back\\slash", "7", "[*]~"]
)
def test_people_of_any_id_are_found_and_taken_off_again(town: Town, odd: str) -> None:
    town.put("tom", TOM)
    town.put(odd, TIM)
    town.follow(odd)
    assert set(town.lookalikes("tom")) == {odd}
    assert set(town.lookalikes(odd)) == {"tom"}
    town.remove(odd)
    town.follow(odd)
    assert town.lookalikes("tom") == {}


def test_the_threshold_of_the_moment_decides(town: Town) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    town.follow("tom", 0.25)
    assert town.lookalikes("tom") == {}
    town.follow("tom", 0.35)
    assert town.lookalikes("tom") == {"tim": 0.3}
    town.follow("tim", 0.25)
    assert town.lookalikes("tom") == town.lookalikes("tim") == {}


def test_a_crowd_of_look_alikes_is_dealt_with_in_several_steps(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookalikes, "AT_ONCE", 2)
    for index in range(5):
        town.put(f"p{index}", at(0.1 + index / 100, of=TOM, towards=index))
    town.put("tom", TOM)
    before = town.version()
    town.follow("tom")
    assert set(town.lookalikes("tom")) == {f"p{index}" for index in range(5)}
    assert all(set(town.lookalikes(f"p{index}")) == {"tom"} for index in range(5))
    assert town.version() == before + 3


def test_what_changed_is_said_once_with_ids_and_distance(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM, name="Secret Name")
    town.follow("tim")
    town.follow("tom")
    town.put("tim", face(9))
    town.follow("tim")
    warning, relief = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert warning == {
        "severity": "WARNING",
        "message": "two people are hard to tell apart",
        "person": "tim",
        "other": "tom",
        "distance": 0.3,
    }
    assert (relief["severity"], relief["person"], relief["other"]) == ("INFO", "tim", "tom")


def _before_the_write(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], None]) -> None:
    """Let something happen once, between what a step reads and what it writes."""
    write, pending = Transaction.write, [happen]

    def late(transaction: Transaction) -> None:
        if pending:
            pending.pop()()
        write(transaction)

    monkeypatch.setattr(Transaction, "write", late)


def test_a_change_between_reading_and_writing_is_not_overlooked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    _before_the_write(monkeypatch, lambda: town.put("tim", face(9)))
    town.follow("tom")
    assert town.lookalikes("tom") == town.lookalikes("tim") == {}


def test_what_an_owner_changes_in_between_stays(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    renamed = town.db.document("people/tom")
    _before_the_write(monkeypatch, lambda: renamed.update({"name": "Thomas", "muted": True}))
    town.follow("tim")
    assert (town.person("tom")["name"], town.person("tom")["muted"]) == ("Thomas", True)
    assert [entry["name"] for entry in town.person("tim")["lookalikes"]] == ["Thomas"]
    assert town.is_settled()


def test_a_person_deleted_in_between_does_not_come_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.put("tom", TOM)
    town.put("tim", TIM)
    _before_the_write(monkeypatch, lambda: town.remove("tim"))
    town.follow("tom")
    assert town.person("tim") == {}
    assert town.lookalikes("tom") == {}


def test_many_changes_at_once_end_as_if_they_had_come_one_by_one(town: Town) -> None:
    shapes = [TOM, TIM, at(0.2, of=TIM, towards=1), face(9)]
    instances = [Lookalikes(town.stores, MODEL) for _ in range(3)]
    names = ["tom", "tim", "third"]
    ready = threading.Barrier(len(names))

    def changes(number: int) -> None:
        ready.wait()
        for shape in itertools.islice(itertools.cycle(shapes), number, number + 5):
            town.put(names[number], shape)
            instances[number].follow(names[number], THRESHOLD)

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(changes, range(len(names))))
    assert town.is_settled()


def test_a_silent_firestore_is_told_and_no_old_memory_is_used(
    town: Town, stores: Stores, distant_db: Any, line: StoreLine
) -> None:
    town.put("tom", TOM)
    warm = Lookalikes(replace(stores, db=distant_db, timeout=1.0), MODEL)
    warm.follow("tom", THRESHOLD)
    line.cut()
    with pytest.raises(Unavailable, match="Firestore"):
        warm.follow("tom", THRESHOLD)

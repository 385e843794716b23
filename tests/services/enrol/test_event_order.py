"""Events come at least once and in any order, and all orders end in the same state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lookout.cloud.firebase import transaction
from lookout.cloud.gallery.person_document import from_document
from lookout.errors import Unavailable
from tests.services.enrol.conftest import EnrolmentHouse
from tests.support.outage import StoreLine, closed_port
from tests.support.stores import bucket_at, objects

PATH = "faces/b/1.jpg"


def _at_once(*events: Callable[[], Any]) -> Sequence[Any]:
    ready = threading.Barrier(len(events))

    def happen(event: Callable[[], Any]) -> Any:
        ready.wait()
        return event()

    with ThreadPoolExecutor(len(events)) as pool:
        return list(pool.map(happen, events))


def test_a_doubled_arrival_changes_nothing(house: EnrolmentHouse, face: bytes) -> None:
    generation, _ = house.enrol(PATH, face)
    before, version = house.photo(PATH), house.version()
    assert house.service.photo_arrived(PATH, generation) == "done already"
    assert house.another().photo_arrived(PATH, generation) == "done already"
    assert (house.photo(PATH), house.version()) == (before, version)


def test_a_doubled_arrival_of_a_rejected_photo_changes_nothing(house: EnrolmentHouse) -> None:
    generation, _ = house.enrol(PATH, b"no photo")
    version = house.version()
    assert house.service.photo_arrived(PATH, generation) == "done already"
    assert house.version() == version


def test_arrivals_doubled_at_the_same_moment_enrol_once(house: EnrolmentHouse, face: bytes) -> None:
    generation = house.upload(PATH, face)
    arrivals = [
        lambda one=one: one.photo_arrived(PATH, generation) for one in (house.service, house.another())
    ]
    assert "enrolled" in _at_once(*arrivals)
    assert house.enrolled("b") == ["1.jpg"]
    assert house.version() == 1


def test_a_photo_whose_enrolment_was_cut_off_is_enrolled_when_its_event_comes_again(
    house: EnrolmentHouse, face: bytes
) -> None:
    generation, _ = house.enrol(PATH, face)
    house.db.document("people/b/photos/1.jpg").update({"status": "processing"})
    assert house.service.photo_arrived(PATH, generation) == "enrolled"
    assert house.enrolled("b") == ["1.jpg"]


def test_a_deleted_photo_is_forgotten_and_forgotten_again(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    generation, _ = house.enrol(PATH, face)
    house.enrol("faces/b/2.jpg", other_face)
    house.delete(PATH)
    assert house.service.photo_left(PATH, generation) == "forgotten"
    assert house.enrolled("b") == ["2.jpg"]
    assert house.photo(PATH) is None
    version = house.version()
    assert house.service.photo_left(PATH, generation) == "nothing to forget"
    assert (house.version(), house.enrolled("b")) == (version, ["2.jpg"])


def test_a_rejected_photo_that_is_deleted_leaves_nothing(house: EnrolmentHouse) -> None:
    generation, _ = house.enrol(PATH, b"no photo")
    house.delete(PATH)
    assert house.service.photo_left(PATH, generation) == "forgotten"
    assert house.photo(PATH) is None


def test_an_arrival_after_the_deletion_does_not_bring_the_photo_back(
    house: EnrolmentHouse, face: bytes
) -> None:
    generation = house.upload(PATH, face)
    house.delete(PATH)
    assert house.service.photo_left(PATH, generation) == "nothing to forget"
    assert house.service.photo_arrived(PATH, generation) == "gone or replaced already"
    assert house.photo(PATH) is None
    assert house.gallery("b") == {}


def test_late_events_of_an_overwritten_photo_do_not_touch_the_newer_one(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    old, _ = house.enrol(PATH, face)
    first = house.gallery("b")["vectors"]
    new, _ = house.enrol(PATH, other_face)
    assert new > old
    second = house.gallery("b")["vectors"]
    assert first != second
    assert house.service.photo_left(PATH, old) == "nothing to forget"
    assert house.service.photo_arrived(PATH, old) == "gone or replaced already"
    assert house.gallery("b")["vectors"] == second
    assert house.enrolled("b") == ["1.jpg"]


def test_the_old_versions_deletion_may_come_before_the_new_ones_arrival(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    old, _ = house.enrol(PATH, face)
    new = house.upload(PATH, other_face)
    assert house.service.photo_left(PATH, old) == "forgotten"
    assert house.service.photo_arrived(PATH, new) == "enrolled"
    assert house.enrolled("b") == ["1.jpg"]


def test_the_new_version_may_arrive_before_the_old_one(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    old = house.upload(PATH, face)
    new = house.upload(PATH, other_face)
    assert house.service.photo_arrived(PATH, new) == "enrolled"
    assert house.service.photo_arrived(PATH, old) == "gone or replaced already"
    assert (house.photo(PATH) or {})["generation"] == new


@pytest.mark.parametrize("moment", ["looked at", "embedded"])
def test_a_photo_deleted_while_it_is_looked_at_is_not_enrolled(
    house: EnrolmentHouse, face: bytes, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    generation = house.upload(PATH, face)
    inside = house.service
    look = inside._face

    def meanwhile(path: str, size: int) -> Any:
        found = look(path, size) if moment == "embedded" else None
        house.delete(PATH)
        assert house.another().photo_left(PATH, generation) == "forgotten"
        return found if moment == "embedded" else look(path, size)

    monkeypatch.setattr(inside, "_face", meanwhile)
    assert inside.photo_arrived(PATH, generation) == "gone meanwhile"
    assert house.photo(PATH) is None
    assert house.gallery("b") == {}


def test_a_deleted_person_leaves_no_photo_and_no_vector(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    house.enrol(PATH, face)
    house.enrol("faces/b/bad.jpg", b"no photo")
    house.enrol("faces/keep/1.jpg", other_face)
    house.enrol("faces/bb/1.jpg", other_face)
    before = house.version()
    assert house.delete_person("b") == "forgotten with 2 photos and 2 of their documents"
    assert objects(house.bucket) == ["faces/bb/1.jpg", "faces/keep/1.jpg"]
    assert list(house.db.collection("people/b/photos").get()) == []
    gallery = house.gallery("b")
    assert gallery["deleted"] is True
    assert gallery["version"] == house.version() == before + 1
    assert not {"vectors", "name", "photoIds"} & gallery.keys()
    assert (house.enrolled("keep"), house.enrolled("bb")) == (["1.jpg"], ["1.jpg"])
    assert house.delete_person("b") == "forgotten with 0 photos and 0 of their documents"


def test_the_photos_own_deletions_after_the_persons_change_nothing(
    house: EnrolmentHouse, face: bytes
) -> None:
    generation, _ = house.enrol(PATH, face)
    house.delete_person("b")
    assert house.service.photo_left(PATH, generation) == "nothing to forget"
    assert house.person("b") is None
    assert house.gallery("b")["deleted"] is True


def test_a_photo_deleted_after_its_person_was_does_not_bring_the_person_back(
    house: EnrolmentHouse, face: bytes
) -> None:
    generation, _ = house.enrol(PATH, face)
    house.db.document("people/b").delete()  # and its event is still on the way
    house.delete(PATH)
    house.service.photo_left(PATH, generation)
    assert house.person("b") is None


def test_a_late_arrival_does_not_bring_a_deleted_person_back(
    house: EnrolmentHouse, face: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = house.upload(PATH, face)
    inside = house.service
    look = inside._face

    def meanwhile(path: str, size: int) -> Any:
        found = look(path, size)
        house.another().person_left("b", datetime.now(UTC))
        return found

    monkeypatch.setattr(inside, "_face", meanwhile)
    assert inside.photo_arrived(PATH, generation) == "gone meanwhile"
    assert house.person("b") is None
    assert house.gallery("b")["deleted"] is True
    assert house.another().photo_arrived(PATH, generation) == "gone or replaced already"
    assert house.photo(PATH) is None


def test_a_person_made_anew_after_the_deletion_is_enrolled(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    house.enrol(PATH, face)
    house.delete_person("b")
    assert house.enrol(PATH, other_face)[1] == "enrolled"
    assert house.enrolled("b") == ["1.jpg"]
    assert (house.person("b") or {})["name"] == "b"


def test_a_late_deletion_of_the_person_spares_what_came_after_it(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    house.enrol(PATH, face)
    at = datetime.now(UTC)
    house.enrol("faces/b/new.jpg", other_face)
    assert house.service.person_left("b", at) == "forgotten with 1 photos and 1 of their documents"
    assert house.enrolled("b") == ["new.jpg"]
    assert objects(house.bucket) == ["faces/b/new.jpg"]


def test_a_folder_dropped_at_once_is_enrolled_whole(house: EnrolmentHouse, photos: Path) -> None:
    sources = ["obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg"] * 2
    paths = [f"faces/b/{index}.jpg" for index in range(len(sources))]
    generations = [
        house.upload(path, (photos / source).read_bytes())
        for path, source in zip(paths, sources, strict=True)
    ]
    desks = [house.another(), house.another()] * 4
    arrivals = [
        lambda one=one, path=path, generation=generation: one.photo_arrived(path, generation)
        for one, path, generation in zip(desks, paths, generations, strict=True)
    ]
    assert set(_at_once(*arrivals)) == {"enrolled"}
    assert house.enrolled("b") == [f"{index}.jpg" for index in range(8)]
    assert house.version() == 8
    assert len(from_document("b", house.gallery("b")).vectors) == 8


@pytest.mark.parametrize("outcome", ["enrolled", "rejected"])
def test_two_first_photos_of_a_person_at_once_are_both_dealt_with(
    house: EnrolmentHouse, face: bytes, other_face: bytes, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    first = house.upload(PATH, face)
    second = house.upload("faces/b/2.jpg", other_face if outcome == "enrolled" else b"no picture")
    slow, quick = house.another(), house.another()
    names = slow._enrolment._names

    def late() -> Any:
        # the person is made after the slow step found that there is nobody of that id
        quick.photo_arrived(PATH, first)
        return names()

    monkeypatch.setattr(slow._enrolment, "_names", late)
    assert slow.photo_arrived("faces/b/2.jpg", second).startswith(outcome)
    photo = house.photo("faces/b/2.jpg")
    assert photo is not None
    assert photo["status"] == outcome


def test_several_people_at_once_each_get_a_version_of_their_own(
    house: EnrolmentHouse, strangers: list[bytes]
) -> None:
    paths = [f"faces/person {index}/1.jpg" for index in range(4)]
    generations = [house.upload(path, photo) for path, photo in zip(paths, strangers[:4], strict=True)]
    arrivals = [
        lambda path=path, generation=generation: house.service.photo_arrived(path, generation)
        for path, generation in zip(paths, generations, strict=True)
    ]
    assert set(_at_once(*arrivals)) == {"enrolled"}
    versions = [house.gallery(f"person {index}")["version"] for index in range(4)]
    assert sorted(versions) == [1, 2, 3, 4]


@pytest.mark.long
def test_a_silent_storage_has_the_event_come_again(house: EnrolmentHouse, face: bytes, project: str) -> None:
    generation = house.upload(PATH, face)
    silent = bucket_at(f"http://127.0.0.1:{closed_port()}", project)
    broken = house.another(bucket=silent, STORE_TIMEOUT_SECONDS=3.0)
    with pytest.raises(Unavailable, match="Storage"):
        broken.photo_arrived(PATH, generation)
    with pytest.raises(Unavailable, match="Storage"):
        broken.person_left("b", datetime.now(UTC))
    assert house.service.photo_arrived(PATH, generation) == "enrolled" or house.gallery("b")["deleted"]
    silent.client.close()


def test_a_silent_firestore_has_the_event_come_again(
    house: EnrolmentHouse, face: bytes, line: StoreLine, distant_db: Any
) -> None:
    generation = house.upload(PATH, face)
    line.cut()
    with pytest.raises(Unavailable, match="Firestore"):
        house.another(db=distant_db, STORE_TIMEOUT_SECONDS=0.5).photo_arrived(PATH, generation)
    assert house.service.photo_arrived(PATH, generation) == "enrolled"


def test_a_step_that_others_are_always_faster_than_has_the_event_come_again(
    house: EnrolmentHouse, face: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from google.api_core.exceptions import Aborted
    from google.cloud.firestore import WriteBatch

    tries = []

    def contended(batch: WriteBatch, **patience: object) -> None:
        tries.append(batch)
        raise Aborted("somebody else was faster")  # type: ignore[no-untyped-call]

    generation = house.upload(PATH, face)
    with monkeypatch.context() as contention:
        contention.setattr(transaction, "PAUSE", 0.0)
        contention.setattr(WriteBatch, "commit", contended)
        with pytest.raises(Unavailable, match="Too many changes"):
            house.service.photo_arrived(PATH, generation)
    assert len(tries) == transaction.TRIES
    assert house.service.photo_arrived(PATH, generation) == "enrolled"


def test_a_person_deleted_while_a_photo_is_enrolled_does_not_come_back(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    house.enrol(PATH, face)
    generation = house.upload("faces/b/2.jpg", other_face)
    house.db.document("people/b").delete()
    at = datetime.now(UTC)  # the event of the deletion is on the way
    house.service.photo_arrived("faces/b/2.jpg", generation)
    house.service.person_left("b", at)
    assert house.person("b") is None
    assert house.gallery("b")["deleted"] is True
    assert objects(house.bucket) == []
    assert list(house.db.collection("people/b/photos").get()) == []


def test_a_person_that_an_owner_made_anew_survives_the_late_deletion(
    house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol(PATH, face)
    at = datetime.now(UTC)
    house.db.document("people/b").set({"name": "B again", "createdAt": datetime.now(UTC)})
    house.service.person_left("b", at)
    assert (house.person("b") or {})["name"] == "B again"


def test_a_name_changed_while_a_photo_is_enrolled_is_the_one_that_stays(
    house: EnrolmentHouse, face: bytes
) -> None:
    first = house.upload(PATH, face)
    second = house.upload("faces/b/2.jpg", face)
    house.service.photo_arrived(PATH, first)

    def renamed() -> str:
        house.db.document("people/b").update({"name": "Barack"})
        done: str = house.another().person_changed("b")
        return done

    _at_once(lambda: house.service.photo_arrived("faces/b/2.jpg", second), renamed)
    assert house.gallery("b")["name"] == "Barack"
    assert house.enrolled("b") == ["1.jpg", "2.jpg"]

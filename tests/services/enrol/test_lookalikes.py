"""Two people who are hard to tell apart are found when their photos are enrolled, and their owner is warned."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lookout.cloud.gallery.person_document import from_document
from lookout.domain.recognition.confusion import confusable
from lookout.domain.recognition.gallery import Gallery
from lookout.errors import Unavailable
from lookout.services import enrol
from lookout.vision.networks.models import installed
from tests.services.enrol.conftest import EnrolmentHouse
from tests.services.enrol.events import of_object, of_person
from tests.services.enrol.test_event_order import _at_once
from tests.support import functions

TOM, TIM = "faces/tom/1.jpg", "faces/tim/1.jpg"


def _warning(house: EnrolmentHouse, person_id: str) -> dict[str, float]:
    """What the owner is warned of: names and distances; the same as ``detect`` goes by."""
    shown = (house.person(person_id) or {}).get("lookalikes", [])
    stored = house.gallery(person_id).get("lookalikes", {})
    assert {entry["personId"]: entry["distance"] for entry in shown} == stored
    return {entry["name"]: entry["distance"] for entry in shown}


@pytest.fixture
def twins(house: EnrolmentHouse, photos: Path) -> EnrolmentHouse:
    """The same man under two names: look-alikes by construction."""
    house.enrol(TOM, (photos / "obama.jpg").read_bytes())
    house.enrol(TIM, (photos / "obama2.jpg").read_bytes())
    return house


def _threshold(house: EnrolmentHouse) -> float:
    return float(installed(house.settings).card.threshold)


def _settled(house: EnrolmentHouse) -> bool:
    stored = {one.id: one.to_dict() for one in house.db.collection("gallery").get()}
    alive = {one: document for one, document in stored.items() if not document["deleted"]}
    people = [from_document(*item) for item in alive.items()]
    everybody = Gallery(people[0].model_id, people)
    return all(
        house.gallery(one)["lookalikes"] == confusable(one, everybody, _threshold(house)) for one in alive
    )


def test_the_owner_is_warned_of_both(twins: EnrolmentHouse, other_face: bytes) -> None:
    twins.enrol("faces/joe/1.jpg", other_face)
    assert 0 < _warning(twins, "tom")["tim"] < _threshold(twins)
    assert _warning(twins, "tim") == {"tom": _warning(twins, "tom")["tim"]}
    assert _warning(twins, "joe") == {}
    assert twins.enrolled("tom") == twins.enrolled("tim") == ["1.jpg"]


def test_different_people_are_told_apart(house: EnrolmentHouse, strangers: list[bytes]) -> None:
    for index, photo in enumerate(strangers):
        assert house.enrol(f"faces/{index}/1.jpg", photo)[1] == "enrolled"
    assert [_warning(house, str(index)) for index in range(6)] == [{}] * 6


def test_the_log_says_who_and_how_close(
    house: EnrolmentHouse, photos: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    house.enrol(TOM, (photos / "obama.jpg").read_bytes())
    house.enrol(TIM, (photos / "obama2.jpg").read_bytes())
    (line,) = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert line == {
        "severity": "WARNING",
        "message": "two people are hard to tell apart",
        "person": "tim",
        "other": "tom",
        "distance": _warning(house, "tim")["tom"],
    }


def test_another_photo_may_bring_them_closer_and_its_removal_farther(
    twins: EnrolmentHouse, face: bytes
) -> None:
    before = _warning(twins, "tom")["tim"]
    generation, _ = twins.enrol("faces/tim/2.jpg", face)
    assert _warning(twins, "tim") == {"tom": 0.0}
    twins.delete("faces/tim/2.jpg")
    twins.service.photo_left("faces/tim/2.jpg", generation)
    assert _warning(twins, "tom") == {"tim": before}


@pytest.mark.parametrize("left", ["deleted", "replaced by a bad one", "replaced by somebody else's"])
def test_a_photo_that_leaves_takes_the_warning_along(
    twins: EnrolmentHouse, other_face: bytes, left: str
) -> None:
    if left == "deleted":
        generation = int(twins.bucket.get_blob(TIM).generation)
        twins.delete(TIM)
        assert twins.service.photo_left(TIM, generation) == "forgotten"
    else:
        twins.enrol(TIM, other_face if left.endswith("else's") else b"no photo")
    assert _warning(twins, "tom") == _warning(twins, "tim") == {}


def test_a_person_who_leaves_takes_the_warning_and_the_name_along(twins: EnrolmentHouse) -> None:
    twins.delete_person("tim")
    assert _warning(twins, "tom") == {}
    assert twins.gallery("tim")["deleted"] is True
    assert twins.person("tim") is None


def test_a_person_who_is_renamed_is_warned_of_by_the_new_name(twins: EnrolmentHouse) -> None:
    distance = _warning(twins, "tom")["tim"]
    twins.db.document("people/tim").update({"name": "Timothy"})
    assert twins.service.person_changed("tim") == "profile synced"
    assert _warning(twins, "tom") == {"Timothy": distance}


def test_the_sites_own_threshold_decides(house: EnrolmentHouse, photos: Path) -> None:
    house.db.document("settings/site").set({"threshold": 0.01})
    house.enrol(TOM, (photos / "obama.jpg").read_bytes())
    house.enrol(TIM, (photos / "obama2.jpg").read_bytes())
    assert _warning(house, "tom") == _warning(house, "tim") == {}
    house.db.document("settings/site").set({"threshold": 2.0})
    house.service = house.another()
    house.enrol("faces/joe/1.jpg", (photos / "biden.jpg").read_bytes())
    assert set(_warning(house, "joe")) == {"tom", "tim"}


def test_another_model_measures_anew(twins: EnrolmentHouse) -> None:
    for path in (TOM, TIM):
        _, person_id, photo_id = path.split("/")
        for document in (f"gallery/{person_id}", f"people/{person_id}/photos/{photo_id}"):
            twins.db.document(document).update({"modelId": "former-model"})
    before = _warning(twins, "tom")
    twins.service.photo_arrived(TOM, int(twins.bucket.get_blob(TOM).generation))
    assert _warning(twins, "tom") == _warning(twins, "tim") == {}
    twins.service.photo_arrived(TIM, int(twins.bucket.get_blob(TIM).generation))
    assert _warning(twins, "tom") == before


def test_what_was_enrolled_stays_when_the_follow_up_fails_and_the_event_that_comes_again_does_the_rest(
    house: EnrolmentHouse, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = functions.main("enroll")
    enrol.service.replace(house.service)
    house.enrol(TOM, (photos / "obama.jpg").read_bytes())
    generation = house.upload(TIM, (photos / "obama2.jpg").read_bytes())

    def silent(person_id: str, threshold: float) -> None:
        raise Unavailable("Firestore did not answer; try again.")

    with monkeypatch.context() as outage:
        outage.setattr(house.service._lookalikes, "follow", silent)
        with pytest.raises(Unavailable):
            main.enroll(of_object("finalized", TIM, generation))
    assert house.enrolled("tim") == ["1.jpg"]
    assert _warning(house, "tim") == {}
    main.enroll(of_object("finalized", TIM, generation))
    assert house.enrolled("tim") == ["1.jpg"]
    assert set(_warning(house, "tim")) == {"tom"}

    house.delete(TIM)
    with monkeypatch.context() as outage:
        outage.setattr(house.service._lookalikes, "follow", silent)
        with pytest.raises(Unavailable):
            main.forget_photo(of_object("deleted", TIM, generation))
    main.forget_photo(of_object("deleted", TIM, generation))
    assert _warning(house, "tom") == {}


def test_a_person_whose_farewell_is_interrupted_is_taken_off_the_others_when_the_event_comes_again(
    twins: EnrolmentHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = functions.main("enroll")
    enrol.service.replace(twins.service)

    def silent(person_id: str, threshold: float) -> None:
        raise Unavailable("Firestore did not answer; try again.")

    twins.db.document("people/tim").delete()
    farewell = of_person({"name": "tim"}, None, "tim")
    with monkeypatch.context() as outage:
        outage.setattr(twins.service._lookalikes, "follow", silent)
        with pytest.raises(Unavailable):
            main.person_changed(farewell)
    assert set(_warning(twins, "tom")) == {"tim"}
    main.person_changed(farewell)
    assert _warning(twins, "tom") == {}


def test_photos_of_two_people_that_land_at_once_end_with_the_right_warning(
    house: EnrolmentHouse, photos: Path
) -> None:
    sources = ["obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg"]
    paths = [f"faces/{name}/{index}.jpg" for index in range(4) for name in ("tom", "tim")]
    uploads = [
        (path, house.upload(path, (photos / source).read_bytes()))
        for path, source in zip(paths, sources * 2, strict=True)
    ]
    instances = itertools.cycle([house.another(), house.another(), house.another()])
    arrivals = [
        lambda one=one, path=path, generation=generation: one.photo_arrived(path, generation)
        for one, (path, generation) in zip(instances, uploads, strict=False)
    ]
    assert set(_at_once(*arrivals)) == {"enrolled"}
    assert [len(house.enrolled(name)) for name in ("tom", "tim")] == [4, 4]
    assert set(_warning(house, "tom")) == {"tim"}
    assert set(_warning(house, "tim")) == {"tom"}
    assert _settled(house)


def test_photos_that_come_and_go_at_once_end_with_the_right_warning(
    twins: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    gone = int(twins.bucket.get_blob(TOM).generation)
    twins.delete(TOM)
    new = [(f"faces/{name}/2.jpg", photo) for name, photo in (("tom", other_face), ("ann", face))]
    uploads = [(path, twins.upload(path, photo)) for path, photo in new]
    twins.db.document("people/tim").update({"name": "Timothy"})
    events: list[Any] = [
        lambda: twins.another().photo_left(TOM, gone),
        lambda: twins.service.person_changed("tim"),
        *(
            lambda path=path, generation=generation: twins.another().photo_arrived(path, generation)
            for path, generation in uploads
        ),
    ]
    _at_once(*events)
    assert _settled(twins)
    assert _warning(twins, "tom") == {}
    assert set(_warning(twins, "ann")) == {"Timothy"}
    assert set(_warning(twins, "tim")) == {"ann"}


def test_a_person_deleted_while_a_look_alike_arrives_is_named_by_nobody(
    twins: EnrolmentHouse, face: bytes
) -> None:
    generation = twins.upload("faces/ann/1.jpg", face)
    twins.db.document("people/tim").delete()
    at = datetime.now(UTC)
    _at_once(
        lambda: twins.another().photo_arrived("faces/ann/1.jpg", generation),
        lambda: twins.service.person_left("tim", at),
    )
    assert set(_warning(twins, "tom")) == {"ann"}
    assert set(_warning(twins, "ann")) == {"tom"}
    assert _settled(twins)

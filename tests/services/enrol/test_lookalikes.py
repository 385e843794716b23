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
from tests.services.enrol.conftest import Desk
from tests.services.enrol.events import of_object, of_person
from tests.services.enrol.test_event_order import _at_once
from tests.support import functions

TOM, TIM = "faces/tom/1.jpg", "faces/tim/1.jpg"


def _warning(desk: Desk, person_id: str) -> dict[str, float]:
    """What the owner is warned of: names and distances; the same as ``detect`` goes by."""
    shown = (desk.person(person_id) or {}).get("lookalikes", [])
    stored = desk.gallery(person_id).get("lookalikes", {})
    assert {entry["personId"]: entry["distance"] for entry in shown} == stored
    return {entry["name"]: entry["distance"] for entry in shown}


@pytest.fixture
def twins(desk: Desk, photos: Path) -> Desk:
    """The same man under two names: look-alikes by construction."""
    desk.enrol(TOM, (photos / "obama.jpg").read_bytes())
    desk.enrol(TIM, (photos / "obama2.jpg").read_bytes())
    return desk


def _threshold(desk: Desk) -> float:
    return float(installed(desk.settings).card.threshold)


def _settled(desk: Desk) -> bool:
    stored = {one.id: one.to_dict() for one in desk.db.collection("gallery").get()}
    alive = {one: document for one, document in stored.items() if not document["deleted"]}
    people = [from_document(*item) for item in alive.items()]
    everybody = Gallery(people[0].model_id, people)
    return all(
        desk.gallery(one)["lookalikes"] == confusable(one, everybody, _threshold(desk)) for one in alive
    )


def test_the_owner_is_warned_of_both(twins: Desk, other_face: bytes) -> None:
    twins.enrol("faces/joe/1.jpg", other_face)
    assert 0 < _warning(twins, "tom")["tim"] < _threshold(twins)
    assert _warning(twins, "tim") == {"tom": _warning(twins, "tom")["tim"]}
    assert _warning(twins, "joe") == {}
    assert twins.enrolled("tom") == twins.enrolled("tim") == ["1.jpg"]


def test_different_people_are_told_apart(desk: Desk, strangers: list[bytes]) -> None:
    for index, photo in enumerate(strangers):
        assert desk.enrol(f"faces/{index}/1.jpg", photo)[1] == "enrolled"
    assert [_warning(desk, str(index)) for index in range(6)] == [{}] * 6


def test_the_log_says_who_and_how_close(desk: Desk, photos: Path, capfd: pytest.CaptureFixture[str]) -> None:
    desk.enrol(TOM, (photos / "obama.jpg").read_bytes())
    desk.enrol(TIM, (photos / "obama2.jpg").read_bytes())
    (line,) = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert line == {
        "severity": "WARNING",
        "message": "two people are hard to tell apart",
        "person": "tim",
        "other": "tom",
        "distance": _warning(desk, "tim")["tom"],
    }


def test_another_photo_may_bring_them_closer_and_its_removal_farther(twins: Desk, face: bytes) -> None:
    before = _warning(twins, "tom")["tim"]
    generation, _ = twins.enrol("faces/tim/2.jpg", face)
    assert _warning(twins, "tim") == {"tom": 0.0}
    twins.delete("faces/tim/2.jpg")
    twins.desk.photo_left("faces/tim/2.jpg", generation)
    assert _warning(twins, "tom") == {"tim": before}


@pytest.mark.parametrize("left", ["deleted", "replaced by a bad one", "replaced by somebody else's"])
def test_a_photo_that_leaves_takes_the_warning_along(twins: Desk, other_face: bytes, left: str) -> None:
    if left == "deleted":
        generation = int(twins.bucket.get_blob(TIM).generation)
        twins.delete(TIM)
        assert twins.desk.photo_left(TIM, generation) == "forgotten"
    else:
        twins.enrol(TIM, other_face if left.endswith("else's") else b"no photo")
    assert _warning(twins, "tom") == _warning(twins, "tim") == {}


def test_a_person_who_leaves_takes_the_warning_and_the_name_along(twins: Desk) -> None:
    twins.delete_person("tim")
    assert _warning(twins, "tom") == {}
    assert twins.gallery("tim")["deleted"] is True
    assert twins.person("tim") is None


def test_a_person_who_is_renamed_is_warned_of_by_the_new_name(twins: Desk) -> None:
    distance = _warning(twins, "tom")["tim"]
    twins.db.document("people/tim").update({"name": "Timothy"})
    assert twins.desk.person_changed("tim") == "profile synced"
    assert _warning(twins, "tom") == {"Timothy": distance}


def test_the_sites_own_threshold_decides(desk: Desk, photos: Path) -> None:
    desk.db.document("settings/site").set({"threshold": 0.01})
    desk.enrol(TOM, (photos / "obama.jpg").read_bytes())
    desk.enrol(TIM, (photos / "obama2.jpg").read_bytes())
    assert _warning(desk, "tom") == _warning(desk, "tim") == {}
    desk.db.document("settings/site").set({"threshold": 2.0})
    desk.desk = desk.another()
    desk.enrol("faces/joe/1.jpg", (photos / "biden.jpg").read_bytes())
    assert set(_warning(desk, "joe")) == {"tom", "tim"}


def test_another_model_measures_anew(twins: Desk) -> None:
    for path in (TOM, TIM):
        _, person_id, photo_id = path.split("/")
        for document in (f"gallery/{person_id}", f"people/{person_id}/photos/{photo_id}"):
            twins.db.document(document).update({"modelId": "former-model"})
    before = _warning(twins, "tom")
    twins.desk.photo_arrived(TOM, int(twins.bucket.get_blob(TOM).generation))
    assert _warning(twins, "tom") == _warning(twins, "tim") == {}
    twins.desk.photo_arrived(TIM, int(twins.bucket.get_blob(TIM).generation))
    assert _warning(twins, "tom") == before


def test_what_was_enrolled_stays_when_the_follow_up_fails_and_the_event_that_comes_again_does_the_rest(
    desk: Desk, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = functions.main("enroll")
    enrol.service.replace(desk.desk)
    desk.enrol(TOM, (photos / "obama.jpg").read_bytes())
    generation = desk.upload(TIM, (photos / "obama2.jpg").read_bytes())

    def silent(person_id: str, threshold: float) -> None:
        raise Unavailable("Firestore did not answer; try again.")

    with monkeypatch.context() as outage:
        outage.setattr(desk.desk._lookalikes, "follow", silent)
        with pytest.raises(Unavailable):
            main.enroll(of_object("finalized", TIM, generation))
    assert desk.enrolled("tim") == ["1.jpg"]
    assert _warning(desk, "tim") == {}
    main.enroll(of_object("finalized", TIM, generation))
    assert desk.enrolled("tim") == ["1.jpg"]
    assert set(_warning(desk, "tim")) == {"tom"}

    desk.delete(TIM)
    with monkeypatch.context() as outage:
        outage.setattr(desk.desk._lookalikes, "follow", silent)
        with pytest.raises(Unavailable):
            main.forget_photo(of_object("deleted", TIM, generation))
    main.forget_photo(of_object("deleted", TIM, generation))
    assert _warning(desk, "tom") == {}


def test_a_person_whose_farewell_is_interrupted_is_taken_off_the_others_when_the_event_comes_again(
    twins: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = functions.main("enroll")
    enrol.service.replace(twins.desk)

    def silent(person_id: str, threshold: float) -> None:
        raise Unavailable("Firestore did not answer; try again.")

    twins.db.document("people/tim").delete()
    farewell = of_person({"name": "tim"}, None, "tim")
    with monkeypatch.context() as outage:
        outage.setattr(twins.desk._lookalikes, "follow", silent)
        with pytest.raises(Unavailable):
            main.person_changed(farewell)
    assert set(_warning(twins, "tom")) == {"tim"}
    main.person_changed(farewell)
    assert _warning(twins, "tom") == {}


def test_photos_of_two_people_that_land_at_once_end_with_the_right_warning(desk: Desk, photos: Path) -> None:
    sources = ["obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg"]
    paths = [f"faces/{name}/{index}.jpg" for index in range(4) for name in ("tom", "tim")]
    uploads = [
        (path, desk.upload(path, (photos / source).read_bytes()))
        for path, source in zip(paths, sources * 2, strict=True)
    ]
    instances = itertools.cycle([desk.another(), desk.another(), desk.another()])
    arrivals = [
        lambda one=one, path=path, generation=generation: one.photo_arrived(path, generation)
        for one, (path, generation) in zip(instances, uploads, strict=False)
    ]
    assert set(_at_once(*arrivals)) == {"enrolled"}
    assert [len(desk.enrolled(name)) for name in ("tom", "tim")] == [4, 4]
    assert set(_warning(desk, "tom")) == {"tim"}
    assert set(_warning(desk, "tim")) == {"tom"}
    assert _settled(desk)


def test_photos_that_come_and_go_at_once_end_with_the_right_warning(
    twins: Desk, face: bytes, other_face: bytes
) -> None:
    gone = int(twins.bucket.get_blob(TOM).generation)
    twins.delete(TOM)
    new = [(f"faces/{name}/2.jpg", photo) for name, photo in (("tom", other_face), ("ann", face))]
    uploads = [(path, twins.upload(path, photo)) for path, photo in new]
    twins.db.document("people/tim").update({"name": "Timothy"})
    events: list[Any] = [
        lambda: twins.another().photo_left(TOM, gone),
        lambda: twins.desk.person_changed("tim"),
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


def test_a_person_deleted_while_a_look_alike_arrives_is_named_by_nobody(twins: Desk, face: bytes) -> None:
    generation = twins.upload("faces/ann/1.jpg", face)
    twins.db.document("people/tim").delete()
    at = datetime.now(UTC)
    _at_once(
        lambda: twins.another().photo_arrived("faces/ann/1.jpg", generation),
        lambda: twins.desk.person_left("tim", at),
    )
    assert set(_warning(twins, "tom")) == {"ann"}
    assert set(_warning(twins, "ann")) == {"tom"}
    assert _settled(twins)

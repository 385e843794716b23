"""Two strangers are one, two people are one, and a stranger nobody wants to hear of."""

from __future__ import annotations

from typing import Any

import pytest

from lookout.errors import Conflict
from tests.services.people.conftest import House, vector
from tests.support.documents import MODEL, NOON
from tests.support.stores import objects


def test_an_ignored_stranger_is_ignored_until_told_otherwise(house: House) -> None:
    house.stranger("s1", "s1")
    for body, ignored in ((None, True), ({"ignored": False}, False), ({}, True), ({"ignored": True}, True)):
        house.db.document("stranger_state/current").set({"changedAt": NOON})
        answer = house.done("/strangers/s1/ignore", body)
        assert answer == {"stranger_id": "s1", "ignored": ignored}
        assert house.read("strangers/s1")["ignored"] is ignored
        vectors = house.read("stranger_vectors/s1")
        assert (vectors["ignored"], list(vectors["vectors"])) == (ignored, ["s1"])
        assert house.read("stranger_state/current")["changedAt"] == vectors["changedAt"] > NOON


@pytest.mark.parametrize(
    ("body", "advice"), [([], "object"), ({"ignored": "yes"}, "Send"), ({"x": 1}, "'x'")]
)
def test_ignoring_takes_nothing_but_yes_and_no(house: House, body: object, advice: str) -> None:
    house.stranger("s1", "s1")
    status, message = house.refused("/strangers/s1/ignore", body)
    assert (status, advice in message) == (400, True)
    assert house.read("strangers/s1")["ignored"] is False


def test_merged_strangers_are_one_with_all_that_was_seen_of_both(house: House) -> None:
    house.stranger("s1", "s1", "a2", firstSeenAt=NOON.replace(hour=8))
    house.stranger("s2", "s2", lastSeenAt=NOON.replace(hour=20))
    house.open_visit("cam_back", "silent", stranger_id="s1")
    house.alert("a3", stranger_id="s1", is_open=True, reason="ambiguous", candidates=[{"personId": "Bob"}])
    before = house.hours()
    answer = house.done("/strangers/s1/merge", {"into": "s2"})
    assert answer == {"stranger_id": "s1", "into": "s2", "alerts": 3}
    assert {alert.get("strangerId") for alert in house.db.collection("alerts").stream()} == {"s2"}
    stranger = house.read("strangers/s2")
    seen = (stranger["visits"], stranger["firstSeenAt"], stranger["lastSeenAt"])
    assert seen == (3, NOON.replace(hour=8), NOON.replace(hour=20))
    assert sorted(house.read("stranger_vectors/s2")["vectors"]) == ["a2", "s1", "s2"]
    assert (house.get("strangers/s1"), house.read("stranger_vectors/s1")["removed"]) == (None, True)
    assert [house.visit(camera)["strangerId"] for camera in ("cam_front", "cam_back")] == ["s2", "s2"]
    # who it is has not been said: a frame may still recognise somebody, and may be between two
    assert (house.visit()["settled"], house.read("alerts/a3")["reason"]) == (False, "ambiguous")
    assert house.hours() == before


def test_of_the_vectors_of_both_the_newest_eight_are_kept(house: House) -> None:
    house.stranger("s1", *(f"a{index}" for index in range(6)))
    house.stranger("s2", *(f"b{index}" for index in range(6)))
    for index in range(6):
        for letter in "ab":
            seen = {"lastSeenAt": NOON.replace(minute=index)}
            house.db.document(f"alerts/{letter}{index}").update(seen)
    house.db.document("alerts/b5").delete()
    house.done("/strangers/s1/merge", {"into": "s2"})
    kept = sorted(house.read("stranger_vectors/s2")["vectors"])
    assert kept == ["a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4"]


def test_vectors_of_another_model_are_not_mixed_in(house: House) -> None:
    house.stranger("s1", "s1", modelId="m-2")
    house.stranger("s2", "s2")
    house.done("/strangers/s1/merge", {"into": "s2"})
    assert list(house.read("stranger_vectors/s2")["vectors"]) == ["s2"]
    assert house.read("alerts/s1")["strangerId"] == "s2"


@pytest.mark.parametrize(("quality", "best"), [(0.9, b"of s1"), (0.1, b"of s2")])
def test_the_better_picture_of_two_strangers_stays(house: House, quality: float, best: bytes) -> None:
    house.stranger("s1", "s1", picture=b"of s1", quality=quality)
    house.stranger("s2", "s2", quality=0.5)
    house.upload("strangers/s2/aaaaaaaaaaaa.jpg", b"of s2")
    house.db.document("strangers/s2").update({"facePath": "strangers/s2/aaaaaaaaaaaa.jpg"})
    house.done("/strangers/s1/merge", {"into": "s2"})
    stranger = house.read("strangers/s2")
    assert stranger["quality"] == max(quality, 0.5)
    assert [path for path in objects(house.bucket) if path.startswith("strangers/")] == [stranger["facePath"]]
    assert house.bucket.blob(stranger["facePath"]).download_as_bytes() == best


@pytest.mark.parametrize("quality", [0.9, 0.1])
def test_merging_two_strangers_whose_pictures_have_one_name_keeps_the_better(
    house: House, quality: float
) -> None:
    # as both were stored when the frame alone gave the name
    house.stranger("s1", "s1", picture=b"of s1", quality=quality)
    house.stranger("s2", "s2", picture=b"of s2", quality=0.5)
    house.done("/strangers/s1/merge", {"into": "s2"})
    path = house.read("strangers/s2")["facePath"]
    assert [one for one in objects(house.bucket) if one.startswith("strangers/")] == [path]
    assert house.bucket.blob(path).download_as_bytes() == (b"of s1" if quality > 0.5 else b"of s2")


def test_a_picture_goes_along_through_a_chain_of_mergers(house: House) -> None:
    for number, quality in enumerate((0.9, 0.5, 0.7, 0.3), 1):
        house.stranger(f"s{number}", f"s{number}", picture=f"of s{number}".encode(), quality=quality)
    for one, into in (("s1", "s2"), ("s3", "s2"), ("s2", "s4")):
        house.done(f"/strangers/{one}/merge", {"into": into})
        path = house.read(f"strangers/{into}")["facePath"]
        assert house.bucket.blob(path).download_as_bytes() == b"of s1"
    assert [one for one in objects(house.bucket) if one.startswith("strangers/")] == [path]


def test_merging_strangers_again_is_answered_the_same(house: House) -> None:
    house.stranger("s1", "s1")
    house.stranger("s2", "s2")
    house.stranger("s3", "s3")
    first = house.done("/strangers/s1/merge", {"into": "s2"})
    before = house.all()
    assert house.done("/strangers/s1/merge", {"into": "s2"}) == first
    assert house.refused("/strangers/s1/merge", {"into": "s3"})[0] == 409
    assert house.all() == before


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/strangers/s1/merge", {"into": "s1"}, 400),
        ("/strangers/s1/merge", {}, 400),
        ("/strangers/s1/merge", {"into": None}, 400),
        ("/strangers/s1/merge", {"into": "s2", "x": 1}, 400),
        ("/strangers/s1/merge", {"into": "nobody"}, 404),
        ("/strangers/nobody/merge", {"into": "s1"}, 404),
        ("/strangers/s1/merge", {"into": "named"}, 409),
        ("/strangers/named/merge", {"into": "s1"}, 409),
        ("/strangers/named/ignore", None, 409),
        ("/strangers/nobody/ignore", None, 404),
        ("/strangers/old/ignore", None, 404),
        ("/strangers/s1/merge", {"into": "old"}, 404),
        ("/strangers/__x__/merge", {"into": "s1"}, 404),
        ("/strangers/%2E%2E/name", {"name": "A"}, 404),
        ("/strangers/a%2Fb/name", {"name": "A"}, 404),
        ("/people/Anna/merge", {"into": "Anna"}, 400),
        ("/people/Anna/merge", [], 400),
        ("/people/Anna/merge", {"into": "Nobody"}, 404),
        ("/people/Nobody/merge", {"into": "Anna"}, 404),
        ("/people/Anna/merge", {"into": "../Anna"}, 404),
        ("/people/__x__/merge", {"into": "Anna"}, 404),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(
    house: House, path: str, body: Any, status: int
) -> None:
    house.person("Anna")
    house.stranger("s1", "s1")
    house.stranger("named", "n1", personId="Postman")
    house.stranger("old", "o1", expireAt=NOON)
    before = house.all()
    assert house.refused(path, body)[0] == status
    assert house.all() == before


def test_who_stood_beside_somebody_is_the_one_who_stays(house: House) -> None:
    for person_id in ("Rob", "Bobby", "Eve"):
        house.person(person_id)
    for alert_id, beside in (("a1", ["Eve", "Rob"]), ("a2", ["Bobby", "Rob"]), ("a3", ["Eve"])):
        house.alert(alert_id, beside=beside)
    house.done("/people/Rob/merge", {"into": "Bobby"})
    found = [house.read(f"alerts/{one}")["beside"] for one in ("a1", "a2", "a3")]
    assert found == [["Bobby", "Eve"], ["Bobby"], ["Eve"]]


def test_where_others_are_told_from_a_merged_person_it_is_from_who_stays(house: House) -> None:
    def face(alert_id: str, person_id: str) -> dict[str, Any]:
        return {"alertId": alert_id, "personId": person_id, "modelId": MODEL, "vector": vector(1)}

    def between(*person_ids: str) -> list[dict[str, Any]]:
        return [{"personId": one, "person": one, "distance": 0.3 + len(one)} for one in person_ids]

    house.person("Rob")
    house.person("Bobby")
    house.person("Eve", None, face("x1", "Rob"), face("x2", "Bobby"), face("x3", "Tim"))
    for alert_id, people in (("m1", ("Rob", "Eve")), ("m2", ("Rob", "Bobby")), ("m3", ("Tim", "Eve"))):
        house.alert(alert_id, None, reason="ambiguous", candidates=between(*people))
    version = house.read("gallery_state/current")["version"]
    house.done("/people/Rob/merge", {"into": "Bobby"})
    candidates = [house.read(f"alerts/{one}")["candidates"] for one in ("m1", "m2", "m3")]
    assert [[one["personId"] for one in some] for some in candidates] == [
        ["Bobby", "Eve"],
        ["Bobby"],
        ["Tim", "Eve"],
    ]
    assert candidates[0][0] == {"personId": "Bobby", "person": "Bobby", "distance": 3.3}
    eve = house.read("gallery/Eve")
    assert [(one["alertId"], one["personId"]) for one in eve["negatives"]] == [
        ("x1", "Bobby"),
        ("x2", "Bobby"),
        ("x3", "Tim"),
    ]
    assert eve["version"] > version


def test_merged_people_are_one_with_photos_alerts_and_negatives(house: House) -> None:
    def negative(alert_id: str, person_id: str | None) -> dict[str, Any]:
        return {"alertId": alert_id, "personId": person_id, "modelId": MODEL, "vector": vector(1)}

    house.person("Robért", None, negative("x1", "Bob"), negative("x2", None), negative("x3", "Eve"))
    house.upload("faces/Robért/2.jpg", b"another one")
    house.person("Bob", None, negative("x3", None), negative("x4", "Robért"))
    house.alert("a1", "Robért", is_open=True)
    house.alert("a2", "Robért", cameraId="cam_back")
    house.alert("a3", "Bob")
    answer = house.done("/people/Rob%C3%A9rt/merge", {"into": "Bob"})
    assert answer == {
        "person_id": "Robért",
        "into": "Bob",
        "person": "Bob",
        "alerts": 2,
        "photos": 2,
        "enrolled": 0,
        "rejected": [],
        "waiting": 2,
    }
    assert {alert.get("person") for alert in house.db.collection("alerts").stream()} == {"Bob"}
    assert (house.by_person(), house.by_person("cam_back")) == ({"Bob": 2}, {"Bob": 1})
    assert (house.visit()["personId"], house.visit()["settled"]) == ("Bob", False)
    photos = [path for path in objects(house.bucket) if path.startswith("faces/Bob/")]
    assert photos == ["faces/Bob/1.jpg", "faces/Bob/2.jpg", "faces/Bob/Robért-1.jpg"]
    assert house.bucket.blob("faces/Bob/1.jpg").download_as_bytes() == b"Bob"
    assert house.bucket.blob("faces/Bob/Robért-1.jpg").download_as_bytes() == "Robért".encode()
    kept = house.read("gallery/Bob")
    assert [(one["alertId"], one["personId"]) for one in kept["negatives"]] == [("x2", None), ("x3", None)]


def test_a_merged_person_is_deleted_and_recognised_no_more(house: House) -> None:
    house.person("Rob")
    house.person("Bob")
    house.done("/people/Rob/merge", {"into": "Bob"})
    assert house.get("people/Rob") is None
    gone = house.read("gallery/Rob")
    assert set(gone) == {"version", "deleted", "deletedAt", "expireAt"}
    assert (gone["deleted"], gone["version"]) == (True, 3)
    assert house.read("gallery_state/current")["version"] == 3


def test_merging_people_again_is_answered_the_same(house: House) -> None:
    for person_id in ("Rob", "Bob", "Eve"):
        house.person(person_id)
    house.alert("a1", "Rob")
    first = house.done("/people/Rob/merge", {"into": "Bob"})
    before = house.all()
    assert house.done("/people/Rob/merge", {"into": "Bob"}) == first
    assert house.refused("/people/Rob/merge", {"into": "Eve"})[0] == 409
    assert house.all() == before


def test_somebody_new_of_a_merged_name_can_be_merged_once_more(house: House) -> None:
    house.person("Rob")
    house.person("Bob")
    house.done("/people/Rob/merge", {"into": "Bob"})
    house.person("Rob")
    house.person("Eve")
    house.alert("a1", "Rob")
    assert house.done("/people/Rob/merge", {"into": "Eve"})["alerts"] == 1


def test_nobody_is_merged_into_a_person_who_is_being_merged(house: House) -> None:
    for person_id in ("Rob", "Bob", "Eve"):
        house.person(person_id)
    service = house.service()
    service.jobs.merge_people.begin("Bob", "Eve", "u")
    with pytest.raises(Conflict, match="try again"):
        service.jobs.merge_people.begin("Rob", "Bob", "u")
    house.alert("a1")
    assert house.refused("/alerts/a1/correct", {"person_id": "Bob"})[0] == 409
    # the call itself finishes what is in its way, and finds that Bob is gone
    assert house.refused("/people/Rob/merge", {"into": "Bob"})[0] == 404

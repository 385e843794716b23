"""An owner says who an alert really is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.people.conftest import House, vector
from tests.support.documents import MODEL, NOON
from tests.support.stores import objects


def correct(house: House, alert_id: str, **who: Any) -> dict[str, Any]:
    return house.done(f"/alerts/{alert_id}/correct", who)


def negatives(house: House, person_id: str) -> list[tuple[str, str | None]]:
    return [(one["alertId"], one["personId"]) for one in house.read(f"gallery/{person_id}")["negatives"]]


def test_not_this_person_makes_the_alert_unknown(house: House) -> None:
    house.person("Anna")
    house.alert("a1", "Anna", is_open=True)
    answer = correct(house, "a1", person_id=None)
    unknown = {"person_id": None, "person": "Unknown", "is_known": False, "stranger_id": None}
    was = {"person_id": "Anna", "person": "Anna", "is_known": True, "stranger_id": None}
    assert answer == {"alert_id": "a1", **unknown, "was": was}
    alert = house.read("alerts/a1")
    told = ("personId", "person", "isKnown", "reason", "candidates", "strangerId", "reviewed")
    assert [alert[field] for field in told] == [None, "Unknown", False, "unknown", [], None, True]
    assert alert["correctedAt"] > NOON
    assert alert["correctedBy"]
    assert (house.visit()["personId"], house.visit()["settled"]) == (None, True)
    assert house.hours() == {"unknown": 1}
    assert house.by_person() == {}


def test_the_face_becomes_a_negative_and_the_gallery_has_a_new_version(house: House) -> None:
    house.person("Anna")
    house.person("Bob")
    house.alert("a1", "Anna")
    before = house.read("gallery/Anna")
    correct(house, "a1", person_id=None)
    negative = {"alertId": "a1", "personId": None, "modelId": MODEL, "vector": vector(2)}
    assert house.read("gallery/Anna") == before | {"negatives": [negative], "version": 3}
    assert house.read("gallery_state/current") == {"version": 3, "modelId": MODEL}


def test_somebody_elses_alert_is_theirs_and_a_negative_of_who_it_was_taken_for(house: House) -> None:
    house.person("Anna")
    house.person("Bob", "Robert")
    house.alert("a1", "Anna", is_open=True)
    answer = correct(house, "a1", person_id="Bob")
    assert (answer["person_id"], answer["person"], answer["was"]["person_id"]) == ("Bob", "Robert", "Anna")
    alert = house.read("alerts/a1")
    assert (alert["personId"], alert["person"], alert["reason"]) == ("Bob", "Robert", "known")
    assert negatives(house, "Anna") == [("a1", "Bob")]
    assert negatives(house, "Bob") == []
    assert (house.visit()["person"], house.visit()["settled"]) == ("Robert", True)
    assert house.hours() == {"known": 1}
    assert house.by_person() == {"Bob": 1}


def test_an_unknown_alert_that_gets_a_person_is_nobodys_negative(house: House) -> None:
    house.person("Bob")
    house.alert("a1", reason="ambiguous", candidates=[{"personId": "Bob"}])
    correct(house, "a1", person_id="Bob")
    alert = house.read("alerts/a1")
    assert (alert["personId"], alert["reason"], alert["candidates"]) == ("Bob", "known", [])
    assert negatives(house, "Bob") == []
    assert house.read("gallery_state/current")["version"] == 1


def test_an_alert_is_one_negative_however_often_it_is_corrected(house: House) -> None:
    house.person("Anna")
    house.person("Bob")
    house.alert("a1", "Anna")
    for person_id in ("Bob", "Anna", "Bob"):
        correct(house, "a1", person_id=person_id)
    assert negatives(house, "Anna") == [("a1", "Bob")]
    assert negatives(house, "Bob") == []


def test_who_is_confirmed_is_settled_and_no_negative(house: House) -> None:
    house.person("Anna")
    house.alert("a1", "Anna", is_open=True)
    correct(house, "a1", person_id="Anna")
    assert (house.read("alerts/a1")["reviewed"], house.visit()["settled"]) == (True, True)
    assert negatives(house, "Anna") == []
    assert house.by_person() == {"Anna": 1}


def test_an_ambiguous_alert_that_is_neither_is_unknown(house: House) -> None:
    house.alert("a1", reason="ambiguous", candidates=[{"personId": "Bob"}])
    correct(house, "a1", person_id=None)
    assert (house.read("alerts/a1")["reason"], house.read("alerts/a1")["candidates"]) == ("unknown", [])


def test_fifty_negatives_are_kept_the_newest_last(house: House) -> None:
    old = [
        {"alertId": f"o{index}", "personId": None, "modelId": MODEL, "vector": vector(index)}
        for index in range(50)
    ]
    house.person("Anna", None, *old)
    house.alert("a1", "Anna")
    correct(house, "a1", person_id=None)
    kept = negatives(house, "Anna")
    assert (len(kept), kept[0][0], kept[-1][0]) == (50, "o1", "a1")


def test_without_a_vector_or_a_gallery_the_alert_is_corrected_all_the_same(house: House) -> None:
    house.person("Anna")
    house.alert("a1", "Anna")
    house.alert("a2", "Gone")
    house.db.document("alert_vectors/a1").delete()
    for alert_id in ("a1", "a2"):
        correct(house, alert_id, person_id=None)
        assert house.read(f"alerts/{alert_id}")["person"] == "Unknown"
    assert negatives(house, "Anna") == []
    assert house.get("gallery/Gone") is None


def test_a_deleted_persons_tombstone_gets_no_negative(house: House) -> None:
    house.alert("a1", "Anna")
    tombstone = {"deleted": True, "version": 4, "deletedAt": NOON}
    house.db.document("gallery/Anna").set(tombstone)
    correct(house, "a1", person_id=None)
    assert house.read("gallery/Anna") == tombstone


def test_a_stranger_loses_the_alert_that_is_somebody(house: House) -> None:
    house.person("Bob")
    house.stranger("s1", "s1", "a2", "a3")
    correct(house, "a2", person_id="Bob")
    assert house.read("strangers/s1")["visits"] == 2
    assert sorted(house.read("stranger_vectors/s1")["vectors"]) == ["a3", "s1"]
    assert house.read("stranger_state/current")["changedAt"] > NOON
    assert house.read("alerts/a2")["strangerId"] is None


def test_a_picture_of_the_alert_that_is_somebody_goes_with_it(house: House) -> None:
    house.person("Bob")
    house.stranger("s1", "a1", "a2", "a3", picture=b"face of a1", faceAlertId="a1")
    correct(house, "a2", person_id="Bob")
    assert "strangers/s1/0123456789ab.jpg" in objects(house.bucket)
    correct(house, "a1", person_id="Bob")
    assert house.read("strangers/s1")["facePath"] is None
    assert not [path for path in objects(house.bucket) if path.startswith("strangers/")]


def test_a_stranger_whose_only_alert_is_somebody_is_gone(house: House) -> None:
    house.person("Bob")
    house.stranger("s1", "s1", picture=b"the best")
    correct(house, "s1", person_id="Bob")
    assert house.get("strangers/s1") is None
    assert house.read("stranger_vectors/s1")["removed"] is True
    assert not [path for path in objects(house.bucket) if path.startswith("strangers/")]


def test_an_unknown_alert_that_is_said_to_be_unknown_stays_its_strangers(house: House) -> None:
    house.stranger("s1", "s1")
    assert correct(house, "s1", person_id=None)["stranger_id"] == "s1"
    assert house.read("strangers/s1")["visits"] == 1
    assert house.read("alerts/s1")["reviewed"] is True


def test_an_alert_that_is_a_stranger_seen_before_joins_it(house: House) -> None:
    house.person("Anna")
    house.stranger("s1", "s1")
    later = NOON.replace(hour=15)
    house.alert("a1", "Anna", is_open=True, lastSeenAt=later)
    answer = correct(house, "a1", stranger_id="s1")
    assert (answer["person"], answer["stranger_id"]) == ("Unknown", "s1")
    assert (house.read("alerts/a1")["strangerId"], house.visit()["strangerId"]) == ("s1", "s1")
    stranger = house.read("strangers/s1")
    assert (stranger["visits"], stranger["firstSeenAt"], stranger["lastSeenAt"]) == (2, NOON, later)
    assert sorted(house.read("stranger_vectors/s1")["vectors"]) == ["a1", "s1"]
    assert negatives(house, "Anna") == [("a1", None)]
    again = house.all()
    correct(house, "a1", stranger_id="s1")
    assert house.all() == again


def test_an_alert_moves_from_one_stranger_to_another(house: House) -> None:
    house.stranger("s1", "s1", "a2")
    house.stranger("s2", "s2")
    correct(house, "a2", stranger_id="s2")
    assert [house.read(f"strangers/{one}")["visits"] for one in ("s1", "s2")] == [1, 2]
    assert list(house.read("stranger_vectors/s1")["vectors"]) == ["s1"]
    assert sorted(house.read("stranger_vectors/s2")["vectors"]) == ["a2", "s2"]


def test_a_stranger_of_another_model_gets_the_alert_without_its_vector(house: House) -> None:
    house.stranger("s1", "s1", modelId="m-2")
    house.alert("a1")
    correct(house, "a1", stranger_id="s1")
    assert (house.read("strangers/s1")["visits"], house.read("alerts/a1")["strangerId"]) == (2, "s1")
    assert list(house.read("stranger_vectors/s1")["vectors"]) == ["s1"]


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("body", "status", "advice"),
    [
        ([], 400, "JSON object"),
        ({}, 400, "Send"),
        ({"person_id": "Bob", "stranger_id": "s1"}, 400, "Send"),
        ({"person": "Bob"}, 400, "'person'"),
        ({"person_id": 7}, 400, "must be an id"),
        ({"person_id": ""}, 400, "must be an id"),
        ({"stranger_id": None}, 400, "must be an id"),
        ({"person_id": "Nobody"}, 404, "no person 'Nobody'"),
        ({"person_id": "a/../b"}, 404, "no person"),
        ({"stranger_id": "nobody"}, 404, "no stranger 'nobody'"),
        ({"stranger_id": "__x__"}, 404, "no stranger"),
    ],
)
def test_a_correction_that_is_none_is_refused_with_advice(
    house: House, body: object, status: int, advice: str
) -> None:
    house.person("Anna")
    house.alert("a1", "Anna", is_open=True)
    before = house.all()
    refused = house.refused("/alerts/a1/correct", body)
    assert (refused[0], advice in refused[1]) == (status, True), refused
    assert house.all() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 16000, b"\xff", b'{"a":' * 3000])
def test_a_body_that_is_no_json_is_refused(house: House, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {house.token}"}
    answer: Any = house.client.post("/alerts/a1/correct", headers=headers, data=body)
    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")


def test_an_alert_that_is_not_there_or_expired_is_told(house: House) -> None:
    house.alert("old", "Anna", expireAt=NOON)
    for alert_id in ("nothing", "old", "..%2F..", "__x__", "%2E%2E"):
        assert house.refused(f"/alerts/{alert_id}/correct", {"person_id": None})[0] == 404, alert_id


def test_an_alert_cannot_become_a_stranger_who_is_being_named(house: House) -> None:
    house.stranger("s1", "s1", personId="Postman")
    house.alert("a1")
    assert house.refused("/alerts/a1/correct", {"stranger_id": "s1"})[0] == 409
    assert house.read("alerts/a1")["strangerId"] is None


@pytest.mark.parametrize("alert_id", ["a1", "another"])
def test_who_was_not_there_has_not_arrived_that_day(house: House, alert_id: str) -> None:
    house.person("Anna")
    house.alert("a1", "Anna")
    arrival = house.db.document(f"arrivals/{house.read('alerts/a1')['day']}_Anna")
    arrival.set({"alertId": alert_id})
    correct(house, "a1", person_id=None)
    assert arrival.get().exists is (alert_id == "another")

"""A stranger gets a name, once, with everything that was seen of him."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lookout.cloud.corrections import name_stranger, relabelling
from lookout.domain.people.requests import parse_naming
from lookout.services import people as people_service
from tests.services.people.conftest import House
from tests.support.documents import DAY, NOON
from tests.support.stores import objects


def name(house: House, stranger_id: str = "s1", name: str = "Postman") -> dict[str, object]:
    return house.done(f"/strangers/{stranger_id}/name", {"name": name})


def test_a_named_stranger_is_a_person_with_past_alerts_and_photos(house: House) -> None:
    house.stranger("s1", "s1", "a2")
    house.alert("other")
    answer = name(house)
    assert answer == {
        "stranger_id": "s1",
        "person_id": "Postman",
        "person": "Postman",
        "alerts": 2,
        "pictures": 2,
        "enrolled": 0,
        "rejected": [],
        "waiting": 2,
    }
    person = house.read("people/Postman")
    assert (person["name"], person["muted"], person["photoCount"]) == ("Postman", False, 0)
    for alert_id in ("s1", "a2"):
        alert = house.read(f"alerts/{alert_id}")
        told = ("personId", "person", "isKnown", "reason", "strangerId", "candidates", "reviewed")
        assert [alert[field] for field in told] == ["Postman", "Postman", True, "known", None, [], False]
    assert house.read("alerts/other")["person"] == "Unknown"
    assert [path for path in objects(house.bucket) if path.startswith("faces/")] == [
        "faces/Postman/stranger-a2.jpg",
        "faces/Postman/stranger-s1.jpg",
    ]


def test_the_counts_of_the_day_move_with_the_alerts(house: House) -> None:
    house.stranger("s1", "s1", "a2")
    house.alert("other")
    name(house)
    assert house.hours() == {"known": 2, "unknown": 1}
    assert house.read(f"days/{DAY}_cam_front")["people"] == {"Postman": {"name": "Postman", "alerts": 2}}


def test_an_alert_whose_day_is_not_counted_any_more_gets_the_name_all_the_same(house: House) -> None:
    house.stranger("s1", "s1")
    house.db.document(f"days/{DAY}_cam_front").delete()
    assert name(house)["alerts"] == 1
    assert house.get(f"days/{DAY}_cam_front") is None


def test_the_open_visit_is_the_persons_and_settled(house: House) -> None:
    house.stranger("s1")
    house.alert("s1", stranger_id="s1", is_open=True)
    before = house.visit()
    name(house)
    changed = {"personId": "Postman", "person": "Postman", "strangerId": None, "settled": True}
    assert house.visit() == before | changed
    (frame,) = house.read("visits/cam_front")["recent"]
    (outcome,) = frame["outcomes"]
    assert (outcome["personId"], outcome["person"], outcome["reason"]) == ("Postman", "Postman", "known")


def test_a_visit_without_an_alert_is_the_persons_too(house: House) -> None:
    house.stranger("s1", "s1", ignored=True)
    house.open_visit("cam_back", "silent", stranger_id="s1")
    name(house)
    assert house.visit("cam_back")["personId"] == "Postman"


def test_the_stranger_is_gone_and_leaves_a_tombstone(house: House) -> None:
    house.stranger("s1", "s1", picture=b"the best")
    name(house)
    assert house.get("strangers/s1") is None
    tombstone = house.read("stranger_vectors/s1")
    assert set(tombstone) == {"removed", "changedAt", "expireAt"}
    assert tombstone["removed"] is True
    assert timedelta(hours=23) < tombstone["expireAt"] - datetime.now(UTC) < timedelta(hours=25)
    assert house.read("stranger_state/current")["changedAt"] == tombstone["changedAt"]
    assert not [path for path in objects(house.bucket) if path.startswith("strangers/")]
    assert house.bucket.blob("faces/Postman/stranger-s1-best.jpg").download_as_bytes() == b"the best"


def test_five_crops_are_brought_the_best_ones_and_none_twice(house: House) -> None:
    house.stranger("s1", picture=b"face of a7", quality=0.7)
    for index in range(1, 8):
        house.alert(f"a{index}", stranger_id="s1", quality=index / 10)
    answer = name(house)
    assert (answer["alerts"], answer["pictures"]) == (7, 5)
    photos = [path for path in objects(house.bucket) if path.startswith("faces/")]
    assert photos == [f"faces/Postman/stranger-a{index}.jpg" for index in (3, 4, 5, 6, 7)]


def test_an_alert_without_a_picture_is_named_too(house: House) -> None:
    house.stranger("s1")
    house.alert("a1", stranger_id="s1", facePath=None)
    house.alert("a2", stranger_id="s1", facePath="alerts/a2/gone/face.jpg")
    answer = name(house)
    assert (answer["alerts"], answer["pictures"]) == (2, 0)


def test_more_alerts_than_are_asked_for_at_once_get_the_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relabelling, "PAGE", 2)
    house.stranger("s1", "s1", "a2", "a3", "a4", "a5")
    assert name(house)["alerts"] == 5
    assert house.by_person() == {"Postman": 5}


def test_the_answer_says_what_became_of_the_photos(house: House) -> None:
    house.stranger("s1", "s1", "a2", "a3")
    photos = house.db.collection("people/Postman/photos")
    photos.document("stranger-s1.jpg").set({"status": "enrolled"})
    photos.document("stranger-a2.jpg").set({"status": "rejected", "reason": "the face is blurred"})
    answer = name(house)
    assert (answer["enrolled"], answer["waiting"]) == (1, 1)
    assert answer["rejected"] == [{"photo": "stranger-a2.jpg", "reason": "the face is blurred"}]


def test_the_answer_waits_until_the_photos_are_enrolled(house: House) -> None:
    house.stranger("s1", "s1")
    people_service.service.replace(house.service(enrol_seconds=20.0))
    photo = house.db.document("people/Postman/photos/stranger-s1.jpg")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(name, house)
        while not house.bucket.blob("faces/Postman/stranger-s1.jpg").exists():
            assert not answer.done()
        photo.set({"status": "processing"})
        assert house.read("strangers/s1")["personId"] == "Postman"
        assert house.read("stranger_vectors/s1")["name"] == "Postman"
        photo.set({"status": "enrolled"})
        assert (answer.result(15)["enrolled"], answer.result()["waiting"]) == (1, 0)
    assert house.get("strangers/s1") is None


@pytest.mark.long
def test_a_stranger_stays_that_person_while_enrolment_is_late(house: House) -> None:
    house.stranger("s1", "s1")
    people_service.service.replace(house.service(enrol_seconds=1.0))
    assert (name(house)["enrolled"], name(house)["waiting"]) == (0, 1)
    # the answer was given, and frames are still answered with the name
    assert house.read("stranger_vectors/s1")["name"] == "Postman"
    assert house.read("jobs/name_s1")["state"] == "running"
    house.db.document("people/Postman/photos/stranger-s1.jpg").set({"status": "enrolled"})
    assert (name(house)["enrolled"], name(house)["waiting"]) == (1, 0)
    assert house.get("strangers/s1") is None


def test_a_stranger_goes_when_enrolment_does_not_come(house: House) -> None:
    house.stranger("s1", "s1")
    service = house.service(enrol_seconds=0.2)
    people_service.service.replace(service)
    assert name(house)["waiting"] == 1
    assert house.get("strangers/s1") is not None
    house.age_job("name_s1", timedelta(seconds=0.2 * name_stranger.WAITS))
    assert service.jobs.runner.resume_all(timedelta(0)) == 1
    assert house.get("strangers/s1") is None
    assert house.read("jobs/name_s1")["result"]["waiting"] == 1


@pytest.mark.parametrize("said", ["Anna", " anna ", "ANNA", "A\u0301nna"])
def test_a_stranger_joins_the_person_of_the_same_name(house: House, said: str) -> None:
    house.person("p-1", "\u00c1nna" if "\u0301" in said else "Anna")
    house.stranger("s1", "s1")
    assert name(house, name=said)["person_id"] == "p-1"
    assert [person.id for person in house.db.collection("people").stream()] == ["p-1"]
    assert house.read("alerts/s1")["personId"] == "p-1"


def test_a_stranger_joins_the_person_of_that_id(house: House) -> None:
    house.person("李小龙", "Bruce")
    house.stranger("s1", "s1")
    answer = house.done("/strangers/s1/name", {"person_id": "李小龙"})
    assert (answer["person_id"], answer["person"]) == ("李小龙", "Bruce")
    assert house.read("alerts/s1")["person"] == "Bruce"


@pytest.mark.parametrize("wanted", [{"person_id": "Anna"}, {"name": "anna"}])
def test_a_stranger_who_is_somebody_muted_is_muted_from_the_first_moment(
    house: House, wanted: dict[str, str]
) -> None:
    house.person("Anna")
    house.stranger("s1", "s1")
    begin = house.service().jobs.name_stranger.begin
    job = begin("s1", parse_naming(wanted), "u")
    assert house.read("stranger_vectors/s1")["ignored"] is False
    house.db.document(f"jobs/{job.id}").delete()
    house.db.document("people/Anna").update({"muted": True})
    begin("s1", parse_naming(wanted), "u")
    assert house.read("stranger_vectors/s1")["ignored"] is True


def test_a_name_that_can_be_no_id_is_a_name_all_the_same(house: House) -> None:
    house.stranger("s1", "s1")
    person_id = name(house, name="Mum/Dad")["person_id"]
    assert str(person_id).startswith("person-")
    assert house.read(f"people/{person_id}")["name"] == "Mum/Dad"


def test_an_id_that_somebody_else_has_is_not_taken_over(house: House) -> None:
    house.person("Anna", "Eva")
    house.stranger("s1", "s1")
    person_id = name(house, name="Anna")["person_id"]
    assert person_id != "Anna"
    assert house.read("people/Anna")["name"] == "Eva"


def test_the_same_call_again_is_answered_the_same_and_changes_nothing(house: House) -> None:
    house.stranger("s1", "s1", picture=b"the best")
    first = name(house)
    before = house.all()
    assert name(house) == first
    assert name(house, name="postman") == first
    assert house.done("/strangers/s1/name", {"person_id": "Postman"}) == first
    assert house.all() == before


def test_another_name_for_a_named_stranger_is_refused(house: House) -> None:
    house.stranger("s1", "s1")
    name(house)
    status, message = house.refused("/strangers/s1/name", {"name": "Milkman"})
    assert (status, "was named 'Postman'" in message) == (409, True)
    assert house.get("people/Milkman") is None


@pytest.mark.parametrize("named", ["postman", "Postman"])
def test_two_strangers_named_the_same_at_once_are_one_person(house: House, named: str) -> None:
    house.stranger("s1", "s1", "a2")
    house.stranger("s2", "s2", "b2", "b3")
    services = [house.service(), house.service()]
    wanted = parse_naming
    with ThreadPoolExecutor(2) as pool:

        def call(index: int, said: str) -> dict[str, object]:
            job = services[index].jobs.name_stranger.begin(f"s{index + 1}", wanted({"name": said}), "u")
            result: dict[str, object] = services[index].jobs.runner.finish(job)
            return result

        answers = list(pool.map(call, (0, 1), ("Postman", named)))
    (person,) = house.db.collection("people").stream()
    assert [answer["person_id"] for answer in answers] == [person.id, person.id]
    assert sorted(answer["alerts"] for answer in answers) == [2, 3]  # type: ignore[type-var]
    assert {alert.get("personId") for alert in house.db.collection("alerts").stream()} == {person.id}
    assert house.by_person() == {person.id: 5}
    assert house.hours() == {"known": 5}


def test_the_same_stranger_named_twice_at_once_is_named_once(house: House) -> None:
    house.stranger("s1", "s1", "a2", "a3", picture=b"the best")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: name(house), range(3)))
    assert answers[0]["alerts"] == 3
    assert answers[1:] == answers[:1] * 2
    assert house.by_person() == {"Postman": 3}


def test_a_person_who_is_deleted_meanwhile_stays_deleted(house: House) -> None:
    house.stranger("s1", "s1", picture=b"the best")
    service = house.service()
    job = service.jobs.name_stranger.begin("s1", parse_naming({"name": "Postman"}), "u")
    house.db.document("people/Postman").delete()
    assert service.jobs.runner.resume_all(timedelta(0)) == 0
    assert house.get("people/Postman") is None
    assert house.get(f"jobs/{job.id}") is None
    assert (house.read("strangers/s1")["personId"], house.read("alerts/s1")["strangerId"]) == (None, "s1")
    vectors = house.read("stranger_vectors/s1")
    assert (vectors["personId"], vectors["name"], len(vectors["vectors"])) == (None, None, 1)
    assert not [path for path in objects(house.bucket) if path.startswith("faces/")]


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("body", "status", "advice"),
    [
        ([], 400, "JSON object"),
        ("Postman", 400, "JSON object"),
        ({}, 400, "either"),
        ({"name": "A", "person_id": "B"}, 400, "either"),
        ({"nmae": "A"}, 400, "'nmae'"),
        ({"name": ""}, 400, "1 to 100"),
        ({"name": "   "}, 400, "1 to 100"),
        ({"name": "x" * 101}, 400, "1 to 100"),
        ({"name": 7}, 400, "1 to 100"),
        ({"name": None}, 400, "1 to 100"),
        ({"name": "A\nB"}, 400, "control"),
        ({"name": "A\u0000"}, 400, "control"),
        ({"name": "\ud800"}, 400, "unpaired surrogate"),
        ({"person_id": ""}, 400, "must be an id"),
        ({"person_id": ["Anna"]}, 400, "must be an id"),
        ({"person_id": "Nobody"}, 404, "no person 'Nobody'"),
        ({"person_id": "../x"}, 404, "no person"),
        ({"person_id": "__all__"}, 404, "no person"),
        ({"person_id": ".."}, 404, "no person"),
    ],
)
def test_a_name_that_is_none_is_refused_with_advice(
    house: House, body: object, status: int, advice: str
) -> None:
    house.stranger("s1", "s1")
    before = house.all()
    refused = house.refused("/strangers/s1/name", body)
    assert (refused[0], advice in refused[1]) == (status, True), refused
    assert house.all() == before


def test_an_expired_stranger_is_none(house: House) -> None:
    house.stranger("s1", "s1", expireAt=NOON)
    assert house.refused("/strangers/s1/name", {"name": "Postman"})[0] == 404
    assert house.get("people/Postman") is None

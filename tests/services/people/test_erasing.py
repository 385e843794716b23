"""Erasing somebody: everything goes, of nobody else, however it is interrupted; and a receipt is left."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from lookout.cloud.privacy.verification import find_traces
from lookout.services import people as people_service
from tests.services.people.conftest import House, vector
from tests.services.people.test_interrupted import (
    Killed,
    clear,
    differing,
    interrupted_everywhere,
    killed_at,
)
from tests.support.documents import DAY, LATER, MODEL, NOON
from tests.support.stores import objects

LONG_AGO = NOON - timedelta(hours=3)


def left_of(house: House, person_id: str, name: str | None = None) -> list[str]:
    return find_traces(house.stores, person_id, name)


def live_with(house: House, person_id: str, name: str | None = None) -> None:
    """Somebody who left every trace that there is; and Bob, beside them."""
    house.person(person_id, name)
    house.person(
        "Bob",
        None,
        {"alertId": "h1", "personId": None, "modelId": MODEL, "vector": vector(3)},
        {"alertId": "x", "personId": person_id, "modelId": MODEL, "vector": vector(4)},
        {"alertId": "y", "personId": None, "modelId": MODEL, "vector": vector(5)},
    )
    looks = {"personId": person_id, "name": name or person_id, "distance": 0.2}
    house.db.document("people/Bob").update({"lookalikes": [looks]})
    house.db.document("gallery/Bob").update({"lookalikes": {person_id: 0.2}})
    house.alert("h1", person_id, is_open=True, person=name or person_id)
    house.upload("alerts/h1/0123456789ab/frame.jpg", b"frame")
    house.alert("h2", person_id, cameraId="cam_back", firstSeenAt=LONG_AGO, lastSeenAt=LONG_AGO)
    house.alert("b1", "Bob", is_open=True)
    house.upload("alerts/b1/0123456789ab/frame.jpg", b"both of them")
    house.alert("b2", "Bob", firstSeenAt=LONG_AGO, lastSeenAt=LONG_AGO)
    house.upload("alerts/b2/0123456789ab/frame.jpg", b"Bob alone")
    other = {"personId": "Bob", "person": "Bob", "distance": 0.3}
    candidates = [{"personId": person_id, "person": name or person_id, "distance": 0.3}, other]
    house.alert("m1", None, reason="ambiguous", candidates=candidates, cameraId="cam_side")
    house.db.document("notices/h1_new").set({"alertId": "h1", "personId": person_id, "expireAt": LATER})
    house.db.document("notices/gone_known").set({"alertId": "gone", "personId": person_id, "expireAt": LATER})
    house.db.document("notices/b1_new").set({"alertId": "b1", "personId": "Bob", "expireAt": LATER})
    house.db.document(f"arrivals/{DAY}_{person_id}").set({"personId": person_id, "alertId": "h1"})
    house.stranger("s1", picture=b"on the way to a name", personId=person_id)
    for label, path in (("m0", f"faces/{person_id}/deeper/1.jpg"), ("m1", f"faces/{person_id}0/a/1.jpg")):
        house.db.document(f"misplaced_photos/{label}").set({"path": path, "reason": "it lies too deep"})
    about = {"personId": person_id, "into": "Bob"}
    done = {"kind": "name", "about": about, "state": "done", "expireAt": LATER}
    house.db.document("jobs/name_s0").set(done | {"takes": [], "joins": []})
    for label, people in ((f"FACE_{name or person_id}", [person_id]), ("FACE_Bob", ["Bob"]), ("NO_FACE", [])):
        blob = house.bucket.blob(f"debug/{label}_20260531T120000.000Z.jpg")
        blob.metadata = {"personIds": json.dumps(people)}
        blob.upload_from_string(b"debug", "image/jpeg")


def test_nothing_is_left_of_somebody_and_the_receipt_counts_what_went(house: House) -> None:
    live_with(house, "Anna")
    assert len(left_of(house, "Anna")) > 15
    answer = house.done("/people/Anna/erase")
    assert left_of(house, "Anna") == []
    assert answer["counts"] == {
        "alert_pictures": 3,
        "alerts": 2,
        "arrivals": 1,
        "candidates": 1,
        "corrections": 2,
        "days": 2,
        "debug_frames": 1,
        "frames_of_others": 1,
        "jobs": 1,
        "lookalikes": 1,
        "notices": 1,
        "people": 2,
        "photos": 1,
        "stranger_pictures": 1,
        "strangers": 1,
        "vectors": 1,
        "visits": 1,
    }
    receipt = house.read(f"receipts/{answer['receipt_id']}")
    assert receipt["counts"] == answer["counts"]
    assert house.db.collection("jobs").get() == []


def test_of_others_everything_stays_but_the_frames_in_which_both_may_be(house: House) -> None:
    live_with(house, "Anna")
    house.done("/people/Anna/erase")
    assert [path for path in objects(house.bucket) if "frame.jpg" in path] == [
        "alerts/b2/0123456789ab/frame.jpg"
    ]
    assert "alerts/b1/0123456789ab/face.jpg" in objects(house.bucket)
    assert "debug/FACE_Bob_20260531T120000.000Z.jpg" in objects(house.bucket)
    assert "debug/NO_FACE_20260531T120000.000Z.jpg" in objects(house.bucket)
    assert house.read("alerts/b1")["imagePath"] is None
    assert house.read("alerts/b1")["person"] == "Bob"
    assert house.read("alerts/b2")["imagePath"] is not None
    assert house.visit()["alertId"] == "b1"
    assert house.by_person() == {"Bob": 2}
    (negative,) = house.read("gallery/Bob")["negatives"]
    assert negative["alertId"] == "y"
    assert house.read("gallery/Bob")["lookalikes"] == {}
    (candidate,) = house.read("alerts/m1")["candidates"]
    assert candidate["personId"] == "Bob"
    assert house.get("notices/b1_new") is not None


def test_past_alerts_say_that_somebody_was_there_and_not_who(house: House) -> None:
    live_with(house, "Anna")
    before = house.hours()
    house.done("/people/Anna/erase")
    alert = house.read("alerts/h1")
    assert (alert["person"], alert["personId"], alert["isKnown"]) == ("Erased", None, True)
    assert (alert["imagePath"], alert["facePath"], alert["picture"]) == (None, None, "erased")
    assert house.get("alert_vectors/h1") is None
    assert house.hours() == before


def test_debug_frames_of_alerts_that_became_somebodys_later_go_too(house: House) -> None:
    house.stranger("s1", "a1", "a2")
    for name, alert_ids in (("FACE_Unknown", ["a1"]), ("FACE_Max", ["a3"])):
        blob = house.bucket.blob(f"debug/{name}_20260531T120000.000Z.jpg")
        blob.metadata = {"personIds": "[]", "alertIds": json.dumps(alert_ids)}
        blob.upload_from_string(b"debug", "image/jpeg")
    house.done("/strangers/s1/name", {"name": "Nora"})
    assert house.done("/people/Nora/erase")["counts"]["debug_frames"] == 1
    debug = [path for path in objects(house.bucket) if path.startswith("debug/")]
    assert debug == ["debug/FACE_Max_20260531T120000.000Z.jpg"]


def test_frames_in_which_somebody_muted_was_recognised_go_too(house: House) -> None:
    house.person("Anna")
    for alert_id, people in (("b1", ["Anna"]), ("b2", ["Eve"])):
        house.alert(alert_id, beside=people)
        house.upload(f"alerts/{alert_id}/0123456789ab/frame.jpg", b"frame")
    assert house.done("/people/Anna/erase")["counts"]["frames_of_others"] == 1
    assert left_of(house, "Anna") == []
    alert = house.read("alerts/b1")
    assert (alert["imagePath"], alert["beside"], alert["facePath"] is None) == (None, [], False)
    assert "alerts/b1/0123456789ab/frame.jpg" not in objects(house.bucket)
    assert "alerts/b1/0123456789ab/face.jpg" in objects(house.bucket)
    assert "alerts/b2/0123456789ab/frame.jpg" in objects(house.bucket)


def test_what_is_told_of_files_that_lay_too_deep_in_the_folder_goes_too(house: House) -> None:
    live_with(house, "Anna")
    house.done("/people/Anna/erase")
    assert [one.get("path") for one in house.db.collection("misplaced_photos").get()] == [
        "faces/Anna0/a/1.jpg"
    ]


def test_the_gallery_hears_of_it(house: House) -> None:
    live_with(house, "Anna")
    version = house.read("gallery_state/current")["version"]
    house.done("/people/Anna/erase")
    assert house.read("gallery/Anna").keys() == {"version", "deleted", "deletedAt", "expireAt"}
    assert house.read("gallery_state/current")["version"] > version
    assert house.read("gallery/Anna")["version"] > version


def test_somebody_who_is_not_there_cannot_be_erased(house: House) -> None:
    house.person("Anna")
    assert house.refused("/people/Nobody/erase") == (404, "There is no person 'Nobody'.")
    assert house.refused("/people/%2E%2E/erase")[0] == 404
    assert house.refused("/people/__all__/erase")[0] == 404
    assert house.get("people/Anna") is not None
    assert house.db.collection("receipts").get() == []


def test_who_is_erased_twice_gets_the_receipt_of_the_first_time(house: House) -> None:
    house.person("Anna")
    house.person("Bob")
    first = house.done("/people/Anna/erase")
    house.done("/people/Bob/erase")
    assert house.done("/people/Anna/erase") == first
    assert len(house.db.collection("receipts").get()) == 2


def test_who_came_back_is_erased_anew(house: House) -> None:
    house.person("Anna")
    first = house.done("/people/Anna/erase")
    house.person("Anna")
    second = house.done("/people/Anna/erase")
    assert second["receipt_id"] != first["receipt_id"]
    assert left_of(house, "Anna") == []


def test_of_somebody_deleted_before_the_past_alerts_can_still_be_erased(house: House) -> None:
    house.alert("h1", "Anna")
    assert house.done("/people/Anna/erase")["counts"]["alerts"] == 1
    assert left_of(house, "Anna") == []


@pytest.mark.few(2)
@pytest.mark.parametrize("person_id", ["Zoë Łukasz", "100%", "a?b#c", "Anna.B", "日本"])
def test_whatever_the_id_nothing_is_left(house: House, person_id: str) -> None:
    from urllib.parse import quote

    live_with(house, person_id, "Zoë")
    house.done(f"/people/{quote(person_id, safe='')}/erase")
    assert left_of(house, person_id, "Zoë") == []


def test_somebody_whose_id_begins_alike_keeps_everything(house: House) -> None:
    house.person("Ann")
    house.person("Anna")
    house.alert("a1", "Anna")
    house.done("/people/Ann/erase")
    assert house.get("people/Anna") is not None
    assert "faces/Anna/1.jpg" in objects(house.bucket)
    assert house.read("alerts/a1")["person"] == "Anna"
    assert left_of(house, "Ann") == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_erasing_that_is_killed_half_way_is_finished_by_the_next_call(house: House, after: bool) -> None:
    def begin() -> None:
        house.person("Anna")
        house.person("Bob", None, {"alertId": "h1", "personId": None, "modelId": MODEL, "vector": vector(3)})
        house.alert("h1", "Anna", is_open=True)
        house.alert("b1", "Bob")
        house.upload("alerts/b1/0123456789ab/frame.jpg", b"both of them")

    writes, ends = interrupted_everywhere(house, begin, "/people/Anna/erase", {}, after=after)
    assert writes >= 12
    same = [
        (
            {"counts": answer["counts"]},
            {path: fields for path, fields in stored.items() if not path.startswith("receipts/")},
        )
        for answer, stored in ends
    ]
    for _, stored in same:
        # how often the gallery was written is no matter
        for path in ("gallery/Bob", "gallery/Anna", "gallery_state/current"):
            stored[path].pop("version", None)
        stored["alerts/h1"].pop("erasedAt")
    assert [answer for answer, _ in same] == [same[-1][0]] * len(same)
    assert all(end == same[-1] for end in same), differing(same)


def test_what_was_interrupted_is_finished_by_the_tidying(house: House) -> None:
    live_with(house, "Anna")
    with killed_at(4, after=True), pytest.raises(Killed):
        house.done("/people/Anna/erase")
    assert left_of(house, "Anna")
    assert house.service().jobs.runner.resume_all(timedelta(0)) == 1
    assert left_of(house, "Anna") == []
    assert house.done("/people/Anna/erase")["counts"]["alerts"] == 2


@pytest.mark.long
def test_two_who_erase_at_once_get_one_receipt(house: House) -> None:
    for _ in range(3):
        clear(house)
        live_with(house, "Anna")
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(house.answer, ["/people/Anna/erase"] * 2)
        assert (one.status_code, other.status_code) == (200, 200), (one.text, other.text)
        assert one.json == other.json
        assert one.json["counts"]["alerts"] == 2
        assert left_of(house, "Anna") == []


def test_what_is_unreadable_keeps_nothing_from_being_erased(house: House) -> None:
    live_with(house, "Anna")
    house.db.document("gallery/Anna").set({"deleted": False, "vectors": 7})
    blob = house.bucket.blob("debug/FACE_Bob_20260531T130000.000Z.jpg")
    blob.metadata = {"personIds": "no JSON"}
    blob.upload_from_string(b"debug", "image/jpeg")
    house.done("/people/Anna/erase")
    assert left_of(house, "Anna") == []


@pytest.mark.long
def test_a_camera_that_still_sees_the_person_leaves_nothing_either(house: House) -> None:
    """An instance that has not heard of it makes one more alert while the erasing goes on."""
    live_with(house, "Anna")
    service = house.service()
    service.jobs.erasure._stale_seconds = 0.5
    people_service.service.replace(service)
    late = threading.Timer(0.4, lambda: house.alert("h9", "Anna", is_open=True))
    sweep, sweeps = service.jobs.erasure._data.sweep, []

    def seen(job: Any, person_id: str) -> int:
        count: int = sweep(job, person_id)
        sweeps.append(count)
        if len(sweeps) == 1:
            late.start()
        return count

    service.jobs.erasure._data.sweep = seen
    answer = house.done("/people/Anna/erase")
    assert answer["counts"]["alerts"] == 3
    assert len(sweeps) >= 3
    assert sweeps[-1] == 0
    assert left_of(house, "Anna") == []


def test_no_live_picture_outlives_a_person_who_may_be_in_it_also_while_somebody_watches(house: House) -> None:
    live_with(house, "Anna")
    for camera in ("cam_front", "cam_back"):
        house.upload(f"live/{camera}.jpg", b"Anna at the door")
    service = house.service()
    sweep = service.jobs.erasure._data.sweep

    def watched(job: Any, person_id: str) -> int:
        house.upload("live/cam_side.jpg", b"Anna leaves")
        count: int = sweep(job, person_id)
        return count

    service.jobs.erasure._data.sweep = watched
    people_service.service.replace(service)
    answer = house.done("/people/Anna/erase")
    assert answer["counts"]["live_pictures"] == 3
    assert not any(path.startswith("live/") for path in objects(house.bucket))


def test_a_person_who_is_just_being_merged_is_merged_first(house: House) -> None:
    house.person("Rob")
    house.person("Bob")
    house.alert("a1", "Rob")
    with killed_at(0, after=True), pytest.raises(Killed):
        house.done("/people/Rob/merge", {"into": "Bob"})
    house.done("/people/Bob/erase")
    assert left_of(house, "Bob") == []
    assert house.read("alerts/a1")["person"] == "Erased"


@pytest.mark.long
def test_nothing_is_left_of_who_was_merged_into_somebody_erased(house: House) -> None:
    """One after the other: Nora became Nora Smith, and she became Nora Jones."""
    live_with(house, "Nora")
    house.stranger("s2", "a1")
    house.done("/strangers/s2/name", {"person_id": "Nora"})
    house.person("Nora Smith")
    house.done("/people/Nora/merge", {"into": "Nora Smith"})
    house.person("Nora Jones")
    house.done("/people/Nora%20Smith/merge", {"into": "Nora Jones"})
    assert left_of(house, "Nora") != []
    house.done("/people/Nora%20Jones/erase")
    for one in ("Nora", "Nora Smith", "Nora Jones"):
        assert left_of(house, one) == []


def test_who_has_the_id_of_somebody_merged_by_now_keeps_everything(house: House) -> None:
    house.person("Nora")
    house.person("Nora Smith")
    house.done("/people/Nora/merge", {"into": "Nora Smith"})
    house.person("Nora")
    house.db.document(f"arrivals/{DAY}_Nora").set({"personId": "Nora", "alertId": "n1"})
    house.done("/people/Nora%20Smith/erase")
    assert house.get("people/Nora") is not None
    assert house.get(f"arrivals/{DAY}_Nora") is not None


def test_the_walk_finds_a_name_wherever_it_is_and_passes_others_over(house: House) -> None:
    assert left_of(house, "Anna") == []
    house.db.document("a/1/b/Anna").set({"x": 1})
    house.db.document("a/2").set({"deep": [{"in": {"Anna": 1}}], "path": "faces/Anna/1.jpg"})
    house.db.document("people/Other").set({"name": "Anna"})
    house.db.document("alerts/1").set({"personId": "Other", "person": "Anna"})
    house.upload("somewhere/Anna/1.jpg", b"x")
    assert sorted(left_of(house, "Anna")) == [
        "a/1/b/Anna: its id",
        "a/2: deep[0].in.Anna",
        "a/2: path",
        "somewhere/Anna/1.jpg: its name",
    ]
    assert "people/Other: name" not in left_of(house, "Anna", "Anna")
    assert sorted(left_of(house, "Other", "Nobody")) == ["alerts/1: personId", "people/Other: its id"]

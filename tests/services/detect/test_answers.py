"""A posted frame is judged, answered, and stored as one alert per visit."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image, ImageOps

from tests.services.detect.conftest import CAMERA, House, People, Shot
from tests.support.stores import objects

FLAT = ["status", "person", "confidence", "alert_id", "is_known", "reason"]


def empty_frame(quality: int = 80) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), (90, 95, 100)).save(made, "JPEG", quality=quality)
    return made.getvalue()


def beside(*frames: bytes) -> bytes:
    """Frames side by side in one."""
    pictures = [Image.open(io.BytesIO(frame)) for frame in frames]
    whole = Image.new("RGB", (sum(one.width for one in pictures), pictures[0].height))
    left = 0
    for one in pictures:
        whole.paste(one, (left, 0))
        left += one.width
    made = io.BytesIO()
    whole.save(made, "JPEG", quality=90)
    return made.getvalue()


def test_a_known_face_is_named_and_stored_with_its_pictures(house: House, people: People, shot: Shot) -> None:
    people.enrol("Barack Obama", "obama.jpg", "obama2.jpg")
    frame = shot("obama3.jpg")
    answer = house.post(frame)
    assert list(answer)[:6] == FLAT
    assert (answer["person"], answer["is_known"], answer["reason"]) == ("Barack Obama", True, "known")
    assert answer["confidence"] > 0.9
    alert = house.alert()
    assert alert["id"] == answer["alert_id"]
    assert (alert["person"], alert["personId"], alert["isKnown"]) == ("Barack Obama", "Barack Obama", True)
    assert (alert["cameraId"], alert["cameraName"], alert["frames"]) == (CAMERA, "Front Door", 1)
    assert (alert["doubles"], alert["reviewed"], alert["picture"]) == (0, False, "stored")
    assert alert["day"] == alert["firstSeenAt"].date().isoformat()
    assert alert["expireAt"] - alert["firstSeenAt"] == timedelta(days=30)
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])
    assert house.bucket.blob(alert["imagePath"]).download_as_bytes() == frame
    width, height = Image.open(io.BytesIO(frame)).size
    parts = zip(alert["box"], (width, height, width, height), strict=True)
    assert [part * side for part, side in parts] == pytest.approx(answer["faces"][0]["box"], abs=1)
    face = Image.open(io.BytesIO(house.bucket.blob(alert["facePath"]).download_as_bytes()))
    assert face.format == "JPEG"
    assert face.width < 800


def test_an_unknown_face_gets_an_alert_without_a_name(house: House, people: People, shot: Shot) -> None:
    people.enrol("Barack Obama", "obama.jpg")
    answer = house.post(shot("biden.jpg"))
    assert (answer["person"], answer["is_known"], answer["reason"]) == ("Unknown", False, "unknown")
    assert answer["confidence"] < 0.1
    alert = house.alert()
    assert (alert["person"], alert["personId"], alert["isKnown"]) == ("Unknown", None, False)


def test_with_an_empty_gallery_every_face_is_a_stranger(house: House, shot: Shot) -> None:
    answer = house.post(shot("obama.jpg"))
    assert (answer["person"], answer["reason"], answer["confidence"]) == ("Unknown", "unknown", 0.0)
    assert answer["faces"][0]["distance"] is None
    assert house.alert()["distance"] is None


def test_a_face_that_may_be_two_people_names_both(house: House, people: People, shot: Shot) -> None:
    people.enrol("Barack", "obama.jpg")
    people.enrol("His twin", "obama.jpg")
    answer = house.post(shot("obama2.jpg"))
    assert (answer["person"], answer["is_known"], answer["reason"]) == ("Unknown", False, "ambiguous")
    assert answer["faces"][0]["candidates"] == ["Barack", "His twin"]
    alert = house.alert()
    assert [one["person"] for one in alert["candidates"]] == ["Barack", "His twin"]
    assert alert["isKnown"] is False


def test_a_person_without_photos_is_never_found_and_disturbs_nobody(
    house: House, people: People, shot: Shot
) -> None:
    house.db.document("people/nobody").set({"name": "Nobody", "photoCount": 0})
    people.enrol("Joe", "biden.jpg")
    photo = house.db.document("people/Joe/photos/biden.jpg").get().to_dict()
    assert photo["status"] == "enrolled"
    people.forget("Joe")
    people.enrol("Barack", "obama.jpg")
    assert house.post(shot("obama2.jpg"))["person"] == "Barack"
    assert house.post(shot("biden.jpg"))["person"] == "Unknown"


def test_a_frame_without_a_face_is_answered_and_stored_nowhere(house: House) -> None:
    answer = house.post(empty_frame())
    assert {name: answer[name] for name in FLAT} == {
        "status": "success",
        "person": None,
        "confidence": 0,
        "alert_id": None,
        "is_known": False,
        "reason": "no_face",
    }
    assert answer["faces"] == []
    assert house.alerts() == []
    assert objects(house.bucket) == []


def test_between_heartbeats_an_empty_frame_writes_nothing_at_all(house: House) -> None:
    house.run_on(house.another_instance(HEARTBEAT_SECONDS=30.0))
    camera = house.db.document(f"cameras/{CAMERA}")
    house.post(empty_frame(80))
    first = camera.get()
    assert (first.get("framesToday"), first.get("lastReason")) == (1, "no_face")
    for quality in (81, 82, 83):
        house.post(empty_frame(quality))
    assert camera.get().update_time == first.update_time
    everything = {one.reference.path: one for top in house.db.collections() for one in top.stream()}
    days = everything.keys() - {f"cameras/{CAMERA}", "settings/site"}
    assert [everything[day].get("frames") for day in days] == [1]
    assert house.alerts() == []


def test_a_heartbeat_brings_what_was_counted_since_the_last(house: House, shot: Shot) -> None:
    watch = house.another_instance(HEARTBEAT_SECONDS=3600.0)
    house.run_on(watch)
    for quality in (80, 81, 81):
        house.post(empty_frame(quality))
    watch._heartbeats._every_seconds = 0.0
    house.post(shot("obama.jpg"))
    camera = house.db.document(f"cameras/{CAMERA}").get().to_dict()
    assert (camera["framesToday"], camera["doublesToday"], camera["lastReason"]) == (3, 1, "unknown")


def test_a_face_too_small_is_told_so_and_makes_no_alert(house: House, shot: Shot) -> None:
    answer = house.post(shot("obama3.jpg", 220, 165))
    assert (answer["person"], answer["alert_id"], answer["reason"]) == (None, None, "too_small")
    assert answer["next"]["framesize"] == "UXGA"
    assert house.alerts() == []


def test_more_frames_of_a_visit_go_to_the_same_alert(house: House, people: People, shot: Shot) -> None:
    people.enrol("Barack", "obama.jpg")
    first = house.post(shot("obama2.jpg"))
    for frame in (shot("obama3.jpg"), shot("obama.jpg", 640, 480)):
        later = house.post(frame)
        assert (later["alert_id"], later["reason"]) == (first["alert_id"], "same_visit")
        assert (later["person"], later["is_known"]) == ("Barack", True)
    alert = house.alert()
    assert alert["frames"] == 3
    assert alert["lastSeenAt"] > alert["firstSeenAt"]


def test_a_doubled_frame_changes_nothing_but_the_count_of_doubles(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Barack", "obama.jpg")
    first = house.post(shot("obama2.jpg"))
    before, stored = house.alert(), objects(house.bucket)
    assert house.post(shot("obama2.jpg")) == first
    assert house.alert() == before | {"doubles": 1}
    house.run_on(house.another_instance())
    assert house.post(shot("obama2.jpg")) == first
    assert house.alert() == before | {"doubles": 2}
    assert objects(house.bucket) == stored


def test_an_unknown_visitor_is_named_in_place_when_a_later_frame_shows_who_it_is(
    house: House, people: People, shot: Shot
) -> None:
    first = house.post(shot("obama2.jpg"))
    assert first["reason"] == "unknown"
    people.enrol("Barack", "obama.jpg")
    second = house.post(shot("obama3.jpg"))
    assert (second["alert_id"], second["person"], second["reason"]) == (first["alert_id"], "Barack", "known")
    alert = house.alert()
    assert (alert["person"], alert["personId"], alert["isKnown"]) == ("Barack", "Barack", True)
    assert alert["frames"] == 2


def test_a_frame_that_is_not_recognised_stays_in_the_visit_of_the_one_before(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Barack", "obama.jpg")
    first = house.post(shot("obama2.jpg"))
    people.forget("Barack")
    later = house.post(shot("obama3.jpg"))
    assert (later["alert_id"], later["person"]) == (first["alert_id"], "Barack")


def test_a_better_shot_takes_the_place_of_the_first_and_its_files_go(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg", 320, 240))
    first = house.alert()
    better = shot("obama.jpg")
    house.post(better)
    alert = house.alert()
    assert alert["imagePath"] != first["imagePath"]
    assert alert["quality"] > first["quality"]
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])
    assert house.bucket.blob(alert["imagePath"]).download_as_bytes() == better
    house.post(shot("obama.jpg", 640, 480))
    assert house.alert()["imagePath"] == alert["imagePath"]
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])


def test_a_doubled_frame_does_not_bring_back_a_shot_that_was_replaced(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg", 320, 240))
    house.post(shot("obama.jpg"))
    alert = house.alert()
    house.post(shot("obama.jpg", 320, 240))
    assert house.alert() == alert | {"doubles": 1}
    assert house.pictures() == sorted([alert["imagePath"], alert["facePath"]])


def test_two_people_in_one_frame_get_an_alert_each(house: House, people: People, shot: Shot) -> None:
    people.enrol("Barack", "obama2.jpg")
    answer = house.post(beside(shot("obama.jpg"), shot("biden.jpg")))
    assert sorted(face["person"] for face in answer["faces"]) == ["Barack", "Unknown"]
    # the unknown one matters more, and is what the flat fields tell
    assert (answer["person"], answer["reason"]) == ("Unknown", "unknown")
    assert {alert["person"] for alert in house.alerts()} == {"Barack", "Unknown"}
    assert len(house.pictures()) == 4


def test_six_strangers_in_one_frame_get_six_alerts(house: House, shot: Shot) -> None:
    answer = house.post(shot("t1.jpg"))
    assert len({face["alert_id"] for face in answer["faces"]}) == 6
    assert len(house.alerts()) == 6
    assert len(house.pictures()) == 12


def mirrored(frame: bytes) -> bytes:
    made = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(frame))).save(made, "JPEG", quality=90)
    return made.getvalue()


@pytest.mark.parametrize("twin", ["the same photo", "its mirror", "obama3.jpg"])
def test_of_two_faces_in_one_frame_that_look_alike_one_has_the_name(
    house: House, people: People, shot: Shot, twin: str
) -> None:
    people.enrol("Barack", "obama2.jpg")
    another = {"the same photo": shot("obama.jpg", 640, 600), "its mirror": mirrored(shot("obama.jpg"))}
    frame = beside(shot("obama.jpg"), another[twin] if twin in another else shot(twin))
    for _ in range(2):  # the next frame goes on with both
        frame = beside(frame)
        answer = house.post(frame)
        known, other = sorted(answer["faces"], key=lambda face: not face["is_known"])
        assert (known["person"], other["person"]) == ("Barack", "Unknown")
        assert known["distance"] <= other["distance"]
        assert other["candidates"] == ["Barack"]
        assert known["alert_id"] != other["alert_id"]
        alerts = {alert["id"]: alert for alert in house.alerts()}
        assert alerts.keys() == {known["alert_id"], other["alert_id"]}
        assert alerts[other["alert_id"]]["reason"] == "ambiguous"
        assert [one["person"] for one in alerts[other["alert_id"]]["candidates"]] == ["Barack"]
        assert alerts[other["alert_id"]]["strangerId"] is None


@pytest.mark.long
def test_two_hundred_faces_in_a_frame_are_judged_up_to_the_limit(house: House, photos: Any) -> None:
    with Image.open(photos / "obama2.jpg") as opened:
        face = opened.convert("RGB").crop((300, 50, 700, 550)).resize((76, 95))
    crowd = Image.new("RGB", (1600, 1000), (110, 112, 115))
    for index in range(200):
        crowd.paste(face, (index % 20 * 80, index // 20 * 100))
    made = io.BytesIO()
    crowd.save(made, "JPEG", quality=90)
    answer = house.post(made.getvalue())
    assert len(answer["faces"]) == 32
    assert len(answer["faces"]) + answer["faces_skipped"] >= 150
    known = {alert["id"] for alert in house.alerts()}
    assert {face["alert_id"] for face in answer["faces"] if face["alert_id"]} == known
    house.run_on(house.another_instance(MAX_FACES=64))
    crowd.putpixel((0, 0), (0, 0, 0))
    made = io.BytesIO()
    crowd.save(made, "JPEG", quality=85)
    again = house.post(made.getvalue())
    known = {alert["id"] for alert in house.alerts()}
    assert {face["alert_id"] for face in again["faces"] if face["alert_id"]} <= known


def test_people_who_come_change_and_go_are_noticed_without_a_restart(
    house: House, people: People, shot: Shot
) -> None:
    watch = house.another_instance()
    house.run_on(watch)
    assert house.post(shot("obama.jpg"))["person"] == "Unknown"
    people.enrol("b", "obama2.jpg")
    people.enrol("j", "biden.jpg")
    assert house.post(shot("obama3.jpg"))["person"] == "b"
    people.rename("b", "Barack")
    assert {person.name for person in watch._gallery.current().people} == {"Barack", "j"}
    people.forget("b")
    assert {person.name for person in watch._gallery.current().people} == {"j"}
    people.enrol("b", "obama3.jpg")
    assert {person.person_id for person in watch._gallery.current().people} == {"b", "j"}


def test_the_owners_threshold_and_visit_length_are_used(house: House, people: People, shot: Shot) -> None:
    people.enrol("Barack", "obama.jpg")
    house.db.document("settings/site").set({"threshold": 0.01, "visitSeconds": 0, "timezone": "Mars"})
    answer = house.post(shot("obama2.jpg"))
    assert (answer["person"], answer["reason"]) == ("Unknown", "unknown")
    house.db.document("settings/site").set({"threshold": 0.5, "margin": 0.0, "retentionDays": 3})
    house.run_on(house.another_instance())
    assert house.post(shot("obama3.jpg"))["person"] == "Barack"


def test_a_bad_setting_of_the_owners_is_complained_about_and_not_used(
    house: House, shot: Shot, capfd: pytest.CaptureFixture[str]
) -> None:
    house.db.document("settings/site").set({"threshold": "tight", "retentionDays": -1})
    house.post(shot("obama.jpg"))
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    said = [line["error"] for line in lines if line["message"] == "site setting ignored"]
    assert any("threshold='tight'" in message for message in said)
    assert any("retentionDays=-1" in message for message in said)
    alert = house.alert()
    assert alert["expireAt"] - alert["firstSeenAt"] == timedelta(days=30)


def test_the_owners_day_is_that_of_his_time_zone(house: House, shot: Shot) -> None:
    house.db.document("settings/site").set({"timezone": "Pacific/Kiritimati"})
    house.post(shot("obama.jpg"))
    alert = house.alert()
    assert alert["day"] == (alert["firstSeenAt"] + timedelta(hours=14)).date().isoformat()


def test_an_alert_deleted_during_the_visit_is_made_anew_by_the_next_frame(house: House, shot: Shot) -> None:
    first = house.post(shot("obama.jpg"))
    house.db.document(f"alerts/{first['alert_id']}").delete()
    second = house.post(shot("obama2.jpg"))
    assert (second["reason"], house.alert()["id"]) == ("unknown", second["alert_id"])
    assert second["alert_id"] != first["alert_id"]
    house.db.document(f"alerts/{second['alert_id']}").delete()
    house.run_on(house.another_instance())
    doubled = house.post(shot("obama2.jpg"))
    assert house.alert()["id"] == doubled["alert_id"]


def test_a_camera_that_is_switched_on_light_is_told_to_keep_it_on(house: House) -> None:
    house.db.document(f"cameras/{CAMERA}").update({"led": 200})
    assert house.post(empty_frame())["next"] == {"interval_ms": 2000, "flash": 1, "framesize": "SVGA"}


@pytest.mark.parametrize(
    "broken",
    [
        {"vectors": b"\x00" * 1024},
        {"vectors": b"\xff" * 1024},
        {"vectors": b"\x01\x02\x03"},
        {"vectors": b""},
        {"vectors": "text"},
        {"vectors": 12},
        {"photoIds": None},
        {"photoIds": ["a", "b"]},
        {"dimension": 256, "photoIds": ["a", "b"]},
        {"dimension": "many"},
    ],
    ids=str,
)
def test_a_corrupt_gallery_document_is_logged_and_left_out(
    house: House, people: People, shot: Shot, capfd: pytest.CaptureFixture[str], broken: dict[str, Any]
) -> None:
    people.enrol("Joe", "biden.jpg")
    people.enrol("Barack", "obama2.jpg")
    house.db.document("gallery/Joe").update(broken)
    gallery = house.another_instance()._gallery.current()
    assert [person.name for person in gallery.people] == ["Barack"]
    line = json.loads(capfd.readouterr().out)
    assert (line["severity"], line["person"]) == ("ERROR", "Joe")


def test_a_corrupt_visits_document_is_begun_anew(house: House, shot: Shot) -> None:
    house.db.document(f"visits/{CAMERA}").set({"open": [{"alertId": "x"}], "recent": "?"})
    house.post(shot("obama.jpg"))
    assert house.alert()["frames"] == 1


def test_a_photo_of_another_format_is_kept_as_a_jpeg(house: House, photos: Any) -> None:
    house.post((photos / "32bit.png").read_bytes())
    stored = house.bucket.blob(house.alert()["imagePath"]).download_as_bytes()
    assert stored.startswith(b"\xff\xd8")

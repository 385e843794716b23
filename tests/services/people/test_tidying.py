"""What has expired is deleted, and nothing else: documents, pictures, strangers beyond their number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.batch import WriteBatch

from lookout.cloud.privacy import retention
from lookout.cloud.privacy.retention import EXPIRING, Retention
from lookout.domain.cameras.live import KEPT
from lookout.errors import Unavailable
from lookout.services import housekeeping
from tests.services.people.conftest import House
from tests.services.people.test_interrupted import Killed, killed_at
from tests.support.documents import LATER, NOON
from tests.support.settings import changed
from tests.support.stores import objects

NOW = datetime.now(UTC)
AGO = NOW - timedelta(hours=1)


def tidy(house: House, max_strangers: int = 200, retention_days: int = 36500) -> dict[str, int]:
    return Retention(house.stores, max_strangers, lambda: retention_days).run()


def ids(house: House, collection: str) -> set[str]:
    return {one.id for one in house.db.collection(collection).get()}


@pytest.mark.few(4)
@pytest.mark.parametrize("collection", [*EXPIRING, "agents/pi/commands"])
def test_expired_documents_go_and_others_stay(house: House, collection: str) -> None:
    for name, expire_at in {"gone": AGO, "living": LATER, "eternal": None, "strange": "1970"}.items():
        house.db.collection(collection).document(name).set({"expireAt": expire_at, "lastSeenAt": NOW})
    house.db.collection(collection).document("without").set({"lastSeenAt": NOW})
    assert tidy(house) == {collection.split("/")[-1]: 1}
    assert ids(house, collection) == {"living", "eternal", "strange", "without"}
    assert tidy(house) == {}


def test_of_a_house_in_which_nothing_has_had_its_time_everything_stays(house: House) -> None:
    house.person("Anna")
    house.alert("a1", "Anna", is_open=True)
    house.stranger("s1", "a2", picture=b"picture")
    before = house.all()
    assert tidy(house) == {}
    assert house.all() == before


def test_a_run_is_bounded_and_the_next_one_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_MOST", 3)
    for number in range(5):
        house.db.document(f"notices/{number}").set({"expireAt": AGO})
    assert tidy(house) == {"notices": 3}
    assert tidy(house) == {"notices": 2}


def test_what_is_used_again_in_the_last_moment_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "other"):
        house.db.document(f"visits/{name}").set({"expireAt": AGO})
    commit = WriteBatch.commit

    def late(self: Any, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(WriteBatch, "commit", commit)
        house.db.document("visits/one").set({"expireAt": LATER})
        return commit(self, *args, **kwargs)

    monkeypatch.setattr(WriteBatch, "commit", late)
    assert tidy(house) == {"visits": 1}
    assert ids(house, "visits") == {"one"}


def test_alerts_from_when_more_days_were_kept_go_too(house: House) -> None:
    house.alert("old", lastSeenAt=NOW - timedelta(days=8))
    house.alert("new", lastSeenAt=NOW - timedelta(days=6))
    assert tidy(house, retention_days=7) == {"old_alerts": 1}
    assert ids(house, "alerts") == {"new"}


def test_strangers_from_when_more_days_were_kept_go_too(house: House) -> None:
    for stranger_id, days, alert_ids in (
        ("old", 8, ["a1"]),
        ("new", 6, ["a2"]),
        ("regular", 20, ["a3", "a4"]),
        ("old_regular", 22, ["a5", "a6"]),
    ):
        seen = NOW - timedelta(days=days)
        house.stranger(stranger_id, *alert_ids, picture=b"x", lastSeenAt=seen)
        for alert_id in alert_ids:
            house.db.document(f"alerts/{alert_id}").update({"lastSeenAt": NOW})
    assert tidy(house, retention_days=7) == {"old_strangers": 2}
    assert ids(house, "strangers") == {"new", "regular"}
    assert house.read("stranger_vectors/old")["removed"] is True
    assert "strangers/old/0123456789ab.jpg" not in objects(house.bucket)


def test_an_expired_stranger_takes_the_picture_along(house: House) -> None:
    house.stranger("s1", "a1", picture=b"gone", expireAt=AGO)
    house.stranger("s2", "a2", picture=b"stays")
    assert tidy(house) == {"strangers": 1}
    assert [path for path in objects(house.bucket) if path.startswith("strangers/")] == [
        "strangers/s2/0123456789ab.jpg"
    ]


def test_of_too_many_strangers_those_go_who_came_once_and_longest_ago(house: House) -> None:
    for day, stranger_id in enumerate(["old", "middle", "new"], 1):
        house.stranger(stranger_id, f"a{day}", picture=b"x", lastSeenAt=NOON + timedelta(days=day))
    house.stranger("often", "b1", "b2", lastSeenAt=NOON)
    house.stranger("ignored", "c1", lastSeenAt=NOON, ignored=True)
    assert tidy(house, max_strangers=5) == {}
    assert tidy(house, max_strangers=4) == {"too_many_strangers": 1}
    assert ids(house, "strangers") == {"middle", "new", "often", "ignored"}
    assert house.read("stranger_vectors/old")["removed"] is True
    assert "strangers/old/0123456789ab.jpg" not in objects(house.bucket)
    assert tidy(house, max_strangers=2) == {"too_many_strangers": 2}
    assert ids(house, "strangers") == {"often", "ignored"}
    assert tidy(house, max_strangers=1) == {"too_many_strangers": 1}
    assert ids(house, "strangers") == {"ignored"}


def test_a_stranger_who_is_just_being_named_is_not_too_many(house: House) -> None:
    house.stranger("s1", "a1", personId="Anna")
    house.stranger("s2", "a2", "a3")
    tidy(house, max_strangers=1)
    assert "s1" in ids(house, "strangers")


def test_pictures_whose_document_was_never_written_go_after_an_hour(house: House) -> None:
    later = NOW + timedelta(hours=2)
    part = f"{int(later.timestamp() // retention.EVERY.total_seconds()) % retention.PARTS:02x}"
    another = "00" if part != "00" else "01"
    house.alert(f"{part}12")
    house.alert(f"{part}99", picture="erased")
    house.stranger(f"{part}56", f"{part}12", picture=b"stays")
    for path in (
        f"alerts/{part}00/1/face.jpg",
        f"alerts/{another}00/1/face.jpg",
        f"strangers/{part}34/1.jpg",
        # of an alert that turned out to be somebody else's
        f"strangers/{part}56/another.jpg",
    ):
        house.upload(path, b"lost")
    made = Retention(house.stores, 200, lambda: 36500)
    assert made.run(later - timedelta(hours=1, minutes=30)) == {}
    assert made.run(later) == {"alerts_pictures": 2, "strangers_pictures": 2}
    assert objects(house.bucket) == sorted(
        [
            f"alerts/{part}12/0123456789ab/face.jpg",
            f"alerts/{another}00/1/face.jpg",
            f"strangers/{part}56/0123456789ab.jpg",
        ]
    )


def test_debug_frames_are_kept_for_seven_days(house: House) -> None:
    house.upload("debug/NO_FACE_1.jpg", b"debug")
    house.upload("snapshots/cam.jpg", b"no debug frame")
    house.db.document("cameras/cam").set({"name": "Door"})
    made = Retention(house.stores, 200, lambda: 36500)
    assert made.run(NOW + timedelta(days=6, hours=23)) == {}
    assert made.run(NOW + timedelta(days=7, hours=1)) == {"debug_frames": 1}
    assert objects(house.bucket) == ["snapshots/cam.jpg"]


def test_with_a_removed_camera_its_snapshot_goes(house: House) -> None:
    for path in ("snapshots/cam.jpg", "snapshots/gone.jpg", "snapshots/__odd__.jpg"):
        house.upload(path, b"snapshot")
    house.db.document("cameras/cam").set({"name": "Door"})
    assert tidy(house) == {}
    made = Retention(house.stores, 200, lambda: 36500)
    assert made.run(NOW + timedelta(hours=2)) == {"snapshots": 2}
    assert objects(house.bucket) == ["snapshots/cam.jpg"]


def test_a_part_that_fails_keeps_no_other_from_being_done(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    house.db.document("visits/gone").set({"expireAt": AGO})
    house.upload("debug/NO_FACE_1.jpg", b"debug")

    def silent(*args: object) -> list[str]:
        raise Unavailable("Storage did not answer.")

    monkeypatch.setattr("lookout.cloud.firebase.storage.older_than", silent)
    assert tidy(house) == {"visits": 1}
    assert '"part": "debug_frames"' in capfd.readouterr().out


def test_with_a_deleted_alert_all_of_it_goes(house: House) -> None:
    house.alert("a1", "Anna")
    house.alert("a2", "Anna")
    for notice in ("a1_new", "a1_known", "a2_new"):
        house.db.document(f"notices/{notice}").set({"alertId": notice[:2]})
    keeping = housekeeping.Housekeeping(house.settings, house.stores, house.service().jobs.runner)
    house.db.document("alerts/a1").delete()
    assert keeping.alert_left("a1") == "forgotten with 1 pictures"
    assert keeping.alert_left("a1") == "forgotten with 0 pictures"
    assert objects(house.bucket) == ["alerts/a2/0123456789ab/face.jpg"]
    assert ids(house, "alert_vectors") == {"a2"}
    assert ids(house, "notices") == {"a2_new"}


def test_a_tidying_takes_up_what_nobody_works_on_any_more(
    house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    house.stranger("s1", "a1")
    with killed_at(2, after=True), pytest.raises(Killed):
        house.done("/strangers/s1/name", {"name": "Postman"})
    opened = NOW - timedelta(minutes=6)
    house.db.document("jobs/name_s1").update({"createdAt": opened})
    settings = changed(house.settings, RETENTION_DAYS=3650, MAX_STRANGERS=10)
    runner = house.service().jobs.runner
    housekeeping.Housekeeping(settings, house.stores, runner).tidy()
    assert house.read("jobs/name_s1")["state"] == "done"
    assert '{"jobs": 1, "deleted": {}' in capfd.readouterr().out


def test_live_pictures_of_cameras_that_post_no_more_go_after_a_minute(house: House) -> None:
    house.upload("live/cam.jpg", b"the last frame")
    made = Retention(house.stores, 200, lambda: 36500)
    assert made.run(NOW) == {}
    assert made.run(datetime.now(UTC) + KEPT) == {"live_pictures": 1}
    assert objects(house.bucket) == []

"""The site in numbers: what they cost, which day is today, and which cameras are active."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.cameras.keys import register
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site import days
from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.site import Site
from lookout.errors import Unavailable
from lookout.services import stats
from lookout.services.stats import StatisticsService
from lookout.settings import Settings
from stack.install.bootstrap import ROOT
from tests.support.outage import StoreLine
from tests.support.reads import Reads
from tests.support.settings import changed

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
CAMERAS = [Camera(f"cam_{number}", f"Door {number}", "active", 0) for number in range(3)]
BERLIN = Site(None, 0.05, 120, 30, "Europe/Berlin")


@pytest.fixture
def settings() -> Settings:
    return changed(Settings(), SITE_REFRESH_SECONDS=0.0, STORE_TIMEOUT_SECONDS=30.0)


def reports(settings: Settings, stores: Stores, now: datetime = NOON) -> Any:
    """A new instance, at a moment."""
    return StatisticsService(settings, stores, lambda: now)


def open_alert(db: Any, at: datetime, site: Site, person: tuple[str, str] | None = None) -> None:
    """An alert as ``detect`` counts it: in its own document and in its day's, in one write."""
    batch = db.batch()
    batch.create(db.collection("alerts").document(), {"day": site.day(at), "firstSeenAt": at})
    counted = days.alert_counts(CAMERAS[0], at, person, False, site)
    batch.set(days.reference(db, CAMERAS[0].id, site.day(at)), counted, merge=True)
    batch.commit()


def many_alerts(db: Any, day: str, count: int) -> None:
    batch = db.batch()
    for _ in range(count):
        batch.create(db.collection("alerts").document(), {"day": day})
    batch.commit()


def test_a_site_where_nothing_happened_is_told_in_zeros(stores: Stores, settings: Settings) -> None:
    told = reports(settings, stores).current()
    assert (told["known_persons"], told["active_cameras"], told["total_alerts_today"]) == (0, 0, 0)
    assert (told["day"], told["timezone"], len(told["days"])) == ("2026-05-31", "UTC", 14)


def test_the_numbers_cost_as_many_reads_as_are_stated_however_many_alerts_there_are(
    stores: Stores, db: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stats, "FRESH_SECONDS", 3600.0)  # a moment is as long as this test takes
    for camera in CAMERAS:
        register(db, camera.id, camera.name)
        # the fifteenth day is not told, and not read
        for back in range(15):
            at = NOON - timedelta(days=back)
            counted = days.frame_counts(camera, f"{at.date()}", at, {Reason.NO_FACE: 7}, 0, 70)
            days.reference(db, camera.id, f"{at.date()}").set(counted)
    many_alerts(db, "2026-05-31", 20)
    made, reads = reports(settings, stores), Reads(db)
    assert made.current()["total_alerts_today"] == 20
    assert (reads.documents, reads.aggregations) == (3 + 3 * 14 + 1, 2)

    many_alerts(db, "2026-05-31", 480)
    assert reports(settings, stores).current()["total_alerts_today"] == 500
    assert (reads.documents, reads.aggregations) == (2 * 46, 2 * 2)
    # what was made a moment ago is told again, and costs nothing
    assert made.current()["total_alerts_today"] == 20
    assert (reads.documents, reads.aggregations) == (2 * 46, 2 * 2)


def test_the_stated_cost_is_in_the_docs_and_in_the_code() -> None:
    stated = re.sub(r"\s+", " ", (ROOT / "docs" / "api.md").read_text())
    assert "`/stats` costs one read per camera, one per camera and day of the last two weeks" in stated
    assert "With three cameras that is 48 reads" in stated
    assert "With three cameras that is 48 reads" in re.sub(r"\s+", " ", StatisticsService.__doc__ or "")


@pytest.mark.parametrize(
    ("now", "day", "alerts", "hours"),
    [
        # 23:59:59, midnight, and a second after it in Berlin
        ("2026-05-31T21:59:59", "2026-05-31", 2, {0: 1, 23: 1}),
        ("2026-05-31T22:00:00", "2026-06-01", 1, {0: 1}),
        ("2026-05-31T22:00:01", "2026-06-01", 1, {0: 1}),
        ("2026-06-01T22:00:00", "2026-06-02", 0, {}),
    ],
)
def test_today_is_the_sites_day_on_both_sides_of_its_midnight(
    stores: Stores, now: str, day: str, alerts: int, hours: dict[int, int], db: Any, settings: Settings
) -> None:
    db.document("settings/site").set({"timezone": "Europe/Berlin"})
    for at in ("2026-05-30T22:00:00", "2026-05-31T21:59:59", "2026-05-31T22:00:00"):
        open_alert(db, datetime.fromisoformat(at).replace(tzinfo=UTC), BERLIN)
    told = reports(settings, stores, datetime.fromisoformat(now).replace(tzinfo=UTC)).current()
    assert (told["day"], told["timezone"], told["total_alerts_today"]) == (day, "Europe/Berlin", alerts)
    assert told["today"]["unknown"] == alerts
    assert {hour["hour"]: hour["unknown"] for hour in told["today"]["hours"] if hour["unknown"]} == hours
    assert told["days"][-1]["day"] == day


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Kiritimati", "2026-06-01"), ("Etc/GMT+12", "2026-05-30"), ("UTC", "2026-05-31")],
)
def test_without_an_owners_choice_the_functions_setting_says_which_day_it_is(
    stores: Stores, zone: str, day: str
) -> None:
    before_noon = NOON.replace(hour=11)
    assert reports(changed(Settings(), TIMEZONE=zone), stores, before_noon).current()["day"] == day


def test_a_time_zone_that_does_not_exist_leaves_the_functions_own(
    stores: Stores, db: Any, settings: Settings
) -> None:
    db.document("settings/site").set({"timezone": "Europe/Atlantis"})
    assert reports(settings, stores).current()["timezone"] == "UTC"


def test_days_of_23_and_25_hours_are_told_whole(stores: Stores, db: Any, settings: Settings) -> None:
    db.document("settings/site").set({"timezone": "Europe/Berlin"})
    # the clock goes from 3:00 back to 2:00: two hours are called 2, and the day has 25
    for hour in range(25):
        open_alert(db, datetime(2026, 10, 24, 22, 30, tzinfo=UTC) + timedelta(hours=hour), BERLIN)
    told = reports(settings, stores, datetime(2026, 10, 25, 22, 59, tzinfo=UTC)).current()
    assert (told["day"], told["total_alerts_today"]) == ("2026-10-25", 25)
    assert [hour["unknown"] for hour in told["today"]["hours"]] == [1, 1, 2, *[1] * 21]


def test_cameras_seen_within_the_last_expected_frames_are_active(stores: Stores, db: Any) -> None:
    now = datetime.now(UTC)
    for camera, seen, status in (
        ("fresh", now - timedelta(seconds=5), "active"),
        ("late", now - timedelta(seconds=70), "active"),
        ("disabled", now, "disabled"),
        ("never", None, "active"),
    ):
        db.document(f"cameras/{camera}").set({"name": camera, "status": status, "lastSeenAt": seen})
    assert reports(changed(Settings(), CAMERA_OFFLINE_SECONDS=60.0), stores).current()["active_cameras"] == 1


def test_known_persons_and_their_alerts_are_counted(stores: Stores, db: Any, settings: Settings) -> None:
    for person in ("anna", "ben"):
        db.document(f"people/{person}").set({"name": person.title()})
    open_alert(db, NOON, Site(None, 0.05, 120, 30, "UTC"), ("anna", "Anna"))
    told = reports(settings, stores).current()
    assert told["known_persons"] == 2
    assert told["today"]["by_person"] == [{"person_id": "anna", "person": "Anna", "alerts": 1}]
    assert (told["today"]["known"], told["days"][-1]["known"]) == (1, 1)


def test_frames_every_reason_and_the_mean_time_are_told(stores: Stores, db: Any, settings: Settings) -> None:
    for milliseconds, reasons in ((90, {"no_face": 8, "known": 1}), (30, {"too_dark": 1})):
        counted = days.frame_counts(CAMERAS[0], "2026-05-31", NOON, reasons, 1, milliseconds)
        days.reference(db, CAMERAS[0].id, "2026-05-31").set(counted, merge=True)
    today = reports(settings, stores).current()["today"]
    assert (today["frames"], today["doubles"], today["mean_milliseconds"]) == (10, 2, 12.0)
    assert set(today["reasons"]) == set(Reason)
    assert {reason: count for reason, count in today["reasons"].items() if count} == {
        "no_face": 8,
        "known": 1,
        "too_dark": 1,
    }


def test_a_day_that_has_expired_is_passed_over_before_the_store_deletes_it(
    stores: Stores, db: Any, settings: Settings
) -> None:
    open_alert(db, NOON, Site(None, 0.05, 120, 30, "UTC"))
    for expired, counted in ((timedelta(0), 0), (timedelta(seconds=1), 1)):
        days.reference(db, CAMERAS[0].id, "2026-05-31").update({"expireAt": NOON + expired})
        assert reports(settings, stores).current()["today"]["unknown"] == counted


def test_while_firestore_is_silent_there_are_no_numbers_and_afterwards_there_are(
    stores: Stores, distant_db: Any, line: StoreLine
) -> None:
    line.cut()
    with pytest.raises(Unavailable):
        reports(Settings(), replace(stores, db=distant_db, timeout=0.3)).current()
    assert reports(Settings(), stores).current()["known_persons"] == 0

"""The site in numbers, out of what cameras counted."""

from __future__ import annotations

from collections import Counter
from datetime import date

from lookout.domain.site.statistics import CameraDay, last_days, summary

TODAY = date(2026, 3, 1)


def test_nothing_counted_is_all_zeros() -> None:
    told = summary([], TODAY)
    today = told["today"]
    assert isinstance(today, dict)
    assert (today["known"], today["unknown"], today["frames"], today["mean_milliseconds"]) == (0, 0, 0, None)
    assert [hour["hour"] for hour in today["hours"]] == list(range(24))
    assert set(today["reasons"].values()) == {0}


def test_two_weeks_are_told_over_the_end_of_a_month() -> None:
    assert last_days(TODAY)[0] == "2026-02-16"
    assert last_days(TODAY)[-1] == "2026-03-01"
    assert len(last_days(TODAY)) == 14


def test_cameras_of_today_are_added_up_and_other_days_only_told_in_brief() -> None:
    front = CameraDay(
        "front",
        "Front",
        "2026-03-01",
        hours={8: Counter(known=2), 9: Counter(unknown=1)},
        people={"a": ("Anna", 2)},
        reasons=Counter(known=2, no_face=6),
        frames=8,
        doubles=1,
        milliseconds=160,
    )
    back = CameraDay(
        "back",
        "Back",
        "2026-03-01",
        hours={8: Counter(known=1)},
        people={"a": ("Anna", 1)},
        frames=2,
        milliseconds=40,
    )
    before = CameraDay("front", "Front", "2026-02-28", hours={7: Counter(unknown=5)}, frames=99)
    told = summary([front, back, before], TODAY)
    today, days = told["today"], told["days"]
    assert isinstance(today, dict)
    assert isinstance(days, list)
    assert (today["known"], today["unknown"], today["frames"], today["doubles"]) == (3, 1, 10, 1)
    assert today["hours"][8] == {"hour": 8, "known": 3, "unknown": 0}
    assert today["by_person"] == [{"person_id": "a", "person": "Anna", "alerts": 3}]
    assert [camera["camera_id"] for camera in today["by_camera"]] == ["back", "front"]
    assert [camera["reasons"] for camera in today["by_camera"]] == [{}, {"known": 2, "no_face": 6}]
    assert today["mean_milliseconds"] == 20.0
    assert days[-2:] == [
        {"day": "2026-02-28", "known": 0, "unknown": 5},
        {"day": "2026-03-01", "known": 3, "unknown": 1},
    ]


def test_two_weeks_are_told_by_hour_person_and_camera_under_the_latest_names() -> None:
    first, last, before = "2026-02-16", "2026-03-01", "2026-02-15"
    days = [
        CameraDay(
            "a", "Gate", last, {8: Counter(known=1)}, {"p": ("Anna B.", 1)}, Counter(known=1), 1, 0, 30
        ),
        CameraDay("b", "Shed", first, {8: Counter(unknown=2)}, {}, Counter(too_dark=4), 4),
        CameraDay("a", "Old gate", first, {8: Counter(known=2), 9: Counter(known=1)}, {"p": ("Anna", 3)}),
        CameraDay("a", "Old gate", before, {8: Counter(known=50)}, {"p": ("Anna", 50)}, frames=50),
    ]
    told = summary(days, TODAY)["two_weeks"]
    assert isinstance(told, dict)
    assert (told["known"], told["unknown"], told["frames"], told["mean_milliseconds"]) == (4, 2, 5, 6.0)
    assert told["hours"][8] == {"hour": 8, "known": 3, "unknown": 2}
    assert sum(hour["known"] + hour["unknown"] for hour in told["hours"]) == 6
    assert told["by_person"] == [{"person_id": "p", "person": "Anna B.", "alerts": 4}]
    assert [(one["name"], one["known"], one["unknown"], one["frames"]) for one in told["by_camera"]] == [
        ("Gate", 4, 0, 1),
        ("Shed", 0, 2, 4),
    ]
    assert [one["reasons"] for one in told["by_camera"]] == [{"known": 1}, {"too_dark": 4}]
    assert told["reasons"]["too_dark"] == 4


def test_an_upgraded_alert_is_counted_once() -> None:
    day = CameraDay("c", "C", "2026-03-01", hours={8: Counter(known=1, unknown=0)})
    assert summary([day], TODAY)["days"][-1] == {"day": "2026-03-01", "known": 1, "unknown": 0}  # type: ignore[index]

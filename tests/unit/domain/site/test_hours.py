"""Hours of every day, by the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lookout.domain.site.hours import Hours

NIGHT = Hours.parse({"from": "22:00", "to": "06:00"})
NOON = Hours.parse({"from": "12:00", "to": "13:30"})


def _at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-31T{clock}")


@pytest.mark.parametrize(
    ("clock", "held"),
    [
        ("21:59:59", False),
        ("22:00", True),
        ("23:59:59", True),
        ("00:00", True),
        ("05:59:59", True),
        ("06:00", False),
    ],
)
def test_hours_over_midnight_hold_on_both_sides_of_it(clock: str, held: bool) -> None:
    assert NIGHT.hold(_at(clock)) is held


@pytest.mark.parametrize(
    ("clock", "held"), [("11:59", False), ("12:00", True), ("13:29:59", True), ("13:30", False)]
)
def test_hours_of_the_day_hold_from_their_start_up_to_their_end(clock: str, held: bool) -> None:
    assert NOON.hold(_at(clock)) is held


def _held_minutes(hours: Hours, day: str) -> int:
    """How many of the 1,440 minutes after noon in Berlin are within the hours."""
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    berlin = ZoneInfo("Europe/Berlin")
    return sum(
        hours.hold(datetime.fromtimestamp(noon + 60 * minute, UTC).astimezone(berlin))
        for minute in range(1440)
    )


def test_the_night_in_which_the_clock_is_put_forward_is_an_hour_shorter_and_the_other_way_round() -> None:
    assert _held_minutes(NIGHT, "2026-03-27") == 8 * 60
    assert _held_minutes(NIGHT, "2026-03-28") == 7 * 60
    assert _held_minutes(NIGHT, "2026-10-24") == 9 * 60


def test_hours_that_begin_in_the_hour_that_is_left_out_begin_when_the_clock_jumps() -> None:
    early = Hours.parse({"from": "02:30", "to": "04:00"})
    assert _held_minutes(early, "2026-03-28") == 60


@pytest.mark.parametrize("value", [{"from": "22:00", "to": "22:00"}, {"from": "00:00", "to": "00:00"}])
def test_hours_that_end_when_they_begin_are_refused_and_say_what_to_do(value: object) -> None:
    with pytest.raises(ValueError, match="for the whole day leave the hours out"):
        Hours.parse(value)


@pytest.mark.parametrize(
    "value",
    [
        "22:00-06:00", 22, [], True, {}, {"from": "22:00"}, {"from": "22:00", "to": None},
        {"from": "24:00", "to": "06:00"}, {"from": "9:00", "to": "10:00"}, {"from": "22:60", "to": "06:00"},
        {"from": "22:00", "to": "06:00", "zone": "UTC"}, {"from": 2200, "to": 600},
        {"from": "22:00\n", "to": "06:00"},
    ],
)  # fmt: skip
def test_what_is_no_hours_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"form|no time"):
        Hours.parse(value)

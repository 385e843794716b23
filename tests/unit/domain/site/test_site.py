"""What an owner sets while everything runs, and which day it is where he lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lookout.domain.site.hours import Hours
from lookout.domain.site.site import Site, is_timezone
from lookout.domain.site.treatment import Treatment

DEFAULT = Site(threshold=None, margin=0.05, visit_seconds=120, retention_days=30, timezone="UTC")


def test_what_the_owner_did_not_set_keeps_its_default() -> None:
    assert DEFAULT.overridden({}) == (DEFAULT, [])
    assert DEFAULT.overridden({"armed": True, "threshold": None, "timezone": None}) == (DEFAULT, [])


def test_what_the_owner_set_counts() -> None:
    site, complaints = DEFAULT.overridden(
        {"threshold": 0.4, "margin": 0, "visitSeconds": 300.0, "retentionDays": 7, "timezone": "Asia/Tokyo"}
    )
    assert site == Site(0.4, 0.0, 300, 7, "Asia/Tokyo")
    assert complaints == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", "tight"),
        ("threshold", -0.1),
        ("threshold", 2.1),
        ("threshold", float("nan")),
        ("threshold", True),
        ("margin", float("inf")),
        ("margin", [0.1]),
        ("visitSeconds", 0),
        ("visitSeconds", 86401),
        ("visitSeconds", {"seconds": 5}),
        ("retentionDays", -3),
        ("retentionDays", 10**30),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("timezone", 3),
        ("timezone", "../../etc/passwd"),
    ],
    ids=repr,
)
def test_a_value_that_cannot_be_used_is_complained_about_and_the_rest_counts(
    name: str, value: object
) -> None:
    good = {"margin": 0.2} if name != "margin" else {"retentionDays": 9}
    site, (complaint,) = DEFAULT.overridden({name: value, **good})
    assert f"settings/site {name}=" in complaint
    assert site == DEFAULT.overridden(good)[0]


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Kathmandu"])
def test_time_zones_are_those_of_the_iana_database(name: str) -> None:
    assert is_timezone(name)


@pytest.mark.parametrize(
    "name", ["", "Europe", "Berlin", "/etc/localtime", "a\0b", "Zeitzone/Ä", "../UTC", "."]
)
def test_anything_else_is_no_time_zone(name: str) -> None:
    assert not is_timezone(name)


@pytest.mark.parametrize(
    ("timezone", "moment", "day"),
    [
        ("UTC", "2026-05-31T23:59:59+00:00", "2026-05-31"),
        ("Europe/Berlin", "2026-05-31T21:59:59+00:00", "2026-05-31"),
        ("Europe/Berlin", "2026-05-31T22:00:00+00:00", "2026-06-01"),  # summer: two hours ahead
        ("Europe/Berlin", "2026-12-31T22:59:59+00:00", "2026-12-31"),  # winter: one
        ("Europe/Berlin", "2026-12-31T23:00:00+00:00", "2027-01-01"),
        ("America/Los_Angeles", "2026-01-01T07:59:00+00:00", "2025-12-31"),
        ("Pacific/Kiritimati", "2026-05-31T10:00:00+00:00", "2026-06-01"),
        ("UTC", "2026-06-01T01:00:00+02:00", "2026-05-31"),
    ],
)
def test_a_day_ends_at_the_sites_own_midnight(timezone: str, moment: str, day: str) -> None:
    site = DEFAULT.overridden({"timezone": timezone})[0]
    assert site.day(datetime.fromisoformat(moment)) == day


@pytest.mark.parametrize(
    ("start", "hours"), [(datetime(2026, 3, 28, 23), 23), (datetime(2026, 10, 24, 22), 25)]
)
def test_a_day_on_which_the_clocks_change_has_its_own_number_of_hours(start: datetime, hours: int) -> None:
    site = DEFAULT.overridden({"timezone": "Europe/Berlin"})[0]
    moments = [start.replace(tzinfo=UTC) + timedelta(hours=hour) for hour in range(-3, 30)]
    days = [site.day(moment) for moment in moments]
    assert days.count(site.day(start.replace(tzinfo=UTC))) == hours
    assert days == sorted(days)


def test_when_alerts_are_made_and_whom_they_are_of_is_the_owners_to_say() -> None:
    night = {"from": "22:00", "to": "06:00"}
    site, complaints = DEFAULT.overridden(
        {"armed": False, "armedHours": night, "quietHours": night, "known": "ignore", "unknown": "record"}
    )
    assert complaints == []
    assert (site.armed, site.armed_hours, site.quiet_hours) == (False, Hours.parse(night), Hours.parse(night))
    assert (site.known, site.unknown) == (Treatment.IGNORE, Treatment.RECORD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("armed", "yes"),
        ("armed", 0),
        ("armedHours", {"from": "22:00", "to": "22:00"}),
        ("quietHours", "at night"),
        ("known", "shout"),
        ("unknown", True),
    ],
)
def test_a_rule_that_makes_no_sense_is_complained_of_and_the_default_stays(name: str, value: object) -> None:
    site, complaints = DEFAULT.overridden({name: value})
    assert site == DEFAULT
    assert len(complaints) == 1
    assert name in complaints[0]

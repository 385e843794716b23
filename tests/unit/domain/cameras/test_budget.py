"""When a day's frames are used up, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookout.domain.cameras.budget import budget_of, seconds_to_midnight
from lookout.domain.cameras.steering import WATCHING_MS, idle_interval
from lookout.domain.site.site import Site

SITE = replace(Site(None, 0.05, 120, 30, "UTC"), camera_frames=100, site_frames=250)


@pytest.mark.parametrize(
    ("of_camera", "of_site", "said"),
    [(0, 0, None), (99, 249, None), (100, 100, "This camera"), (0, 250, "The cameras"), (999, 999, "This")],
)
def test_frames_are_refused_once_the_budget_is_used_up(
    of_camera: int, of_site: int, said: str | None
) -> None:
    told = budget_of(of_camera, of_site, SITE)
    assert told is None if said is None else told is not None and told.startswith(said)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo"]),
)
def test_the_day_ends_at_midnight_by_the_clock_of_the_site(moment: datetime, zone: str) -> None:
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    seconds = seconds_to_midnight(local)
    assert 1 <= seconds <= 25 * 3600
    ends = (local.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(ZoneInfo(zone))
    assert ends.date() > local.date()


@given(st.integers(1, 120), st.integers(0, 40))
def test_a_pause_grows_from_frame_to_frame_and_never_beyond_what_the_owner_chose(
    idle: int, empty: int
) -> None:
    pauses: list[int] = []
    for _ in range(empty + 1):
        pauses.append(idle_interval(pauses[-1] if pauses else None, idle))
    assert pauses == sorted(pauses)
    assert all(WATCHING_MS <= pause <= max(WATCHING_MS, idle * 1000) for pause in pauses)
    if empty >= 20:
        assert pauses[-1] == idle * 1000

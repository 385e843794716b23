"""What a month costs, and that the page says the same."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.cost import report
from lookout.deployment import INSTANCES
from lookout.domain.site import cost
from lookout.domain.site.cost import DAYS, Life, Usage, bill, dollars, usage_of
from lookout.domain.site.site import CAMERA_FRAMES, IDLE_SECONDS, SITE_FRAMES
from stack.install.bootstrap import ROOT

PAGE = re.sub(r"\s+", " ", (ROOT / "docs" / "cost.md").read_text())


def _month(life: Life) -> float:
    return dollars(usage_of(life).times(DAYS))


def test_within_the_free_quota_nothing_is_paid_but_for_what_has_none() -> None:
    assert dollars(Usage(requests=2e6, seconds=180e3, reads=1.5e6, writes=600e3)) == 0
    assert dollars(Usage(uploads=10_000)) == pytest.approx(0.05)
    assert dollars(Usage(requests=3e6), free=0) == pytest.approx(1.2)


@given(st.integers(1, 1000), st.floats(1, 60), st.floats(0, 1000), st.integers(0, 200))
def test_more_of_anything_never_costs_less(cameras: int, idle: float, busy: float, visits: int) -> None:
    life = Life(cameras, idle, busy, visits)
    month = _month(life)
    assert month >= 0
    for more in (
        replace(life, cameras=cameras + 1),
        replace(life, idle_seconds=idle / 2),
        replace(life, busy_minutes=busy + 60),
        replace(life, visits=visits + 1),
        replace(life, openings=100),
        replace(life, watched_hours=1),
        replace(life, debug_frames=True),
    ):
        assert _month(more) >= month


def test_the_lines_of_a_bill_add_up() -> None:
    usage = usage_of(Life(cameras=40)).times(DAYS)
    assert sum(line.dollars for line in bill(usage)) == pytest.approx(dollars(usage))


@pytest.mark.parametrize("cameras", [1, 4, 20])
def test_the_page_says_what_a_month_costs(cameras: int) -> None:
    assert f"| {cameras} | ${_month(Life(cameras)):.2f} |" in PAGE
    assert f"{_month(Life(cameras)):.2f}" in report(["--cameras", str(cameras)])[-1]


def test_the_page_says_what_debug_frames_live_pictures_and_floods_cost() -> None:
    debug = dollars(cost.debug_usage(86400 / IDLE_SECONDS * DAYS), 0)
    settings = (ROOT / "docs" / "settings.md").read_text()
    assert f"about ${debug:.0f} a month for a camera" in settings
    assert f"`DEBUG_FRAMES` costs about ${debug:.0f} a month" in PAGE
    assert f"about {dollars(cost.live_usage(1), 0) * 100:.0f} cents" in PAGE
    assert f"{CAMERA_FRAMES:,} frames of a camera" in PAGE
    assert f"{SITE_FRAMES:,} of all cameras" in PAGE
    assert f"${dollars(cost.flood_usage(CAMERA_FRAMES, 0), 0):.2f} a day" in PAGE
    assert f"${dollars(cost.flood_usage(SITE_FRAMES, 0), 0):.2f} a day" in PAGE
    assert f"million refused frames ${dollars(cost.flood_usage(0, 1e6), 0):.2f}" in PAGE
    busy = INSTANCES["detect"].max_instances * 86400
    assert f"${dollars(Usage(seconds=busy), 0):.0f} a day" in PAGE


@pytest.mark.parametrize(
    "wrong",
    [
        ["--cameras", "-1"],
        ["--idle-seconds", "0"],
        ["--busy-minutes", "2000"],
        ["--visits", "many"],
        ["--dear"],
    ],
)
def test_a_life_that_makes_no_sense_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        report(wrong)
    assert wrong[0] in capsys.readouterr().err

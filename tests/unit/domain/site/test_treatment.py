"""What is done about whom, and whether anybody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lookout.domain.site.hours import Hours
from lookout.domain.site.site import Site
from lookout.domain.site.treatment import AS_THE_SITE, CameraRules, Policy, Silence, Treatment

SITE = Site(None, 0.05, 120, 30, "Europe/Berlin")
NIGHT = Hours.parse({"from": "22:00", "to": "06:00"})
DAY = datetime(2026, 5, 31, 12, tzinfo=UTC)
EVENING = datetime(2026, 5, 31, 20, 30, tzinfo=UTC)  # half past ten in Berlin


@pytest.mark.parametrize(
    ("site", "by_day", "at_night"),
    [
        (SITE, True, True),
        (replace(SITE, armed=False), False, False),
        (replace(SITE, armed_hours=NIGHT), False, True),
        (replace(SITE, armed=False, armed_hours=NIGHT), False, False),
    ],
)
def test_a_site_is_armed_disarmed_or_armed_at_night_by_its_own_clock(
    site: Site, by_day: bool, at_night: bool
) -> None:
    assert site.is_armed(AS_THE_SITE, DAY) is by_day
    assert site.is_armed(AS_THE_SITE, EVENING) is at_night


def test_a_camera_may_be_armed_or_disarmed_whatever_the_site_is() -> None:
    assert replace(SITE, armed=False).is_armed(CameraRules(armed=True), DAY)
    assert not SITE.is_armed(CameraRules(armed=False), DAY)


def test_a_cameras_rules_go_before_the_sites() -> None:
    site = replace(SITE, known=Treatment.RECORD)
    assert site.policy(AS_THE_SITE, DAY) == Policy(Treatment.RECORD, Treatment.TELL, quiet=False)
    rules = CameraRules(known=Treatment.IGNORE, unknown=Treatment.RECORD)
    assert site.policy(rules, DAY) == Policy(Treatment.IGNORE, Treatment.RECORD, quiet=False)


@pytest.mark.parametrize("is_known", [True, False])
def test_nobody_hears_of_someone_who_is_muted(is_known: bool) -> None:
    assert Policy().treatment(is_known, muted=True) is Treatment.IGNORE
    assert Policy().treatment(is_known, muted=False) is Treatment.TELL


def test_in_quiet_hours_an_alert_is_recorded_and_says_why_nobody_was_told() -> None:
    site = replace(SITE, quiet_hours=NIGHT)
    assert site.policy(AS_THE_SITE, DAY).silence(Treatment.TELL) is None
    assert site.policy(AS_THE_SITE, EVENING).silence(Treatment.TELL) is Silence.QUIET_HOURS
    assert site.policy(AS_THE_SITE, EVENING).silence(Treatment.RECORD) is Silence.RECORD

"""Statistics say what to do and where, and a stranger's page who it was, when and where."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from stack.fake_camera.client import on_frame
from tests.dashboard.conftest import ADMIN, House, until
from tests.dashboard.test_scrolling import commit


@pytest.mark.long
def test_each_reason_says_how_many_frames_at_which_camera_and_what_to_do(
    house: House, owner_page: Page, samples: Path
) -> None:
    house.post(on_frame((samples / "obama.jpg").read_bytes(), 64, 48), camera=1)
    page = owner_page

    def is_told() -> bool:
        page.goto(f"{house.site}/#/statistics")
        page.reload()
        row = page.locator("li", has_text="Faces too small").first
        row.wait_for()
        return re.search(r"\d+ at Back Door", row.inner_text()) is not None

    # a camera's counts are written every half minute
    house.post(on_frame((samples / "obama.jpg").read_bytes(), 66, 48), camera=1)
    if not _counted(house):
        until(lambda: _posted_and_counted(house, samples))
    until(is_told)
    expect(page.locator("li", has_text="Faces too small").first).to_contain_text("A larger frame size")


def _stats(house: House) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {house.token(house.info.owner)}"}
    told: dict[str, Any] = requests.get(f"{house.site}/stats", headers=headers, timeout=30).json()
    return told


def _counted(house: House) -> bool:
    told = _stats(house)
    back = [one for one in told["today"]["by_camera"] if one["camera_id"] == "cam_002"]
    return bool(back) and back[0]["reasons"].get("too_small", 0) > 0


def _posted_and_counted(house: House, samples: Path) -> bool:
    house.post(on_frame((samples / "obama.jpg").read_bytes(), 60 + secrets.randbelow(16), 48), camera=1)
    return _counted(house)


@pytest.mark.long
def test_a_week_has_more_visits_than_one_page_of_alerts(house: House, owner_page: Page) -> None:
    start = datetime.now(UTC) - timedelta(days=5)
    made = [f"week-{number:03}" for number in range(70)]
    for number, alert_id in enumerate(made):
        _visit(house, alert_id, start + timedelta(minutes=number))
    page = owner_page
    page.goto(f"{house.site}/#/statistics")
    page.locator("select").last.select_option("Nora")
    visits = page.locator(".week .visit")
    expect(visits.nth(69)).to_be_attached()
    for alert_id in made:
        house.delete(f"alerts/{alert_id}")


def _visit(house: House, alert_id: str, at: datetime) -> None:
    """An alert of Nora like the first one there is, at another time."""
    listed = requests.get(f"{house.documents}/alerts", params={"pageSize": 1}, headers=ADMIN, timeout=30)
    fields = listed.json()["documents"][0]["fields"]
    moment = {"timestampValue": at.isoformat()}
    fields |= {
        "personId": {"stringValue": "Nora"},
        "person": {"stringValue": "Nora"},
        "isKnown": {"booleanValue": True},
        "firstSeenAt": moment,
        "lastSeenAt": moment,
        "day": {"stringValue": at.date().isoformat()},
    }
    answer = requests.patch(
        f"{house.documents}/alerts/{alert_id}", json={"fields": fields}, headers=ADMIN, timeout=30
    )
    answer.raise_for_status()


def test_a_strangers_page_says_how_often_when_and_where_and_names_or_never_minds(
    house: House, owner_page: Page
) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/strangers")
    page.locator(".tile a").first.click()
    expect(page.get_by_text(re.compile(r"First .+, last .+ · \d+ × (Front|Back) Door"))).to_be_visible()
    page.get_by_role("button", name="Never mind").click()
    expect(page.get_by_role("button", name="Take notice again")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Never mind")).to_be_visible()
    page.get_by_role("button", name="This is …").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="More like this").click()
    expect(page.get_by_role("heading", name="More like this")).to_be_visible()


def test_two_weeks_are_told_by_hour_person_and_camera_and_so_is_today(house: House, owner_page: Page) -> None:
    told = _stats(house)
    today, two_weeks = told["today"], told["two_weeks"]
    assert two_weeks["known"] + two_weeks["unknown"] > today["known"] + today["unknown"]
    page = owner_page
    page.goto(f"{house.site}/#/statistics")
    hours = page.locator("section", has=page.get_by_role("heading", name="By hour"))
    persons = page.locator("section", has=page.get_by_role("heading", name="By person"))
    cameras = page.locator("section", has=page.get_by_role("heading", name="By camera"))
    hours.locator("summary").click()
    expect(hours.locator("tbody tr")).to_have_count(24)
    for period, counts in (("Two weeks", two_weeks), ("Today", today)):
        page.get_by_role("radio", name=period).check()
        rows = [[str(one["hour"]), str(one["known"]), str(one["unknown"])] for one in counts["hours"]]
        cells = "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        assert hours.locator("tbody tr").evaluate_all(cells) == rows
        assert len(counts["by_person"]) == persons.locator("li").count()
        for index, one in enumerate(counts["by_camera"]):
            row = cameras.locator("li").nth(index)
            expect(row).to_contain_text(one["name"])
            expect(row.locator("b")).to_have_text(str(one["known"] + one["unknown"]))


@pytest.mark.long
def test_a_strangers_tile_says_where_it_was_seen(house: House, owner_page: Page, samples: Path) -> None:
    frame = on_frame((samples / "biden.jpg").read_bytes(), 800, 600)
    told: dict[str, Any] = {}
    for camera in (0, 1):
        house.delete(f"visits/{house.info.cameras[camera].id}")
        told = house.post(frame, camera)
    stranger = (house.fields(f"alerts/{told['alert_id']}") or {})["strangerId"]["stringValue"]
    page = owner_page
    page.goto(f"{house.site}/#/strangers")
    tile = page.locator(".tile", has=page.locator(f"a[href$='{stranger}']"))
    expect(tile).to_contain_text(re.compile("· (Front Door, Back Door|Back Door, Front Door)"))
    for path in (f"stranger_vectors/{stranger}", f"strangers/{stranger}"):
        house.delete(path)


@pytest.mark.long
def test_more_like_this_shows_thirty_and_the_rest_on_request(
    house: House, owner_page: Page, samples: Path
) -> None:
    house.delete(f"visits/{house.info.cameras[0].id}")
    found = house.post(on_frame((samples / "obama2.jpg").read_bytes(), 800, 600))["alert_id"]
    root = house.documents.partition("/v1/")[2]
    ids = [f"alike-{number}" for number in range(40)]
    kinds = {kind: house.fields(f"{kind}/{found}") or {} for kind in ("alerts", "alert_vectors")}
    paths = {f"{root}/{kind}/{one}": fields for kind, fields in kinds.items() for one in ids}
    commit(house, [{"update": {"name": name, "fields": fields}} for name, fields in paths.items()])
    owner_page.goto(f"{house.site}/#/strangers/like/{found}")
    visits = owner_page.locator(".visits li")
    expect(visits).to_have_count(30)
    expect(visits.first).to_contain_text("100 % alike")
    expect(visits.first.locator("img")).to_be_visible()
    owner_page.get_by_role("button", name="Show more").click()
    expect(visits.nth(39)).to_be_attached()
    assert visits.count() <= 50
    commit(house, [{"delete": name} for name in paths])


def test_where_no_face_is_alike_the_nearest_are_shown_on_request(
    house: House, owner_page: Page, samples: Path
) -> None:
    house.delete(f"visits/{house.info.cameras[0].id}")
    found = house.post(on_frame((samples / "obama2.jpg").read_bytes(), 800, 600))["alert_id"]
    # whose faces are near depends on what others posted: only how near is put in
    unlike = {"status": "success", "alerts": [{"alert_id": found, "distance": 0.9}]}
    owner_page.route(f"**/alerts/{found}/similar*", lambda route: route.fulfill(json=unlike))
    owner_page.goto(f"{house.site}/#/strangers/like/{found}")
    expect(owner_page.get_by_text("No other face is like it.")).to_be_visible()
    owner_page.get_by_role("button", name="Show the nearest all the same").click()
    expect(owner_page.locator(".visits li")).to_have_count(1)

"""The first steps tick themselves off as they are done, the last of them too."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.dashboard.conftest import ADMIN, House, Visitor

Visit = Callable[..., Visitor]


def _steps(house: House, page: Page) -> Locator:
    page.goto(f"{house.site}/#/welcome")
    expect(page.get_by_role("heading", name="Welcome to Lookout")).to_be_visible()
    return page.locator("section")


def _is_done(steps: Locator, title: str) -> Locator:
    return steps.filter(has_text=title).get_by_text("done", exact=True)


def test_what_the_house_has_already_is_ticked_off_and_being_told_is_not_yet(
    house: House, owner_page: Page
) -> None:
    steps = _steps(house, owner_page)
    for title in ("Add yourself", "Add a camera", "See the first alert"):
        expect(_is_done(steps, title)).to_be_visible()
    expect(_is_done(steps, "Choose how to be told")).to_have_count(0)


def test_who_just_looks_here_says_so_and_is_asked_no_more(house: House, owner_page: Page) -> None:
    steps = _steps(house, owner_page)
    owner_page.get_by_role("button", name="I just look here").click()
    expect(_is_done(steps, "Choose how to be told")).to_be_visible()
    owner_page.reload()
    expect(_is_done(steps, "Choose how to be told")).to_be_visible()
    expect(owner_page.get_by_role("button", name="I just look here")).to_have_count(0)


def test_a_way_that_was_chosen_for_the_house_ticks_the_step_off_in_every_browser(
    house: House, owner_page: Page
) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/settings")
    page.get_by_role("switch", name="By webhook").click()
    expect(page.get_by_text("Saved").last).to_be_visible()
    expect(_is_done(_steps(house, page), "Choose how to be told")).to_be_visible()
    house.delete("settings/site")
    expect(_is_done(page.locator("section"), "Choose how to be told")).to_have_count(0)


@pytest.mark.long
def test_push_that_is_on_in_any_browser_of_ones_own_ticks_the_step_off_and_that_of_others_does_not(
    house: House, visit: Visit
) -> None:
    account = house.member("owner")
    uid = _uid(house, account.email)
    page = visit().open(account)
    device = f"devices/{secrets.token_hex(8)}"
    for of, done in (("somebody else", 0), (uid, 1)):
        fields = {
            "token": {"stringValue": "t" * 100},
            "uid": {"stringValue": of},
            "createdAt": {"timestampValue": datetime.now(UTC).isoformat()},
        }
        url = f"{house.documents}/{device}"
        requests.patch(url, json={"fields": fields}, headers=ADMIN, timeout=30).raise_for_status()
        steps = _steps(house, page)
        page.reload()
        expect(_is_done(steps, "Add yourself")).to_be_visible()
        expect(_is_done(steps, "Choose how to be told")).to_have_count(done)
    house.delete(device)


def _uid(house: House, email: str) -> str:
    projects = f"{house.info.urls['auth']}/identitytoolkit.googleapis.com/v1/projects"
    url = f"{projects}/{house.info.project}/accounts:lookup"
    found = requests.post(url, json={"email": [email]}, headers=ADMIN, timeout=30).json()
    return str(found["users"][0]["localId"])

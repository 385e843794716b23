"""The back button closes every dialogue and leaves its page; the forward button opens none again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import House, Visitor

Visit = Callable[..., Visitor]

DIALOGUES = {
    "a person of the filter": ("#/", "Everybody"),
    "the calendar": ("#/", "Any day"),
    "who somebody is": ("#/people/Tom", "Same as"),
    "erasing": ("#/people/Tom", "Erase everything"),
    "cropping": ("#/people/Mia", "Crop to one face"),
    "naming a stranger": ("#/strangers", "This is"),
    "a new key": ("#/cameras/cam_002", "New key"),
    "removing a camera": ("#/cameras/cam_002", "Remove"),
    "taking a member away": ("#/settings", "Take "),
    "signing out everywhere": ("#/settings", "Sign out everywhere"),
}
ROUTED = {"a new person": ("#/people", "Add a person"), "a new camera": ("#/cameras", "Add a camera")}


@pytest.fixture
def page(house: House, visit: Visit) -> Page:
    house.member("viewer")
    return visit().open(house.info.owner)


def test_every_dialogue_closes_with_back_and_stays_closed_with_forward(house: House, page: Page) -> None:
    for name, (path, opener) in DIALOGUES.items():
        page.goto(f"{house.site}/{path}")
        page.get_by_role("main").get_by_role("button", name=opener).first.click()
        expect(page.get_by_role("dialog"), name).to_be_visible()
        page.go_back()
        expect(page.get_by_role("dialog"), name).to_have_count(0)
        assert page.url == f"{house.site}/{path}", name
        page.go_forward()
        expect(page.get_by_role("dialog"), name).to_have_count(0)
        assert page.url == f"{house.site}/{path}", name


@pytest.mark.long
def test_a_dialogue_with_an_address_closes_with_back_and_opens_with_forward(house: House, page: Page) -> None:
    for name, (path, opener) in ROUTED.items():
        page.goto(f"{house.site}/{path}")
        page.get_by_role("main").get_by_role("link", name=opener).first.click()
        expect(page.get_by_role("dialog"), name).to_be_visible()
        page.go_back()
        expect(page.get_by_role("dialog"), name).to_have_count(0)
        assert page.url == f"{house.site}/{path}", name
        page.go_forward()
        expect(page.get_by_role("dialog"), name).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog"), name).to_have_count(0)


@pytest.mark.long
def test_of_two_dialogues_back_closes_the_upper_one_first(house: House, page: Page) -> None:
    page.locator(".alert a.name").first.click()
    page.get_by_role("dialog").get_by_role("button", name="This is").click()
    expect(page.get_by_role("dialog", name="Who is it?")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog", name="Who is it?")).to_have_count(0)
    expect(page.get_by_role("dialog").locator(".frame")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Now")).to_be_visible()
    page.goto(f"{house.site}/#/people?add")
    page.get_by_role("dialog").get_by_role("button", name="Take a photo").click()
    expect(page.get_by_role("dialog", name="Take a photo")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog", name="Take a photo")).to_have_count(0)
    expect(page.get_by_role("dialog", name="Add a person")).to_be_visible()

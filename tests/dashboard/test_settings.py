"""What an owner sets for the house, and who may look at it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from stack.fake_camera import client
from tests.dashboard.conftest import House, until


@pytest.fixture(autouse=True)
def _as_before(house: House) -> Iterator[None]:
    yield
    house.delete("settings/site")


@pytest.fixture
def settings(house: House, owner_page: Page) -> Page:
    owner_page.goto(f"{house.site}/#/settings")
    expect(owner_page.get_by_role("heading", name="Being told")).to_be_visible()
    return owner_page


def _card(page: Page, title: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def _stored(house: House) -> dict[str, Any]:
    return house.fields("settings/site") or {}


@pytest.mark.long
def test_disarmed_nothing_is_told_of_anybody_until_it_is_armed_again(
    house: House, settings: Page, samples: Path
) -> None:
    frame = client.on_frame((samples / "obama2.jpg").read_bytes(), 800, 600)

    def reason() -> str:
        house.delete(f"visits/{house.info.cameras[0].id}")
        return str(house.post(frame)["reason"])

    armed = settings.get_by_role("switch", name="Armed", exact=False).first
    armed.click()
    until(lambda: reason() == "disarmed")
    armed.click()
    until(lambda: reason() == "known")


def test_strangers_and_known_people_are_treated_apart(house: House, settings: Page) -> None:
    whom = _card(settings, "Whom")
    whom.get_by_role("group", name="Strangers").get_by_role("radio", name="Record only").check()
    whom.get_by_role("group", name="Known people").get_by_role("radio", name="Ignore").check()
    until(lambda: _stored(house).get("known", {}).get("stringValue") == "ignore")
    assert _stored(house)["unknown"]["stringValue"] == "record"


@pytest.mark.long
def test_a_number_that_is_emptied_is_as_the_functions_have_it_again(house: House, settings: Page) -> None:
    for label, name, number in (
        ("A visit ends when", "visitSeconds", "77"),
        ("Alerts are kept for", "retentionDays", "44"),
        ("Margin", "margin", "0.1"),
    ):
        field = settings.get_by_label(label)
        field.fill(number)
        field.press("Enter")
        until(partial(_is_there, house, name))
        field.fill("")
        field.press("Enter")
        until(partial(_is_gone, house, name))


def test_a_way_that_is_not_set_up_says_so_and_what_is_missing_when_it_is_tried(settings: Page) -> None:
    told = _card(settings, "Being told")
    told.get_by_role("button", name="Send a test").first.click()
    expect(told.get_by_text("This way is not set up: EMAIL_ENABLED=true is missing")).to_be_visible()


def test_a_member_is_invited_and_taken_away_and_an_agent_is_shown_as_what_it_is(
    house: House, settings: Page
) -> None:
    members = _card(settings, "Members")
    account = house.info.agent
    assert account is not None
    agent = members.get_by_role("listitem").filter(has_text=account.email)
    expect(agent).to_contain_text(f"agent {account.id}")
    email = f"{secrets.token_hex(4)}@example.com"
    members.get_by_label("E-mail").fill(email)
    members.get_by_role("button", name="Invite").click()
    expect(settings.get_by_text(f"{email} was invited")).to_be_visible()
    member = members.get_by_role("listitem").filter(has_text=email)
    expect(member).to_contain_text("look")
    members.get_by_label("E-mail").fill(account.email)
    members.get_by_role("button", name="Invite").click()
    expect(settings.get_by_text("is the account of an agent: invite another address")).to_be_visible()
    member.get_by_role("button", name=f"Take {email} away").click()
    settings.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(member).to_have_count(0)


@pytest.mark.long
def test_an_owner_sets_how_long_cameras_wait_and_how_many_frames_are_judged(
    house: House, settings: Page
) -> None:
    for label, name, number in (
        ("Longest pause while nobody is there", "idleSeconds", "12"),
        ("Frames a day of one camera", "cameraFramesPerDay", "54321"),
        ("Frames a day of all cameras", "siteFramesPerDay", "98765"),
    ):
        field = settings.get_by_label(label)
        field.fill(number)
        field.press("Enter")
        until(partial(_is_stored, house, name, number))


def _is_stored(house: House, name: str, number: str) -> bool:
    return bool(_stored(house).get(name) == {"integerValue": number})


def _is_there(house: House, name: str) -> bool:
    return name in _stored(house)


def _is_gone(house: House, name: str) -> bool:
    return name not in _stored(house)

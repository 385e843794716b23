"""The settings show what a threshold means for one's own people, and let it be dragged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.dashboard.conftest import House, Visitor, until


@pytest.fixture(autouse=True)
def _usual_threshold(house: House) -> Iterator[None]:
    yield
    house.delete("settings/site")


def threshold(house: House) -> float | None:
    """The threshold that is stored; None where the model's own holds."""
    value = (house.fields("settings/site") or {}).get("threshold", {})
    found = value.get("doubleValue", value.get("integerValue"))
    return None if found is None else float(found)


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile("The threshold"))


@pytest.fixture
def settings(house: House, owner_page: Page) -> Page:
    owner_page.goto(f"{house.site}/#/settings")
    expect(slider(owner_page)).to_be_visible()
    return owner_page


def test_the_threshold_is_moved_by_the_keyboard_and_put_back(house: House, settings: Page) -> None:
    expect(settings.get_by_text("Nobody would be confused at this threshold.")).to_be_visible()
    usual = float(slider(settings).input_value())
    slider(settings).press("ArrowLeft")
    wanted = round(usual - 0.01, 2)
    expect(settings.get_by_text(f"Threshold {wanted:.2f} saved")).to_be_visible()
    assert threshold(house) == wanted
    settings.get_by_role("button", name="Undo").click()
    until(lambda: threshold(house) is None)
    expect(slider(settings)).to_have_value(f"{usual:g}")


def test_the_line_is_dragged_and_says_on_its_way_who_would_be_confused(house: House, settings: Page) -> None:
    picture = settings.locator("svg.separation")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    settings.mouse.move(box["x"] + box["width"] * 0.4, middle)
    settings.mouse.down()
    settings.mouse.move(box["x"] + box["width"] * 0.97, middle, steps=5)
    expect(settings.get_by_text("Nobody would be confused")).to_be_hidden()
    expect(settings.get_by_text(re.compile("and Mia are both near enough|are alike")).first).to_be_visible()
    assert threshold(house) is None
    settings.mouse.move(box["x"] + box["width"] * 0.35, middle, steps=5)
    settings.mouse.up()
    expect(settings.get_by_text(re.compile(r"Threshold 0\.4. saved"))).to_be_visible()
    until(lambda: (threshold(house) or 9) < 0.5)


def test_whose_own_photos_would_be_missed_is_said_with_what_to_do(house: House, settings: Page) -> None:
    slider(settings).fill("0.05")
    told = settings.get_by_text(re.compile("own photos would not be recognised")).first
    expect(told).to_be_visible()
    expect(told).to_contain_text("Add more photos")
    told.get_by_role("link").click()
    expect(settings.get_by_role("heading", name="Photos")).to_be_visible()


def test_a_viewer_is_shown_none_of_it(house: House, visit: Callable[..., Visitor]) -> None:
    page = visit().open(house.member("viewer"), "#/settings")
    expect(page.get_by_text("Changing things is for owners.")).to_be_visible()
    expect(page.locator("svg.separation")).to_have_count(0)

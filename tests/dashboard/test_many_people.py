"""Five hundred people: the grid and the type-ahead stay usable, and only what is on the screen is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import House, Visitor
from tests.dashboard.test_scrolling import commit

Visit = Callable[..., Visitor]
PEOPLE = 500
TILES = 60
ON_A_PHONE = 20
"""Tiles that are on the screen of a phone or a little below it."""


@pytest.fixture
def crowd(house: House) -> Iterator[None]:
    """Five hundred people without photos."""
    root = house.documents.partition("/v1/")[2]
    names = [f"{root}/people/crowd-{number}" for number in range(PEOPLE)]
    made = datetime.now(UTC).isoformat()
    fields = [
        {"name": {"stringValue": f"Zoë {number}"}, "createdAt": {"timestampValue": made}}
        for number in range(PEOPLE)
    ]
    writes = [{"update": {"name": one, "fields": its}} for one, its in zip(names, fields, strict=True)]
    commit(house, writes)
    yield
    commit(house, [{"delete": one} for one in names])


@pytest.mark.usefixtures("crowd")
@pytest.mark.long
def test_among_five_hundred_people_anybody_is_found_and_only_who_is_on_the_screen_is_read(
    house: House, visit: Visit
) -> None:
    visitor = visit()
    queries = visitor.queries()
    page = visitor.open(house.info.owner, "#/people")
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".tile")).to_have_count(TILES)
    page.wait_for_timeout(1500)
    asked = [name for name, _ in queries if name in ("photos", "alerts")]
    assert 0 < len(asked) <= 2 * ON_A_PHONE
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".tile")).to_have_count(2 * TILES)
    page.get_by_role("searchbox").fill("zoe 437")
    expect(page.locator(".tile b")).to_have_text(["Zoë 437"])
    # naming somebody
    page.goto(f"{house.site}/#/")
    page.get_by_role("button", name="Everybody").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("option")).to_have_count(40)
    dialog.get_by_label("Name").fill("zoe 44")
    expect(dialog.get_by_role("option")).to_have_count(11)
    dialog.get_by_role("option", name="Zoë 449").click()
    expect(page.get_by_role("button", name="Zoë 449")).to_be_visible()
    expect(page.get_by_text("Nobody fits this.")).to_be_visible()

"""The settings show what a threshold means for one's own people, and let it be dragged."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from lookout.domain.recognition.gallery import PACKED_DTYPE
from tests.dashboard.conftest import ADMIN, House, Visitor, until


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


Fields = dict[str, Any]
"""A document's fields as Firestore's REST interface has them."""


@pytest.fixture
def only(house: House) -> Iterator[Callable[[dict[str, int]], None]]:
    """Has the recognition know only these people by so many photos, as if no others had been enrolled."""
    known: dict[str, Fields] = {one: house.fields(f"gallery/{one}") or {} for one in house.ids("gallery")}
    living = {one: its for one, its in known.items() if not its["deleted"]["booleanValue"]}

    def write(people: dict[str, Fields]) -> None:
        version = int(str((house.fields("gallery_state/current") or {})["version"]["integerValue"])) + 1
        number = {"integerValue": str(version)}
        for one, fields in people.items():
            _put(house, f"gallery/{one}", fields | {"version": number})
        state = house.fields("gallery_state/current") or {}
        _put(house, "gallery_state/current", state | {"version": number})

    def keep(photos: dict[str, int]) -> None:
        gone: Fields = {"deleted": {"booleanValue": True}}
        write({one: _of(fields, photos[one]) if one in photos else gone for one, fields in living.items()})

    yield keep
    write(living)


def _put(house: House, path: str, fields: Fields) -> None:
    url = f"{house.documents}/{path}"
    requests.patch(url, json={"fields": fields}, headers=ADMIN, timeout=30).raise_for_status()


def _of(fields: Fields, photos: int) -> Fields:
    """The person with the first photos alone."""
    dimension = int(str(fields["dimension"]["integerValue"]))
    vectors = base64.b64decode(str(fields["vectors"]["bytesValue"]))[
        : photos * dimension * PACKED_DTYPE.itemsize
    ]
    ids: list[object] = fields["photoIds"]["arrayValue"]["values"][:photos]
    return fields | {
        "vectors": {"bytesValue": base64.b64encode(vectors).decode()},
        "photoIds": {"arrayValue": {"values": ids}},
    }


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("photos", "told", "untold"),
    [
        ({}, "Nobody is enrolled yet", "Nobody would be confused"),
        ({"Mia": 2}, "With one person there is nobody to be confused with.", "Only one photo"),
        ({"Mia": 1}, "Only one photo: Mia.", "Nobody would be confused"),
        ({"Mia": 1, "Tom": 1}, "Only one photo: Mia, Tom.", "With one person"),
    ],
    ids=["nobody", "one person", "one photo", "two people of one photo"],
)
def test_where_there_is_nothing_to_tell_apart_the_picture_says_so_and_what_to_do(
    house: House,
    owner_page: Page,
    only: Callable[[dict[str, int]], None],
    photos: dict[str, int],
    told: str,
    untold: str,
) -> None:
    only(photos)
    until(lambda: _compared(house) == photos)
    page = owner_page
    page.goto(f"{house.site}/#/settings")
    card = page.locator("section", has=page.get_by_role("heading", name="Recognition"))
    expect(card.get_by_text(told)).to_be_visible()
    expect(card.get_by_text(untold)).to_have_count(0)
    if photos:
        expect(slider(page)).to_be_visible()
    else:
        card.get_by_role("link", name="Add people").click()
        expect(page.get_by_role("heading", name="People")).to_be_visible()


def _compared(house: House) -> dict[str, int]:
    """Whom the server has compared, with how many photos of each; it looks every few seconds for changes."""
    time.sleep(1)
    headers = {"Authorization": f"Bearer {house.token(house.info.owner)}"}
    answer = requests.get(f"{house.site}/people/separation", headers=headers, timeout=30).json()
    return {one["person_id"]: one["photos"] for one in answer["people"]}

"""Which photos of a person there are, which would help, and which would not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Locator, Page, expect

from stack.fake_camera import client
from tests.dashboard.conftest import House, until
from tests.dashboard.test_people import ENROLMENT_MILLISECONDS

ADD_RIGHT = "Add: turned right"


def _mirrored(samples: Path) -> bytes:
    """A frame on which Barack looks to the right of the picture, as he does on none of his photos."""
    made = io.BytesIO()
    with Image.open(samples / "obama2.jpg") as photo:
        ImageOps.mirror(photo.convert("RGB")).save(made, "JPEG")
    return client.on_frame(made.getvalue(), 800, 600)


def _visit(house: House, frame: bytes) -> str:
    house.delete(f"visits/{house.info.cameras[0].id}")
    return str(house.post(frame)["alert_id"])


def _kind(page: Page, name: str) -> Locator:
    return (
        page.get_by_role("list", name="Which kinds of photos there are")
        .get_by_role("listitem")
        .filter(has_text=name)
    )


def _photos(house: House) -> set[str]:
    return {one for one in house.ids("people/Barack/photos") if one.startswith("alert-")}


def test_one_glance_tells_which_kinds_of_photos_there_are(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/people/Barack")
    expect(_kind(page, "From the front")).to_contain_text("1 photo")
    expect(_kind(page, "Turned left")).to_contain_text("1 photo")
    expect(_kind(page, "Turned right")).to_contain_text("missing")
    expect(_kind(page, "In dim light")).to_contain_text("missing")


@pytest.mark.long
def test_a_face_of_an_alert_that_adds_an_angle_is_offered_added_by_one_tap_and_taken_back(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page
    alert_id = _visit(house, _mirrored(samples))
    page.goto(f"{house.site}/#/people/Barack")
    offers = page.locator("section", has=page.get_by_role("heading", name="From alerts"))
    offers.get_by_role("button", name=ADD_RIGHT).click()
    expect(_kind(page, "Turned right")).to_contain_text("1 photo", timeout=ENROLMENT_MILLISECONDS)
    assert _photos(house) == {f"alert-{alert_id}.jpg"}
    expect(page.get_by_role("button", name=ADD_RIGHT)).to_have_count(0)
    # in the alert itself it is told that it is one already
    page.goto(f"{house.site}/#/alerts/{alert_id}")
    expect(page.get_by_text("This is one of the photos of Barack")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.goto(f"{house.site}/#/people/Barack")
    page.locator(".photos .tile").first.get_by_role("button", name="Remove").click()
    expect(_kind(page, "Turned right")).to_contain_text("missing", timeout=ENROLMENT_MILLISECONDS)
    until(lambda: _photos(house) == set())


@pytest.mark.long
def test_in_an_alert_a_face_is_offered_as_a_photo_or_discouraged_in_words(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page
    adds = _visit(house, _mirrored(samples))
    page.goto(f"{house.site}/#/alerts/{adds}")
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_text("A photo that is missing so far: turned right.")).to_be_visible()
    viewer.get_by_role("button", name="Use as a photo of Barack").click()
    expect(viewer.get_by_text("Added to the photos of Barack")).to_be_visible()
    viewer.get_by_role("button", name="Undo").click()
    until(lambda: _photos(house) == set())
    same = _visit(house, client.on_frame((samples / "obama2.jpg").read_bytes(), 800, 600))
    page.goto(f"{house.site}/#/alerts/{same}")
    expect(viewer.get_by_text("Barack has a photo like this already.")).to_be_visible()
    expect(viewer.get_by_role("button", name="Use as a photo all the same")).to_be_visible()


@pytest.mark.long
def test_the_photo_that_looks_like_somebody_else_says_so(
    house: House, owner_page: Page, samples: Path
) -> None:
    house.put_photo("Twin", "one.jpg", (samples / "obama.jpg").read_bytes())
    house.put_photo("Twin", "two.jpg", (samples / "biden.jpg").read_bytes())
    page = owner_page
    page.goto(f"{house.site}/#/people")
    page.goto(f"{house.site}/#/people/Twin")
    tiles = page.locator(".photos .tile")
    expect(tiles).to_have_count(2, timeout=ENROLMENT_MILLISECONDS)
    expect(tiles.filter(has_text="Looks like Barack")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)
    expect(page.get_by_text("Looks like Barack.")).to_be_visible()

"""A phone as a camera: the page posts what the device's own camera sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from stack.fake_camera import client
from stack.tools.browser import launch, sign_in
from tests.dashboard.conftest import House
from tests.dashboard.test_people import ENROLMENT_MILLISECONDS


@pytest.fixture
def page(house: House, playwright: Playwright, samples: Path, tmp_path: Path) -> Iterator[Page]:
    """The owner's page in a browser whose camera sees Barack."""
    browser = launch(playwright, *_film(samples, tmp_path))
    try:
        opened = browser.new_page(permissions=["camera"], locale="en-GB")
        sign_in(opened, house.site, house.info.owner)
        yield opened
    finally:
        browser.close()


@pytest.mark.long
def test_a_phone_becomes_a_camera_and_sees_somebody(house: House, page: Page) -> None:
    page.goto(f"{house.site}/#/phone")
    page.get_by_label("Name of this camera").fill("Drawer phone")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("somebody known: Barack")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    page.goto(f"{house.site}/#/")
    expect(page.locator(".alert", has_text="Drawer phone").first).to_contain_text("Barack")


@pytest.mark.long
def test_a_photo_is_taken_with_the_camera_of_the_device_and_enrolled(house: House, page: Page) -> None:
    page.goto(f"{house.site}/#/people?add")
    page.get_by_role("dialog").get_by_label("Name").fill("Seen by the laptop")
    page.get_by_role("button", name="Take a photo").click()
    finder = page.get_by_role("dialog", name="Take a photo")
    expect(finder.locator(".oval")).to_be_visible()
    finder.get_by_role("button", name="Take it").click()
    finder.get_by_role("button", name="Done").click()
    page.get_by_role("dialog").get_by_role("button", name="Add a person").click()
    expect(page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)


def _film(samples: Path, folder: Path) -> tuple[str, ...]:
    """The flags of a browser whose camera sees Barack."""
    film = folder / "face.mjpeg"
    film.write_bytes(client.on_frame((samples / "obama.jpg").read_bytes(), 640, 480))
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )

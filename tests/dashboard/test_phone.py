"""A phone as a camera: the page posts what the device's own camera sees."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from stack.fake_camera import client
from stack.tools.browser import launch, sign_in
from tests.dashboard.conftest import House


def test_a_phone_becomes_a_camera_and_sees_somebody(
    house: House, playwright: Playwright, samples: Path, tmp_path: Path
) -> None:
    film = tmp_path / "face.mjpeg"
    film.write_bytes(client.on_frame((samples / "obama.jpg").read_bytes(), 640, 480))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    browser = launch(playwright, *flags)
    try:
        page = browser.new_page(permissions=["camera"], locale="en-GB")
        sign_in(page, house.site, house.info.owner)
        page.goto(f"{house.site}/#/phone")
        page.get_by_label("Name of this camera").fill("Drawer phone")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("somebody known: Barack")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Stop").click()
        page.goto(f"{house.site}/#/")
        expect(page.locator(".alert", has_text="Drawer phone").first).to_contain_text("Barack")
    finally:
        browser.close()

"""The clicks of ``docs/first-five-minutes.md``, as a new user makes them on a stack where nobody was before.

With ``LOOKOUT_SCREENSHOTS`` set to a folder, the page's pictures go there: ``docs/images/first-five-minutes``.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from stack.fake_camera import client
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local import emulators
from stack.local.info import StackInfo
from stack.tools.browser import launch

PHONE = {"width": 390, "height": 844}
SECONDS = 60
GUIDE = ROOT / "docs" / "first-five-minutes.md"
ENROLMENT_MILLISECONDS = 120_000
FIVE_MINUTES = 300.0
FILM = (("obama3.jpg", 40), ("biden.jpg", 40))
"""What the phone's camera sees, again and again: photos that may be published, each so many frames long."""


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[StackInfo]:
    """A stack as ``scripts/dev`` leaves it."""
    with emulators.started(folder=tmp_path / "stack") as info:
        yield info


class Reader:
    """Does what the guide says: every label that is touched has to stand in it."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self._page = page
        self._guide = GUIDE.read_text()
        self._pictures = pictures
        self.taken: list[str] = []

    def touch(self, label: str, within: Locator | None = None, role: str = "button") -> None:
        assert f"**{label}**" in self._guide, f"the guide does not speak of {label!r}"
        place = within or self._page
        (place.get_by_role(role, name=label)).first.click()  # type: ignore[arg-type]

    def picture(self, name: str) -> None:
        assert f"(images/first-five-minutes/{name}.png)" in self._guide
        self._page.wait_for_timeout(800)
        self._page.screenshot(path=self._pictures / f"{name}.png")
        self.taken.append(name)


def test_a_family_member_an_alert_a_stranger_and_the_flashlight_within_five_minutes(
    fresh: StackInfo, tmp_path: Path
) -> None:
    samples = photos.ensure()
    film = tmp_path / "visitors.mjpeg"
    frames = [client.on_frame((samples / name).read_bytes(), 640, 480) * length for name, length in FILM]
    film.write_bytes(b"".join(frames))
    pictures = Path(os.environ.get("LOOKOUT_SCREENSHOTS", str(tmp_path)))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with sync_playwright() as playwright:
        _follow_the_guide(launch(playwright, *flags), fresh, samples, pictures)


def _follow_the_guide(browser: Browser, fresh: StackInfo, samples: Path, pictures: Path) -> None:
    page = browser.new_page(viewport=PHONE, locale="en-GB", permissions=["camera"])  # type: ignore[arg-type]
    page.set_default_timeout(SECONDS * 1000)
    reader = Reader(page, pictures)
    began = time.monotonic()
    site = fresh.urls["hosting"]
    try:
        page.goto(site)
        page.get_by_label("E-mail").fill(fresh.owner.email)
        page.get_by_label("Password").fill(fresh.owner.password)
        reader.touch("Sign in")
        reader.touch("Begin", role="link")
        reader.picture("1-welcome")

        # somebody of the family
        reader.touch("Add yourself", role="link")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Barack")
        dialog.locator("input[type=file]").set_input_files([samples / "obama.jpg", samples / "obama2.jpg"])
        reader.touch("Add a person", dialog)
        expect(page.locator(".photos .badge.good")).to_have_count(2, timeout=ENROLMENT_MILLISECONDS)
        reader.picture("2-enrolled")

        # a camera
        page.goto(f"{site}/#/welcome")
        reader.touch("Use this phone as a camera", role="link")
        reader.touch("Start")
        expect(page.get_by_text("somebody known: Barack")).to_be_visible(timeout=60_000)
        reader.picture("3-phone")
        expect(page.get_by_text(re.compile("a stranger", re.IGNORECASE)).last).to_be_visible(timeout=60_000)
        reader.touch("Stop")

        # what it saw
        reader.touch("Now", role="link")
        stranger = page.locator(".alert.stranger").first
        expect(page.locator(".alert", has_text="Barack").first).to_be_visible()
        expect(stranger.locator(".face img")).to_be_visible()
        reader.picture("4-alerts")
        reader.touch("This is …", stranger)
        page.get_by_role("dialog").get_by_label("Name").fill("Joe")
        page.get_by_role("option", name="New person: Joe").click()
        expect(page.locator(".alert", has_text="Joe").first).to_be_visible()
        reader.picture("5-named")

        # light
        reader.touch("Cameras", role="link")
        page.get_by_role("link", name=re.compile("Front Door")).first.click()
        page.get_by_role("slider", name="Flashlight").fill("255")
        expect(page.get_by_text(re.compile("Done in"))).to_be_visible()
        page.get_by_role("heading", name="Steer").scroll_into_view_if_needed()
        reader.picture("6-flashlight")
    finally:
        browser.close()
    assert time.monotonic() - began < FIVE_MINUTES
    named = re.findall(r"\(images/first-five-minutes/([\w-]+)\.png\)", GUIDE.read_text())
    assert named == reader.taken
    assert all((GUIDE.parent / "images" / "first-five-minutes" / f"{name}.png").is_file() for name in named)

"""What holds for every page: its policy, who can use it, how much it loads, how it looks on any screen."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect

from stack.install.dashboard import PACKAGES
from tests.dashboard.conftest import House, Visitor, settle

Visit = Callable[..., Visitor]

PAGES = {
    "#/": "Now",
    "#/?known=0": "Now",
    "#/people": "People",
    "#/people/Mia": "Mia",
    "#/people?add": "Add a person",
    "#/strangers": "Strangers",
    "#/cameras": "Cameras",
    "#/cameras/cam_001": "Front Door",
    "#/cameras?add": "Add a camera",
    "#/statistics": "Statistics",
    "#/status": "How it is doing",
    "#/settings": "Settings",
    "#/welcome": "Welcome to Lookout",
    "#/phone": "This phone as a camera",
    "#/more": "More",
}
OPENED = {
    "who was there": ("#/", "Everybody"),
    "the calendar": ("#/", "Any day"),
    "somebody else": ("#/people/Tom", "Same as"),
    "erasing": ("#/people/Tom", "Erase everything"),
    "a photo is taken": ("#/people/Tom", "Take a photo"),
    "cropping": ("#/people/Mia", "Crop to one face"),
    "naming a stranger": ("#/strangers", "This is"),
    "removing a camera": ("#/cameras/cam_002", "Remove"),
    "several alerts": ("#/", "Select"),
}
"""What is opened by a button of a page, with the button."""

AXE = PACKAGES / "axe-core" / "axe.min.js"


def _pages(house: House) -> dict[str, str]:
    """Every page, also those of one stranger and of who is like them."""
    stranger = sorted(house.ids("strangers"))[0]
    alert = sorted(one for one in house.ids("alerts") if "x" not in one)[0]
    more = {f"#/strangers/{stranger}": "here", f"#/strangers/like/{alert}": "More like this"}
    return PAGES | more


def _serious(page: Page) -> list[str]:
    # evaluated by the browser's tools: the page's own policy stays as it is
    page.evaluate(AXE.read_text())
    results: dict[str, list[dict[str, Any]]] = page.evaluate("axe.run()")
    assert len(results["passes"]) > 10, "axe looked at nothing"
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in results["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def sign_in_as_nobody(page: Page, house: House) -> None:
    account = house.member(None)
    page.goto(house.site)
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="not let in yet")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_page_keeps_anybody_out(house: House, visit: Visit, colours: str) -> None:
    page = visit(color_scheme=colours).open(None)
    page.get_by_label("Password").wait_for()
    problems = {"sign in": _serious(page)}
    page = visit(color_scheme=colours).new_page()
    sign_in_as_nobody(page, house)
    problems["nobody"] = _serious(page)
    page = visit(color_scheme=colours).open(house.info.owner)
    for path, heading in _pages(house).items():
        page.goto(f"{house.site}/{path}")
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        settle(page)
        problems[path] = _serious(page)
    page.goto(f"{house.site}/#/")
    page.locator(".alert a.name").first.click()
    page.locator(".viewer img").wait_for()
    problems["an alert"] = _serious(page)
    for name, (path, button) in OPENED.items():
        page.goto("about:blank")
        page.goto(f"{house.site}/{path}")
        page.get_by_role("main").get_by_role("button", name=button).first.click()
        settle(page)
        problems[name] = _serious(page)
    assert {path: found for path, found in problems.items() if found} == {}


@pytest.mark.long
def test_no_page_is_wider_than_its_screen(house: House, visit: Visit) -> None:
    page = visit().open(house.info.owner)
    for path, heading in _pages(house).items():
        page.goto(f"{house.site}/{path}")
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        settle(page)
        for width in (360, 768, 3840):
            page.set_viewport_size({"width": width, "height": 800})
            # once it is laid out for that width
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_pages_are_loaded_when_they_are_opened(house: House, visit: Visit) -> None:
    visitor = visit()
    loaded: list[str] = []
    visitor.context.on("request", lambda request: loaded.append(request.url))
    page = visitor.open(house.info.owner)
    page.locator(".alert").first.wait_for()
    assert not any("StatisticsPage" in url for url in loaded)
    page.goto(f"{house.site}/#/statistics")
    page.get_by_role("heading", name="By hour").wait_for()
    assert any("StatisticsPage" in url for url in loaded)
    # and the browser's tab says which it is
    expect(page).to_have_title("Statistics · Lookout")


def test_no_picture_is_asked_for_by_a_public_address(house: House, visit: Visit) -> None:
    visitor = visit()
    asked: list[tuple[str, str]] = []
    visitor.context.on(
        "request", lambda request: asked.append((request.url, request.headers.get("authorization", "")))
    )
    page = visitor.open(house.info.owner)
    page.locator(".face img").first.wait_for()
    pictures = [(url, token) for url, token in asked if "/v0/b/" in url]
    assert pictures
    assert all(token and "token=" not in url for url, token in pictures)


def test_the_other_language_is_chosen_and_kept(house: House, owner_page: Page) -> None:
    owner_page.goto(f"{house.site}/#/settings")
    owner_page.get_by_label("Language").select_option("de")
    expect(owner_page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    owner_page.reload()
    expect(owner_page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    assert owner_page.locator("html").get_attribute("lang") == "de"
    # what the functions say in English too
    owner_page.goto(f"{house.site}/#/cameras/cam_002")
    address = owner_page.get_by_label("Adresse in deinem Netz")
    address.fill("8.8.8.8")
    address.press("Enter")
    expect(owner_page.get_by_text("'8.8.8.8' ist keine private IPv4-Adresse")).to_be_visible()
    expect(owner_page).to_have_title("Kameras · Lookout")


def test_settings_are_saved_and_taken_back_when_refused(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/settings")
    page.get_by_role("switch", name="Quiet hours").click()
    expect(page.get_by_text("Saved").last).to_be_visible()
    site = house.fields("settings/site")
    assert site is not None
    assert "quietHours" in site
    page.get_by_role("switch", name="Quiet hours").click()
    expect(page.get_by_role("switch", name="Quiet hours")).not_to_be_checked()


def test_the_page_can_be_put_on_the_home_screen(house: House, visit: Visit) -> None:
    page = visit().open(house.info.owner)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    href = page.locator("link[rel=manifest]").evaluate("(link) => link.href")
    manifest = requests.get(href, timeout=30).json()
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        answer = requests.get(urljoin(href, icon["src"]), timeout=30)
        assert answer.headers["Content-Type"].startswith(icon["type"])
        if icon["sizes"] != "any":
            assert Image.open(io.BytesIO(answer.content)).size == tuple(map(int, icon["sizes"].split("x")))
    found = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # the contexts of these tests are private windows, in which nothing is installed
    assert {one["errorId"] for one in found} <= {"in-incognito"}


def test_who_wants_less_motion_gets_none(house: House, visit: Visit) -> None:
    page = visit(reduced_motion="reduce").open(house.info.owner, "#/people?add")
    expect(page.get_by_role("dialog")).to_be_visible()
    moving = "document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1).length"
    assert page.evaluate(moving) == 0

"""What an owner answers and says with a tap: who of two it was, several at once, strangers who are one."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from stack.fake_camera import client
from tests.dashboard.conftest import House, Visitor, ten_seconds_pass, until
from tests.dashboard.test_alerts import _alert_of, _new_visit, _obama, _person, _take_away
from tests.dashboard.test_people import ENROLMENT_MILLISECONDS
from tests.e2e import cast

Visit = Callable[..., Visitor]

SHARES = """navigator.share = async ({ files }) => {
  window.shared = files.map((one) => [one.name, one.type, one.size]);
};"""
"""A share sheet that keeps what it is given: Chromium has none on this system."""


def _biden(samples: Path) -> bytes:
    return client.on_frame((samples / "biden.jpg").read_bytes(), 800, 600)


def _stranger(house: House, frame: bytes) -> str:
    """Which stranger comes: the camera may know for some seconds more who was forgotten by then."""
    found: list[str] = []

    def is_strange() -> bool:
        alert = house.fields(f"alerts/{_new_visit(house, frame)}") or {}
        found.extend(alert["strangerId"].values() if "stringValue" in alert["strangerId"] else [])
        return bool(found)

    until(is_strange)
    return found[0]


def _forget_strangers(house: House, *ids: str) -> None:
    for stranger in ids:
        house.delete(f"stranger_vectors/{stranger}")
        house.delete(f"strangers/{stranger}")


def test_anna_or_beth_is_answered_by_one_tap(house: House, visit: Visit, samples: Path) -> None:
    house.put_photo("Twin", "one.jpg", (samples / "obama.jpg").read_bytes())
    until(lambda: "lookalikes" in (house.fields("people/Twin") or {}))
    alert_id = ""

    def is_ambiguous() -> bool:
        nonlocal alert_id
        alert_id = _new_visit(house, client.on_frame((samples / "obama.jpg").read_bytes(), 800, 600))
        alert = house.fields(f"alerts/{alert_id}") or {}
        return bool(alert["reason"]["stringValue"] == "ambiguous")

    until(is_ambiguous)
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(house.info.owner, f"#/alerts/{alert_id}")
    viewer, card = page.get_by_role("dialog"), _alert_of(page, alert_id)
    either = re.compile(r"^(Barack or Twin|Twin or Barack)\?$")
    # in full screen, where a mail's link leads, and in the list
    expect(viewer.get_by_role("button", name="Twin").locator("img")).to_be_visible()
    viewer.get_by_role("button", name="Barack", exact=True).click()
    expect(viewer.locator("header b")).to_have_text("Barack")
    viewer.get_by_role("button", name="Undo").click()
    viewer.get_by_role("button", name="Close").click()
    expect(card.locator("a.name")).to_have_text(either)
    assert _person(house, alert_id) is None
    expect(card.get_by_role("button", name="Twin").locator("img")).to_be_visible()
    card.get_by_role("button", name="Barack").click()
    expect(card.locator("a.name")).to_have_text("Barack")
    ten_seconds_pass(page)
    until(lambda: _person(house, alert_id) == "Barack")


@pytest.mark.long
def test_in_full_screen_one_swipes_on_downloads_and_shares(house: House, visit: Visit, samples: Path) -> None:
    older = _new_visit(house, cast.frame(samples, "man in grey"))
    newer = _new_visit(house, _obama(samples))
    visitor = visit()
    visitor.context.add_init_script(SHARES)
    page = visitor.open(house.info.owner)
    _alert_of(page, newer).locator("a.name").click()
    viewer = page.get_by_role("dialog")
    picture = viewer.locator(".frame img")
    picture.wait_for()
    with page.expect_download() as download:
        viewer.get_by_role("button", name="Download the picture").click()
    assert download.value.suggested_filename.startswith("Barack ")
    assert download.value.path().read_bytes()[:2] == b"\xff\xd8"
    viewer.get_by_role("button", name="Share").click()
    page.wait_for_function("() => window.shared")
    ((name, kind, size),) = page.evaluate("window.shared")
    assert (name, kind) == (download.value.suggested_filename, "image/jpeg")
    assert size == download.value.path().stat().st_size
    for key, there in (("ArrowRight", older), ("ArrowLeft", newer)):
        page.keyboard.press(key)
        expect(page).to_have_url(f"{house.site}/#/alerts/{there}")
    picture.wait_for()
    box = picture.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    for start, end, there in ((300, 80, older), (80, 300, newer)):
        page.mouse.move(start, middle)
        page.mouse.down()
        page.mouse.move(end, middle, steps=4)
        page.mouse.up()
        expect(page).to_have_url(f"{house.site}/#/alerts/{there}")


@pytest.mark.long
def test_several_who_are_selected_are_named_at_once(house: House, visit: Visit, samples: Path) -> None:
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(house.info.owner)
    ids = [_new_visit(house, _biden(samples), camera) for camera in (0, 1)]
    expect(_alert_of(page, ids[1])).to_contain_text("A stranger")
    alert = house.fields(f"alerts/{ids[1]}") or {}
    stranger = alert["strangerId"]["stringValue"]
    page.get_by_role("button", name="Select").click()
    for alert_id in ids:
        _alert_of(page, alert_id).get_by_role("checkbox").check()
    naming = page.get_by_role("toolbar").get_by_role("button", name="This is")
    naming.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    naming.click()
    page.get_by_role("dialog").get_by_label("Name").fill("Postman Joe")
    page.get_by_role("option", name="New person: Postman Joe").click()
    for alert_id in ids:
        expect(_alert_of(page, alert_id)).to_contain_text("Postman Joe")
    ten_seconds_pass(page)
    until(lambda: len({_person(house, one) for one in ids} - {None}) == 1)
    # the photos are enrolled, and the stranger is there no more
    until(lambda: house.fields(f"strangers/{stranger}") is None)
    assert _person(house, ids[0]) == _person(house, ids[1])


def test_strangers_who_are_one_are_merged_by_dragging_or_by_selecting_two(
    house: House, visit: Visit, samples: Path
) -> None:
    one = _stranger(house, _biden(samples))
    other = _stranger(house, cast.frame(samples, "woman on the right"))
    assert one != other
    visitor = visit(viewport={"width": 1280, "height": 900})
    visitor.context.clock.install()
    page = visitor.open(house.info.owner, "#/strangers")
    first, second = (page.locator(".tile", has=page.locator(f"a[href$='{who}']")) for who in (one, other))
    expect(second).to_be_visible()
    first.drag_to(second)
    expect(first).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(first).to_be_visible()
    page.get_by_role("button", name="Select").click()
    for tile in (first, second):
        tile.get_by_role("checkbox").check()
    page.get_by_role("button", name="These are the same").click()
    expect(page.get_by_text("One stranger now")).to_be_visible()
    ten_seconds_pass(page)
    # who is left is named, which is taken back
    second.get_by_role("button", name="This is").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Nobody in particular")
    page.get_by_role("option", name="New person").click()
    expect(second).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(second).to_be_visible()
    until(lambda: len([who for who in (one, other) if house.fields(f"strangers/{who}")]) == 1)
    _forget_strangers(house, one, other)


def test_a_consent_ends_on_its_day_and_can_be_given_again(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/people/Tom")
    until_field = page.get_by_label("Consent until")
    until_field.fill("2020-02-03")
    expect(page.get_by_text("Saved").last).to_be_visible()
    person = house.fields("people/Tom") or {}
    assert person["consentExpiresAt"]["timestampValue"].startswith(("2020-02-02", "2020-02-03"))
    page.goto(f"{house.site}/#/people")
    expect(page.locator(".tile", has_text="Tom")).to_contain_text("Consent has ended")
    page.goto(f"{house.site}/#/people/Tom")
    until_field.fill("")
    until(lambda: "nullValue" in (house.fields("people/Tom") or {})["consentExpiresAt"])
    page.goto(f"{house.site}/#/people")
    expect(page.locator(".tile", has_text="Tom")).not_to_contain_text("Consent has ended")


def test_somebody_muted_makes_no_alerts_until_they_are_wanted_again(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page

    def reason() -> str:
        house.delete(f"visits/{house.info.cameras[0].id}")
        return str(house.post(_obama(samples))["reason"])

    page.goto(f"{house.site}/#/people/Barack")
    mute = page.get_by_role("switch", name="Muted")
    mute.click()
    expect(page.get_by_text("Saved").last).to_be_visible()
    until(lambda: reason() == "muted")
    page.goto(f"{house.site}/#/people")
    expect(page.locator(".tile", has_text="Barack").locator(".badge", has_text="Muted")).to_be_visible()
    page.goto(f"{house.site}/#/people/Barack")
    expect(mute).to_be_checked()
    mute.click()
    until(lambda: reason() == "known")


def test_an_erasure_is_verified_on_the_page(house: House, owner_page: Page, samples: Path) -> None:
    page = owner_page
    house.put_photo("Passing", "one.jpg", (samples / "biden.jpg").read_bytes())
    page.goto(f"{house.site}/#/people/Passing")
    expect(page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)
    page.get_by_role("button", name="Erase everything").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Passing")
    dialog.get_by_role("button", name="Erase for good").click()
    dialog.get_by_role("button", name="Look whether anything is left").click()
    expect(dialog.get_by_text("Nothing is left.")).to_be_visible(timeout=60_000)
    found = re.search(r"the number (\S+)\.", dialog.inner_text())
    assert found
    dialog.get_by_role("link", name="Done").click()
    expect(dialog).to_have_count(0)
    page.goto(f"{house.site}/#/settings")
    page.get_by_text("Receipts of erasures").click()
    expect(page.get_by_text(f"Number {found[1]}.")).to_contain_text("Photos: 1")


@pytest.mark.long
def test_times_and_days_are_those_of_the_house_wherever_the_browser_is(house: House, visit: Visit) -> None:
    page = visit(timezone_id="Asia/Tokyo").open(house.info.owner, "#/")
    latest = page.locator(".alert").first
    expect(latest.locator("time")).to_have_attribute("title", re.compile("UTC"))
    alert = house.fields(f"alerts/{latest.get_attribute('data-alert')}") or {}
    expect(latest).to_contain_text(alert["firstSeenAt"]["timestampValue"][11:16])
    page.goto(f"{house.site}/#/people/Tom")
    field = page.get_by_label("Consent until")
    field.fill("2031-02-03")
    expect(page.get_by_text("Saved").last).to_be_visible()
    assert (house.fields("people/Tom") or {})["consentExpiresAt"]["timestampValue"] == "2031-02-03T00:00:00Z"
    expect(field).to_have_value("2031-02-03")
    field.fill("")
    until(lambda: "nullValue" in (house.fields("people/Tom") or {})["consentExpiresAt"])


def test_what_is_no_face_goes_and_is_silent_from_then_on_unless_that_is_undone(
    house: House, visit: Visit, samples: Path
) -> None:
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(house.info.owner)
    poster = cast.frame(samples, "woman on the right")
    _stranger(house, poster)
    alert_id = _new_visit(house, poster)
    for undone in (True, False):
        _take_away(house, page, alert_id, "Not a face", undone)
    ten_seconds_pass(page)
    until(lambda: house.fields(f"alerts/{alert_id}") is None)

    def is_silent() -> bool:
        house.delete(f"visits/{house.info.cameras[0].id}")
        return bool(house.post(poster)["reason"] == "muted")

    until(is_silent)
    muted = [one for one in house.ids("strangers") if _is_ignored(house, one)]
    assert muted
    _forget_strangers(house, *muted)


def _is_ignored(house: House, stranger: str) -> bool:
    return bool((house.fields(f"strangers/{stranger}") or {})["ignored"]["booleanValue"])


def test_everybody_in_a_frame_has_a_box_with_a_name(house: House, owner_page: Page, samples: Path) -> None:
    with Image.open(samples / "t1.jpg") as group:
        frame = io.BytesIO()
        group.convert("RGB").save(frame, "JPEG")
    page = owner_page
    page.goto(f"{house.site}/#/alerts/{_new_visit(house, frame.getvalue())}")
    frame_shown = page.get_by_role("dialog").locator(".frame")
    expect(frame_shown.locator(".box:not(.other)")).to_have_count(1)
    expect(frame_shown.locator(".box.other")).not_to_have_count(0)
    names = {"Mia", "Nora", "Tom", "A stranger"}
    expect(frame_shown.locator(".box.other").last).to_be_visible()
    assert set(frame_shown.locator(".box").all_inner_texts()) <= names
    assert len(set(frame_shown.locator(".box").all_inner_texts())) > 1

"""Cameras are added, watched and steered."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from stack.fake_camera.client import on_frame
from stack.install import project
from tests.dashboard.conftest import ADMIN, House, Visitor, until

RENEWED_MILLISECONDS = 20_000
"""A page that shows a camera says so as often."""


def _servo(house: House, camera: int = 0) -> dict[str, int]:
    """What a fake camera itself says of its servo, light and frame size."""
    base = int(house.info.urls["hosting"].rpartition(":")[2])
    port = project.Ports(base).cameras[camera]
    status: dict[str, int] = requests.get(f"http://127.0.0.1:{port}/status", timeout=20).json()
    return status


def test_a_camera_is_added_and_its_first_frame_seen_with_the_key_shown(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras?add")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("كاميرا الباب")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Waiting for the first frame")).to_be_visible()
    camera_id, key = page.get_by_role("dialog").locator("pre").all_inner_texts()[:2]
    sketch = page.get_by_role("dialog").locator("pre").nth(2).inner_text()
    assert house.site in sketch
    assert key in sketch
    until(lambda: "watchedUntil" in (house.fields(f"cameras/{camera_id}") or {}))
    # a frame that makes no alert, posted once: its picture is nowhere but here
    answer = requests.post(
        f"{house.info.urls['functions']}/detect",
        data=on_frame((samples / "obama.jpg").read_bytes(), 96, 72),
        headers={"X-Camera-Id": camera_id, "X-Camera-Key": key},
        timeout=30,
    )
    assert answer.json()["alert_id"] is None
    expect(page.get_by_text("The first frame is here")).to_be_visible()
    until(lambda: _width(page, "كاميرا الباب") == 96)
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="كاميرا الباب")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Cameras")).to_be_visible()
    assert house.fields(f"cameras/{camera_id}") is None


def test_the_servo_moves_to_the_angle_that_the_page_says(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_001")
    pad = page.get_by_role("group", name="Pan and tilt")
    pad.get_by_role("button", name="Centre").click()
    expect(page.get_by_text("Done in")).to_be_visible()
    pad.get_by_role("button", name="Right").click()
    expect(page.get_by_text("pan 100°, tilt 90°")).to_be_visible()
    until(lambda: _servo(house)["pan"] == 100)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("pan 100°, tilt 100°")).to_be_visible()
    until(lambda: _servo(house)["tilt"] == 100)


def test_the_flashlight_is_turned_on(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_001")
    page.get_by_role("slider", name="Flashlight").fill("200")
    until(lambda: _servo(house)["led"] == 200)
    expect(page.get_by_text(re.compile("Done in"))).to_be_visible()


def test_the_frame_size_is_changed(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_002")
    for size in ("UXGA", "SVGA"):
        before = _servo(house, 1)["framesize"]
        page.get_by_label("Frame size").select_option(size)
        until(lambda before=before: _servo(house, 1)["framesize"] != before)  # type: ignore[misc]
        expect(page.get_by_text(re.compile("Done in"))).to_be_visible()


def _status(house: House, camera_id: str) -> str:
    return str((house.fields(f"cameras/{camera_id}") or {})["status"]["stringValue"])


def test_a_new_key_is_shown_once_and_ends_the_old_one(
    house: House, owner_page: Page, samples: Path, tmp_path: Path
) -> None:
    page = owner_page

    def post(camera_id: str, key: str) -> int:
        return requests.post(
            f"{house.info.urls['functions']}/detect",
            data=(samples / "obama.jpg").read_bytes(),
            headers={"X-Camera-Id": camera_id, "X-Camera-Key": key},
            timeout=30,
        ).status_code

    page.goto(f"{house.site}/#/cameras?add")
    page.get_by_role("dialog").get_by_label("Name").fill("Shed")
    page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    keys = page.get_by_role("dialog").locator("pre")
    expect(keys.nth(1)).to_be_visible()
    camera_id, old = keys.all_inner_texts()[:2]
    # the line for a terminal does what it says
    shutil.copy(samples / "obama.jpg", tmp_path / "photo.jpg")
    line = keys.last.inner_text()
    told = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["status"] == "success", told
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Shed")).to_be_visible()
    enabled = page.get_by_role("switch", name="Takes frames")
    for state, badge in (("disabled", "Switched off"), ("active", "Online")):
        enabled.click()
        expect(page.locator(".badge", has_text=badge).first).to_be_visible()
        until(lambda state=state: _status(house, camera_id) == state)  # type: ignore[misc]
    page.get_by_role("button", name="New key").click()
    page.get_by_role("dialog").get_by_role("button", name="New key").click()
    expect(keys.nth(1)).not_to_have_text(old)
    new = keys.nth(1).inner_text()
    until(lambda: post(camera_id, old) == 401)
    assert post(camera_id, new) == 200
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    page.goto(f"{house.site}/#/")
    page.goto(f"{house.site}/#/cameras/{camera_id}")
    page.get_by_role("heading", name="Shed").wait_for()
    assert new not in page.content()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Cameras")).to_be_visible()


def test_what_is_set_for_a_camera_is_kept(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_002")
    page.get_by_label("Strangers").select_option("record")
    expect(page.get_by_text("Saved").last).to_be_visible()
    fields = house.fields("cameras/cam_002")
    assert fields is not None
    assert fields["unknown"]["stringValue"] == "record"
    page.get_by_label("Strangers").select_option("")
    expect(page.get_by_text("Saved").last).to_be_visible()
    page.get_by_label("Address in your network").fill("8.8.8.8")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is no private IPv4 address")).to_be_visible()
    expect(page.get_by_label("Address in your network")).not_to_have_value("8.8.8.8")


def test_where_no_agent_is_paired_the_page_says_how(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_002")
    page.get_by_label("Its agent").select_option("")
    expect(page.get_by_role("heading", name="pair an agent")).to_be_visible()
    page.get_by_label("Its agent").select_option("agent_001")
    expect(page.get_by_role("heading", name="Steer")).to_be_visible()


@pytest.mark.long
def test_an_agent_that_was_stopped_is_told_at_once_and_the_screen_says_so(
    house: House, owner_page: Page
) -> None:
    now = datetime.now(UTC).isoformat()
    fields = {
        "lastSeenAt": {"timestampValue": now},
        "stoppedAt": {"timestampValue": now},
        "version": {"stringValue": "0"},
        "cameras": {"arrayValue": {"values": []}},
    }
    requests.patch(
        f"{house.documents}/agents/agent_gone", json={"fields": fields}, headers=ADMIN, timeout=30
    ).raise_for_status()
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_002")
    page.get_by_label("Its agent").select_option("agent_gone")
    expect(page.get_by_text("Its agent is silent")).to_be_visible()
    page.get_by_role("button", name="Take a picture").click()
    expect(page.get_by_role("status").get_by_text(re.compile("agent", re.IGNORECASE))).to_be_visible()
    page.get_by_label("Its agent").select_option("agent_001")
    expect(page.get_by_text("Can be steered")).to_be_visible()
    page.get_by_role("button", name="Take a picture").click()
    expect(page.get_by_text(re.compile("Done in"))).to_be_visible()
    expect(page.get_by_role("main").get_by_role("img", name="Back Door").last).to_be_visible()


@pytest.mark.long
def test_the_picture_of_a_tile_follows_its_camera_without_a_reload(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras")
    tile = page.get_by_role("link", name="Back Door")
    shown = tile.get_by_role("img", name="Back Door")
    before: str | None = None
    for number, photo in enumerate(("obama.jpg", "biden.jpg")):
        width = 160 + 8 * number
        frame = on_frame((samples / photo).read_bytes(), width, 120)
        until(lambda frame=frame: _is_live(house, frame))  # type: ignore[misc]
        expect(tile.get_by_text("Live")).to_be_visible()
        if before is not None:
            expect(shown).not_to_have_attribute("src", before)
        until(lambda width=width: _width(page, "Back Door") == width)  # type: ignore[misc]
        before = shown.get_attribute("src")


def test_a_viewer_sees_live_pictures_too_and_a_disarmed_camera_says_that_it_has_none(
    house: House, visit: Callable[..., Visitor], samples: Path
) -> None:
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(house.member("viewer"), "#/cameras/cam_002")
    frame = on_frame((samples / "obama.jpg").read_bytes(), 200, 150)
    until(lambda: _is_live(house, frame))
    until(lambda: _width(page, "Back Door") == 200)
    token = house.token(house.info.owner)
    url, headers = f"{house.site}/cameras/cam_002", {"Authorization": f"Bearer {token}"}
    requests.patch(url, json={"armed": False}, headers=headers, timeout=30).raise_for_status()
    try:
        # the page hears of it when it next says that it watches
        page.clock.fast_forward(RENEWED_MILLISECONDS)
        expect(page.get_by_text("Disarmed: no live picture")).to_be_visible()
    finally:
        requests.patch(url, json={"armed": None}, headers=headers, timeout=30).raise_for_status()


def _is_live(house: House, frame: bytes) -> bool:
    """Post the frame as the camera does, again and again; whether it is the live picture by now."""
    house.post(frame, camera=1)
    url = f"{house.info.urls['storage']}/v0/b/{house.info.bucket}/o/live%2Fcam_002.jpg?alt=media"
    return requests.get(url, headers=ADMIN, timeout=30).content == frame


def _width(page: Page, camera: str) -> int:
    """The width in pixels of the picture that the page shows of a camera."""
    found: int = page.get_by_role("img", name=camera).first.evaluate("image => image.naturalWidth")
    return found


@pytest.mark.long
def test_a_place_is_kept_by_name_returned_to_and_forgotten(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_001")
    pad = page.get_by_role("group", name="Pan and tilt")
    pad.get_by_role("button", name="Centre").click()
    expect(page.get_by_text("pan 90°, tilt 90°")).to_be_visible()
    page.get_by_label("Name of this place").fill("Tor ☂")
    page.get_by_role("button", name="Keep this place").click()
    place = page.get_by_role("button", name="Tor ☂", exact=True)
    expect(place).to_be_visible()
    pad.get_by_role("button", name="Left").click()
    until(lambda: _servo(house)["pan"] == 80)
    place.click()
    until(lambda: _servo(house)["pan"] == 90)
    page.get_by_role("button", name="Forget Tor ☂").click()
    expect(place).to_have_count(0)
    assert (house.fields("cameras/cam_001") or {})["presets"]["mapValue"].get("fields", {}) == {}


def test_a_camera_page_says_what_became_of_the_last_frame_and_how_many_there_were_today(
    house: House, owner_page: Page
) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_001")
    expect(page.get_by_text(re.compile(r"Last frame: .+ · \d+ frames? today"))).to_be_visible()


@pytest.mark.long
def test_the_addresses_of_ones_own_sketch_are_entered_checked_in_words_and_used(
    house: House, owner_page: Page
) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/cameras/cam_001")
    sketch = page.get_by_label("Its sketch")
    before = sketch.input_value()
    sketch.select_option("own")
    own = page.get_by_role("form", name="How your sketch is steered")
    for label, path, told in (
        (None, "", "Enter at least one address"),
        ("Pan and tilt", "servo", "Pan and tilt: begin with a slash"),
        ("Pan and tilt", "/servo?{pan},{led}", "Pan and tilt: there is nothing to fill in for {led}"),
        ("Pan and tilt", "/ser vo", "no spaces"),
    ):
        if label is not None:
            own.get_by_label(label).fill(path)
        own.get_by_role("button", name="Keep these addresses").click()
        expect(own.get_by_role("alert")).to_contain_text(told)
    # nothing of it is stored yet
    assert "stringValue" in (house.fields("cameras/cam_001") or {})["commandMap"]
    own.get_by_label("Pan and tilt").fill("/servo?tilt={tilt}&pan={pan}")
    own.get_by_role("button", name="Keep these addresses").click()
    expect(page.get_by_text("Saved").last).to_be_visible()
    expect(own.get_by_role("alert")).to_have_count(0)
    stored = (house.fields("cameras/cam_001") or {})["commandMap"]["mapValue"]["fields"]
    assert stored == {"servo": {"stringValue": "/servo?tilt={tilt}&pan={pan}"}}
    pad = page.get_by_role("group", name="Pan and tilt")
    pad.get_by_role("button", name="Centre").click()
    expect(page.get_by_text("pan 90°, tilt 90°")).to_be_visible()
    pad.get_by_role("button", name="Left").click()
    until(lambda: _servo(house)["pan"] == 80)
    # what was left out, the sketch does not do
    page.get_by_role("button", name="Take a picture").click()
    expect(page.get_by_text("its firmware does not do that")).to_be_visible()
    sketch.select_option(before)
    expect(own).to_have_count(0)
    until(lambda: (house.fields("cameras/cam_001") or {})["commandMap"] == {"stringValue": before})

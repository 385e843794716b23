"""Listeners die, tokens expire, Storage refuses, clocks are wrong: the page goes on, or says what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.dashboard.conftest import ADMIN, House, Visitor, ten_seconds_pass, until
from tests.dashboard.test_alerts import _alert_of, _new_visit, _obama, _person
from tests.dashboard.test_people import _add, _photo

Visit = Callable[..., Visitor]

LISTS = "**/Listen/channel*"
"""Firestore's answers about watched lists."""

DAY = 86_400_000

SLEEPS = """window.asleep = 0; const own = Date.now; Date.now = () => own() + window.asleep;"""
"""A page that sleeps finds the clock much later."""


def test_a_listener_that_dies_says_so_and_is_alive_again_by_itself(house: House, visit: Visit) -> None:
    visitor = visit()
    deaths: list[str] = []

    def spoil(route: Route) -> None:
        """Ask for the strangers in a way that Firestore answers with the end of that listener."""
        sent = unquote_plus(route.request.post_data or "")
        if '"collectionId":"strangers"' not in sent or deaths:
            route.continue_()
            return
        deaths.append(sent)
        route.continue_(post_data=(route.request.post_data or "").replace("lastSeenAt", "__nothing__"))

    page = visitor.open(house.info.owner)
    page.locator(".alert").first.wait_for()
    visitor.context.route(LISTS, spoil)
    page.goto(f"{house.site}/#/strangers")
    expect(page.locator("main .badge.bad")).to_be_visible()
    assert deaths
    expect(page.locator(".tile").first).to_be_visible(timeout=30_000)
    expect(page.locator("main .badge.bad")).to_have_count(0)


def test_a_token_that_expired_while_the_page_slept_is_renewed_before_anything_is_asked(
    house: House, visit: Visit, samples: Path
) -> None:
    alert_id = _new_visit(house, _obama(samples))
    visitor = visit()
    visitor.context.add_init_script(SLEEPS)
    page = visitor.open(house.info.owner)
    expect(_alert_of(page, alert_id)).to_contain_text("Barack")
    renewed: list[str] = []
    sent: list[str] = []
    page.on("request", lambda one: renewed.append(one.url) if "securetoken" in one.url else None)
    page.on(
        "request", lambda one: sent.append(one.headers["authorization"]) if "/correct" in one.url else None
    )
    page.evaluate("window.asleep = 2 * 3600e3")
    _alert_of(page, alert_id).get_by_role("button", name="Not Barack").click()
    until(lambda: _person(house, alert_id) is None)
    expect(_alert_of(page, alert_id)).to_contain_text("A stranger")
    assert renewed
    assert sent
    page.get_by_role("button", name="Undo").click()
    until(lambda: _person(house, alert_id) == "Barack")


@pytest.mark.long
def test_what_waited_for_an_undo_while_the_page_slept_is_sent_with_a_token_that_is_good(
    house: House, visit: Visit, samples: Path
) -> None:
    alert_id = _new_visit(house, _obama(samples))
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(house.info.owner, f"#/alerts/{alert_id}")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url))
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=2))
    ten_seconds_pass(page)
    until(lambda: house.fields(f"alerts/{alert_id}") is None)
    assert any("securetoken" in url for url in sent)


def test_a_session_that_was_ended_elsewhere_ends_here_too(house: House, visit: Visit) -> None:
    page = visit().open(house.member("viewer"))
    expect(page.locator(".alert").first).to_be_visible()
    # as Firebase answers once sessions were revoked; the emulator renews all the same
    ended = json.dumps({"error": {"code": 400, "message": "TOKEN_EXPIRED"}})
    page.route("**/v1/token*", lambda route: route.fulfill(status=400, body=ended))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_label("Password")).to_be_visible()


@pytest.mark.long
def test_storage_that_refuses_leaves_alerts_readable_and_says_why_a_photo_is_not_taken(
    house: House, visit: Visit, samples: Path
) -> None:
    alert_id = _new_visit(house, _obama(samples))
    visitor = visit()
    visitor.context.clock.install()
    refused = json.dumps({"error": {"code": 403, "message": "Permission denied."}})
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=403, content_type="application/json", body=refused)

    visitor.context.route("**/v0/b/**", refuse)
    page = visitor.open(house.info.owner)
    expect(_alert_of(page, alert_id)).to_contain_text("Barack")
    expect(_alert_of(page, alert_id).locator(".face svg")).to_be_visible()
    page.wait_for_timeout(2000)
    assert len(asked) == len(set(asked)), "a picture that is refused is not asked for again and again"
    _alert_of(page, alert_id).locator("a.name").click()
    expect(page.get_by_text("The picture could not be kept")).to_be_visible()
    _add(page, house.site, "Refused", [_photo(samples / "biden.jpg")])
    expect(page.get_by_role("alert")).to_contain_text("Only an owner may do that.")
    page.get_by_role("alert").locator("xpath=..").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    # a photo that cannot be deleted comes back
    page.goto(f"{house.site}/#/people/Tom")
    page.get_by_role("heading", name="Tom").wait_for()
    tiles = page.locator(".photos .tile")
    expect(tiles).to_have_count(2)
    tiles.first.get_by_role("button", name="Remove").click()
    expect(tiles).to_have_count(1)
    ten_seconds_pass(page)
    expect(page.get_by_text("That was refused")).to_be_visible(timeout=20_000)
    expect(tiles).to_have_count(2)


@pytest.mark.few(1)
@pytest.mark.parametrize("days", [-2, 2])
def test_a_clock_that_is_two_days_off_changes_nothing_of_what_the_page_says(
    house: House, visit: Visit, samples: Path, days: int
) -> None:
    alert_id = _new_visit(house, _obama(samples))
    visitor = visit()
    visitor.context.add_init_script(
        f"""const Own = Date; const off = {days * DAY};
        window.Date = class extends Own {{
          constructor(...given) {{ given.length ? super(...given) : super(Own.now() + off); }}
          static now() {{ return Own.now() + off; }}
        }};"""
    )
    page = visitor.open(house.info.owner)
    expect(_alert_of(page, alert_id)).to_contain_text("now")
    expect(page.locator(".alerts .day").first).to_have_text("Today")
    page.goto(f"{house.site}/#/cameras")
    expect(page.locator("li, article, a", has_text="Front Door").first).to_contain_text("Online")
    expect(page.locator(".taken").first).to_be_visible()
    expect(page.locator(".taken", has_text="day")).to_have_count(0)


@pytest.mark.long
def test_the_page_stays_when_another_owner_changes_the_settings(house: House, visit: Visit) -> None:
    one, other = (visit().open(house.info.owner, "#/settings") for _ in range(2))
    for page in (one, other):
        expect(page.get_by_label("A visit ends when")).to_be_visible()
    field = one.get_by_label("A visit ends when")
    field.fill("77")
    field.press("Enter")
    expect(other.get_by_label("A visit ends when")).to_have_value("77")
    other.get_by_label("Alerts are kept for").fill("44")
    other.get_by_label("Alerts are kept for").press("Enter")
    expect(one.get_by_label("Alerts are kept for")).to_have_value("44")
    expect(one.get_by_label("A visit ends when")).to_have_value("77")
    house.delete("settings/site")


def test_after_a_settings_page_everything_that_is_set_is_stored_as_declared(
    house: House, owner_page: Page
) -> None:
    page: Page = owner_page
    page.goto(f"{house.site}/#/settings")
    page.get_by_label("Push key").fill("B" + "x9_-" * 21 + "AB")
    page.get_by_label("Push key").press("Enter")
    until(lambda: "vapidKey" in (house.fields("settings/site") or {}))
    page.get_by_label("Push key").fill("no key")
    page.get_by_label("Push key").press("Enter")
    expect(page.get_by_text("That was refused")).to_be_visible()
    expect(page.get_by_label("Push key")).to_have_value("B" + "x9_-" * 21 + "AB")
    house.delete("settings/site")


def _answer_lists(visitor: Visitor, number: int, change: dict[str, object], times: int | None = None) -> None:
    """Firestore answers its next ``times`` calls about lists, else all, with this ``change``, numbered so."""
    message = json.dumps([[number, [{"targetChange": change}]]])
    body = f"{len(message)}\n{message}"
    given: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "GET" and "TYPE=xmlhttp" in route.request.url and len(given) != times:
            given.append(route.request.url)
            route.fulfill(status=200, content_type="text/plain", body=body)
        else:
            route.continue_()

    visitor.context.route(LISTS, answer)


@pytest.mark.few(1)
@pytest.mark.parametrize("change", ["REMOVE", "ADD", "CURRENT", "RESET", "NO_CHANGE"])
@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_about_a_list_that_is_not_watched_any_more_stops_nothing(
    house: House, visit: Visit, change: str, times: int
) -> None:
    visitor = visit()
    page = visitor.open(house.info.owner)
    expect(page.locator(".alert").first).to_be_visible()
    # the server's own messages are numbered from 1, and all of them follow
    _answer_lists(visitor, 0, {"targetChangeType": change, "targetIds": [4242]}, times)
    page.reload()
    expect(page.locator(".alert").first).to_be_visible()
    page.goto(f"{house.site}/#/strangers")
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.get_by_text("has lost its connection")).to_have_count(0)


def test_a_page_whose_connection_broke_for_good_says_so_and_is_loaded_again(
    house: House, visit: Visit
) -> None:
    visitor = visit()
    page = visitor.open(house.info.owner)
    expect(page.locator(".alert").first).to_be_visible()
    # a message that Firebase's own code takes for impossible: it gives up, and answers nothing from then on
    _answer_lists(visitor, 1, {"targetChangeType": "IMPOSSIBLE"})
    page.goto(f"{house.site}/#/strangers")
    page.reload()
    expect(page.get_by_text("This page has lost its connection for good")).to_be_visible()
    visitor.context.unroute(LISTS)
    page.get_by_role("button", name="Load again").click()
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.get_by_text("has lost its connection")).to_have_count(0)
    assert any("ASSERTION" in text for text in visitor.complaints)
    visitor.complaints.clear()


NOWHERE = {
    "#/alerts/%": "This alert is not there any more",
    "#/alerts/a%2Fb": "Something went wrong",
    "#/alerts/__reserved__": "Something went wrong",
    f"#/alerts/{'x' * 1400}": "This alert is not there any more",
    "#/people/%E0%A4%A": "Nobody of this name is here any more",
    "#/people/a%2Fb": "Nobody of this name is here any more",
    "#/strangers/%00": "This stranger is not here any more",
    "#/strangers/like/nothing": "There is no alert",
    "#/cameras/..": "Camera removed",
    "#/nowhere/at/all": "Now",
    "#/?day=never&camera=%F0%9F": "Nobody fits this",
}
"""Links as they are cut off by mails, typed by hand, or of what was deleted long ago, with what they end in."""


@pytest.mark.few(3)
@pytest.mark.parametrize("link", NOWHERE)
def test_a_link_that_leads_nowhere_ends_in_words(house: House, owner_page: Page, link: str) -> None:
    owner_page.goto(f"{house.site}/{link}")
    expect(owner_page.get_by_text(NOWHERE[link]).first).to_be_visible()
    expect(owner_page.locator("[role=status].waiting")).to_have_count(0)
    assert owner_page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.long
def test_a_document_that_no_page_can_show_takes_its_page_down_in_words_and_no_other(
    house: House, visit: Visit
) -> None:
    visitor = visit()
    page = visitor.open(house.info.owner, "#/cameras")
    url = f"{house.documents}/alerts/of-no-use"
    listed = requests.get(f"{house.documents}/alerts", params={"pageSize": 1}, headers=ADMIN, timeout=30)
    fields = listed.json()["documents"][0]["fields"]
    now = {"timestampValue": datetime.now(UTC).isoformat()}
    fields |= {"firstSeenAt": now, "lastSeenAt": now, "isKnown": {"booleanValue": False}}
    fields["reason"] = {"stringValue": "ambiguous"}
    del fields["candidates"]
    requests.patch(url, json={"fields": fields}, headers=ADMIN, timeout=30).raise_for_status()
    crashed = page.get_by_role("heading", name="This page cannot be shown")
    try:
        page.goto(f"{house.site}/#/")
        expect(crashed).to_be_visible()
        page.get_by_role("link", name="People").click()
        expect(page.locator(".tile").first).to_be_visible()
        page.goto(f"{house.site}/#/")
        expect(crashed).to_be_visible()
    finally:
        house.delete("alerts/of-no-use")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".alert").first).to_be_visible()
    visitor.complaints.clear()


@pytest.mark.long
def test_where_the_houses_time_zone_is_not_known_no_day_can_be_entered_and_the_page_says_why(
    house: House, visit: Visit
) -> None:
    visitor = visit()
    visitor.context.route("**/stats", lambda route: route.abort())
    page = visitor.open(house.info.owner, "#/people/Tom")
    told = page.get_by_role("alert").filter(has_text="time zone is not known yet")
    expect(told).to_be_visible()
    expect(page.get_by_label("Consent until")).to_be_disabled()
    visitor.context.unroute("**/stats")
    told.get_by_role("button", name="Try again").click()
    expect(page.get_by_label("Consent until")).to_be_enabled()
    expect(told).to_have_count(0)


def test_without_an_answer_of_the_store_no_page_says_that_there_is_nothing_and_every_wait_ends(
    house: House, visit: Visit
) -> None:
    visitor = visit()
    visitor.context.clock.install()
    visitor.context.route(LISTS, lambda route: route.abort())
    page = visitor.open(house.info.owner)
    for path in ("#/", "#/people", "#/strangers", "#/cameras", "#/settings"):
        page.goto(f"{house.site}/{path}")
        until(partial(_ends, page))
        expect(page.get_by_role("main").get_by_text(NOTHING)).to_have_count(0)
    visitor.complaints.clear()


NOTHING = re.compile("All quiet|Nobody is known yet|No strangers|No camera yet|Quiet hours")
"""What the pages say where there is nothing, and the settings where nothing was set."""


def _ends(page: Page) -> bool:
    """Whether the wait comes to an end once its time has passed."""
    page.clock.fast_forward(21_000)
    return page.get_by_role("main").get_by_text("Lookout does not answer.").count() > 0


@pytest.mark.long
def test_a_network_that_leads_nowhere_shows_itself_too_and_what_was_there_stays(
    house: House, visit: Visit
) -> None:
    visitor = visit()
    page = visitor.open(house.info.owner)
    expect(page.locator(".alert").first).to_be_visible()
    before = page.locator(".alert").count()
    # the browser thinks that it is online: nothing but the store is out of reach
    visitor.context.set_offline(True)
    visitor.context.route(LISTS, lambda route: route.abort())
    visitor.context.set_offline(False)
    page.wait_for_function("navigator.onLine")
    banner = page.get_by_text("No network.")
    expect(banner).to_be_visible(timeout=30_000)
    assert page.locator(".alert").count() == before
    visitor.context.unroute(LISTS)
    expect(banner).to_have_count(0, timeout=60_000)
    visitor.complaints.clear()

"""Push in this browser: on and off, honest where it cannot be, and no part of the first load."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import ADMIN, House, Visitor, until

Visit = Callable[..., Visitor]

# a point of the curve that push keys are of, as the Firebase console shows it
VAPID_KEY = "BPwbmDVNRvHOSHjJqiV2wSn8GqCwMRNsS4xTWTpPZM8SGyP1T4yXwZ_rVKiKCcLGF4nRJmKg2pAyJ6VgPYPBPv8"


@pytest.fixture
def keyed(house: House) -> Iterator[None]:
    """A house whose owner has entered the project's key."""
    fields = {"vapidKey": {"stringValue": VAPID_KEY}}
    url = f"{house.documents}/settings/site"
    requests.patch(url, json={"fields": fields}, headers=ADMIN, timeout=30).raise_for_status()
    yield
    house.delete("settings/site")


def _settings(house: House, visitor: Visitor) -> Page:
    page = visitor.open(house.info.owner, "#/settings")
    page.get_by_role("heading", name="Push in this browser").wait_for()
    return page


@pytest.mark.long
def test_without_a_key_the_page_says_where_one_comes_from(house: House, visit: Visit) -> None:
    page = _settings(house, visit())
    expect(page.get_by_text("the push key is missing above")).to_be_visible()
    page = visit().open(house.member("viewer"), "#/settings")
    expect(page.get_by_text("an owner has to enter the push key")).to_be_visible()
    expect(page.get_by_role("switch", name="Tell me in this browser")).to_have_count(0)


def test_a_browser_without_push_is_told_so(house: House, visit: Visit) -> None:
    visitor = visit()
    visitor.context.add_init_script("delete window.PushManager;")
    page = _settings(house, visitor)
    expect(page.get_by_text("This browser cannot get push.")).to_be_visible()


@pytest.mark.usefixtures("keyed")
def test_who_does_not_allow_notifications_is_told_how_to(house: House, visit: Visit) -> None:
    page = _settings(house, visit())
    switch = page.get_by_role("switch", name="Tell me in this browser")
    # a browser without a window answers every question for leave with no
    switch.click()
    expect(page.get_by_text("Notifications are not allowed here.")).to_be_visible()
    expect(switch).not_to_be_checked()
    assert house.ids("devices") == set()


@pytest.mark.usefixtures("keyed")
def test_a_project_without_a_web_app_is_told_to_have_one_added(house: House, visit: Visit) -> None:
    visitor = visit()
    visitor.context.grant_permissions(["notifications"], origin=house.site)
    page = _settings(house, visitor)
    page.get_by_role("switch", name="Tell me in this browser").click()
    expect(page.get_by_text("The Firebase project has no web app yet")).to_be_visible()


def test_what_is_pushed_is_shown_by_the_service_worker_with_its_link(
    house: House, visit: Visit, whole_browser: Browser
) -> None:
    visitor = visit(whole_browser)
    visitor.context.grant_permissions(["notifications"], origin=house.site)
    page = visitor.open(house.info.owner)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    session = visitor.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    link = f"{house.site}/#/alerts/a1"
    told = {"notification": {"title": "Unknown at Front Door", "body": "14:04"}, "data": {"url": link}}
    shown = "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.length)"

    def push() -> bool:
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": house.site, "registrationId": found[-1], "data": json.dumps(told)},
        )
        page.wait_for_timeout(300)
        return bool(page.evaluate(shown))

    until(push)
    (title, body, url) = page.evaluate(
        """navigator.serviceWorker.ready.then((one) => one.getNotifications())
          .then(([one]) => [one.title, one.body, one.data.url])"""
    )
    assert (title, body, url) == ("Unknown at Front Door", "14:04", link)

"""Who may look, and how long."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from stack.local.info import Account
from stack.tools.browser import sign_in
from tests.dashboard.conftest import ADMIN, House, Visitor, until

Visit = Callable[..., Visitor]


def _give(house: House, uid: str, claims: str) -> None:
    info = house.info
    url = f"{info.urls['auth']}/identitytoolkit.googleapis.com/v1/projects/{info.project}/accounts:update"
    body = {"localId": uid, "customAttributes": claims}
    requests.post(url, json=body, headers=ADMIN, timeout=30).raise_for_status()


def _look_again(page: Page) -> None:
    # what a page does of itself every 40 seconds, and when it is looked at again
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_wrong_password_is_told_in_words(house: House, visit: Visit) -> None:
    page = visit().open(None)
    page.get_by_label("E-mail").fill(house.info.owner.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("E-mail and password do not fit")).to_be_visible()


def test_the_session_survives_a_reload_and_ends_with_signing_out(house: House, visit: Visit) -> None:
    page = visit().open(house.info.owner)
    page.reload()
    expect(page.get_by_role("heading", name="Now")).to_be_visible()
    page.goto(f"{house.site}/#/more")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Password")).to_be_visible()


def test_nobody_sees_who_can_let_them_in_and_nothing_else(house: House, visit: Visit) -> None:
    account = house.member(None)
    page = visit().open(None)
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="not let in yet")).to_be_visible()
    expect(page.get_by_text(f"scripts/grant {account.email} owner")).to_be_visible()
    page.goto(f"{house.site}/#/people")
    expect(page.get_by_role("heading", name="not let in yet")).to_be_visible()
    assert page.get_by_role("navigation").count() == 0


def test_a_role_is_felt_without_signing_out_when_given_and_when_taken(house: House, visit: Visit) -> None:
    account = Account(f"{secrets.token_hex(4)}@example.com", "a good password")
    uid = house.make(account, None)
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(None)
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="not let in yet")).to_be_visible()
    _give(house, uid, '{"role": "viewer"}')
    page.get_by_role("button", name="Look again").click()
    expect(page.locator(".alert").first).to_be_visible()
    _give(house, uid, "{}")
    page.clock.fast_forward(60_000)
    expect(page.get_by_role("heading", name="not let in yet")).to_be_visible()
    assert page.locator(".alert").count() == 0
    _give(house, uid, '{"role": "viewer"}')
    _look_again(page)
    expect(page.locator(".alert").first).to_be_visible()


def test_a_forgotten_password_says_the_same_whether_there_is_an_account_or_not(visit: Visit) -> None:
    page = visit().open(None)
    page.get_by_role("button", name="Forgot the password?").click()
    page.get_by_label("E-mail").fill("nobody.at.all@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("a mail is on its way")).to_be_visible()


def test_a_link_to_an_alert_opens_it_after_signing_in(house: House, visit: Visit, owner_page: Page) -> None:
    link = owner_page.locator(".alert a.name").first.get_attribute("href") or ""
    page = visit().open(None, link)
    page.get_by_label("E-mail").fill(house.info.owner.email)
    page.get_by_label("Password").fill(house.info.owner.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("dialog").locator(".frame img")).to_be_visible()
    expect(page.get_by_role("dialog").locator(".box:not(.other)")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Now")).to_be_visible()


def test_the_page_works_with_all_storage_blocked(house: House, visit: Visit) -> None:
    visitor = visit()
    visitor.context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage", "indexedDB"])
             Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });"""
    )
    page = visitor.new_page()
    sign_in(page, house.site, house.info.owner)
    expect(page.locator(".alert").first).to_be_visible()


def test_signing_out_everywhere_ends_this_session_and_all_others(house: House, visit: Visit) -> None:
    account = house.member("viewer")
    page = visit().open(account, "#/settings")
    token = house.token(account)
    now = int(time.time())
    until(lambda: int(time.time()) > now)  # times in tokens are whole seconds
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_label("Password")).to_be_visible()
    url = f"{house.info.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:lookup?key=any"
    answer = requests.post(url, json={"idToken": token}, timeout=30)
    assert answer.json()["error"]["message"] == "TOKEN_EXPIRED"


@pytest.mark.long
def test_google_is_offered_where_the_project_has_it_and_nowhere_else(house: House, visit: Visit) -> None:
    page = visit().open(None)
    page.get_by_label("Password").wait_for()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("button", name="Google")).to_have_count(0)
    visitor = visit()
    # as Firebase answers for a project that has Google switched on; the emulator has no way to
    there = json.dumps({"authUri": "https://accounts.google.com/o/oauth2/auth"})
    visitor.context.route("**/accounts:createAuthUri*", lambda route: route.fulfill(status=200, body=there))
    page = visitor.open(None)
    expect(page.get_by_role("button", name="Sign in with Google")).to_be_visible()

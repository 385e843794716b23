"""A household of its own, on a stack of its own, and browsers that look at it as people do."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import pytest
import requests
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    StorageState,
    sync_playwright,
)

from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local import emulators, owner, seed
from stack.local.info import Account, StackInfo
from stack.testing.groups import GIVEN, TESTED
from stack.tools import household
from stack.tools.browser import launch, sign_in

ADMIN = {"Authorization": "Bearer owner"}
PHONE = {"width": 390, "height": 844}
SECONDS = 30
EVENT_SECONDS = 90
"""As long as the emulators may need for an event on a busy machine."""

UNDO_MILLISECONDS = 10_500

REPORTS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.effectiveDirective} ${event.blockedURI}`));"""
"""Has a breach of the page's policy told where tests can hear it."""


@dataclass(frozen=True)
class House:
    """A running stack with people, strangers and visits on it."""

    info: StackInfo

    @property
    def site(self) -> str:
        """The dashboard's address."""
        return self.info.urls["hosting"]

    def member(self, role: str | None) -> Account:
        """A new account of that role; of none with None."""
        account = Account(f"{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(12))
        self.make(account, role)
        return account

    def make(self, account: Account, role: str | None) -> str:
        """Create the account. Returns its uid."""
        claims = {"role": role} if role else {}
        return seed.make_account(self.info.urls["auth"], self.info.project, account, claims)

    def post(self, jpeg: bytes, camera: int = 0) -> dict[str, Any]:
        """Post a frame as a camera does."""
        key = self.info.cameras[camera]
        answer = requests.post(
            f"{self.info.urls['functions']}/detect",
            data=jpeg,
            headers={"X-Camera-Id": key.id, "X-Camera-Key": key.key, "Content-Type": "image/jpeg"},
            timeout=SECONDS,
        )
        answer.raise_for_status()
        fields: dict[str, Any] = answer.json()
        return fields

    def fields(self, path: str) -> dict[str, Any] | None:
        """A document as Firestore's REST interface tells it; None when there is none."""
        answer = requests.get(f"{self.documents}/{path}", headers=ADMIN, timeout=SECONDS)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        fields: dict[str, Any] = answer.json().get("fields", {})
        return fields

    def delete(self, path: str) -> None:
        """Delete a document behind the page's back."""
        requests.delete(f"{self.documents}/{path}", headers=ADMIN, timeout=SECONDS).raise_for_status()

    def delete_picture(self, path: str) -> None:
        """Delete a picture behind the page's back."""
        url = f"{self.info.urls['storage']}/v0/b/{self.info.bucket}/o/{quote(path, safe='')}"
        requests.delete(url, headers=ADMIN, timeout=SECONDS).raise_for_status()

    def ids(self, collection: str) -> set[str]:
        """The ids of a collection's documents."""
        listed = requests.get(
            f"{self.documents}/{collection}", params={"pageSize": 1000}, headers=ADMIN, timeout=SECONDS
        )
        return {one["name"].rpartition("/")[2] for one in listed.json().get("documents", [])}

    def people(self) -> set[str]:
        """The ids of everybody who is known."""
        return self.ids("people")

    def put_photo(self, person_id: str, photo_id: str, jpeg: bytes) -> None:
        """Upload a photo of somebody, past every page."""
        owner.upload(self.info, owner.sign_in(self.info), f"faces/{person_id}/{photo_id}", jpeg)

    def is_forgotten(self, person_id: str) -> bool:
        """Whether nothing is left by which the person would be recognised."""
        gallery = self.fields(f"gallery/{quote(person_id, safe='')}")
        return gallery is None or gallery["deleted"]["booleanValue"]

    def token(self, account: Account) -> str:
        """The ID token of an account."""
        return owner.sign_in(replace(self.info, owner=account))

    @property
    def documents(self) -> str:
        """Where Firestore's REST interface has the documents."""
        info = self.info
        return f"{info.urls['firestore']}/v1/projects/{info.project}/databases/(default)/documents"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A stack with a household on it; not the shared one, where these people would be taken for others."""
    given = os.environ.get(GIVEN)
    if given:
        info = emulators.running(Path(given).resolve())
        assert info is not None, f"no stack runs in {given}: start one with scripts/dev"
        _populate(info, Path(given).resolve())
        yield House(info)
        return
    folder = tmp_path_factory.mktemp("house")
    with emulators.started(folder=folder, environment=TESTED) as info:
        _populate(info, folder)
        yield House(info)


def _populate(info: StackInfo, folder: Path) -> None:
    if House(info).fields("people/Mia"):
        return
    # a process of its own: Google's libraries read the emulators' addresses once per process
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")])}
    command = [sys.executable, "-m", "stack.tools.household", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(autouse=True)
def _only_the_household(house: House) -> Iterator[None]:
    """People added by a test are deleted with it: the next would recognise them."""
    yield
    for person in house.people() - set(household.PEOPLE):
        house.delete(f"people/{quote(person, safe='')}")
        until(lambda person=person: house.is_forgotten(person))  # type: ignore[misc]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample photos."""
    return photos.ensure()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = launch(playwright)
    yield opened
    opened.close()


@pytest.fixture
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """One that shows notifications."""
    opened = launch(playwright, whole=True)
    yield opened
    opened.close()


def until(fact: Callable[[], bool]) -> None:
    """Wait until something is so that no page tells of."""
    deadline = time.monotonic() + EVENT_SECONDS
    while not fact():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.1)


@dataclass(frozen=True)
class Visitor:
    """Opens pages as somebody, and keeps what the browser complained about."""

    house: House
    context: BrowserContext
    complaints: list[str]
    owner_session: StorageState
    """What a browser keeps in which the owner signed in once."""

    def open(self, account: Account | None, path: str = "") -> Page:
        """A page of the site, signed in as ``account`` or as nobody.

        The owner comes back to a session of before; everybody else signs in.
        """
        if account == self.house.info.owner and not self.context.pages:
            # no page may be open, which would hold on to what is replaced
            self.context.set_storage_state(self.owner_session)
        page = self.new_page()
        if account is None or account == self.house.info.owner:
            page.goto(f"{self.house.site}/{path}")
        else:
            sign_in(page, self.house.site, account)
            if path:
                page.goto(f"{self.house.site}/{path}")
        if account == self.house.info.owner:
            page.locator("nav.nav").wait_for()
        return page

    def new_page(self) -> Page:
        """An empty page that is listened to."""
        page = self.context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def queries(self) -> list[tuple[str, int]]:
        """What its pages ask of Firestore from now on: the collection and the limit of each query, 0 for none."""
        asked: list[tuple[str, int]] = []

        def note(request: Request) -> None:
            if "Listen" not in request.url:
                return
            for text in re.findall(r"req\d+___data__=([^&]*)", request.post_data or ""):
                target = json.loads(unquote_plus(text)).get("addTarget", {})
                query = target.get("query", {}).get("structuredQuery")
                # taken up again after a broken connection, only what changed is read
                if query and "resumeToken" not in target:
                    limit = query.get("limit", 0)
                    most = int(limit["value"] if isinstance(limit, dict) else limit)
                    asked.append((query["from"][0]["collectionId"], most))

        self.context.on("request", note)
        return asked


def _context(browser: Browser, **options: Any) -> BrowserContext:
    context = browser.new_context(locale="en-GB", **({"viewport": PHONE} | options))
    context.add_init_script(REPORTS)
    return context


@pytest.fixture(scope="session")
def owner_session(house: House, browser: Browser) -> StorageState:
    """What the browser keeps once the owner has signed in: so that one test does it, and not a hundred."""
    context = _context(browser)
    sign_in(context.new_page(), house.site, house.info.owner)
    kept = context.storage_state(indexed_db=True)
    context.close()
    return kept


@pytest.fixture
def visit(house: House, browser: Browser, owner_session: StorageState) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; at the end of the test no page may have broken its policy or thrown."""
    made: list[Visitor] = []

    def make(within: Browser = browser, **options: Any) -> Visitor:
        made.append(Visitor(house, _context(within, **options), [], owner_session))
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()
    breaches = [text for visitor in made for text in visitor.complaints if not _is_usual(text)]
    assert breaches == []


@pytest.fixture(scope="session")
def phone(house: House, browser: Browser, owner_session: StorageState) -> Iterator[Visitor]:
    """The owner's own phone: what it has loaded once it keeps, as phones do."""
    visitor = Visitor(house, _context(browser), [], owner_session)
    visitor.context.set_storage_state(owner_session)
    yield visitor
    visitor.context.close()


def _is_usual(complaint: str) -> bool:
    # Firestore's SDK, when it has lost the network, tries whether Google has a picture: no business of this page.
    # And an answer such as 403 is told in the console too; what it means to people is tested on the page.
    usual = ("cleardot.gif", "Failed to load resource", "net::ERR_", "FirebaseError")
    return any(text in complaint for text in usual)


@pytest.fixture
def owner_page(house: House, phone: Visitor) -> Iterator[Page]:
    """The first page, as the owner sees it on a phone; nothing that was chosen on it before is kept."""
    page = phone.new_page()
    page.goto(house.site)
    page.locator("nav.nav").wait_for()
    yield page
    page.evaluate("localStorage.clear()") if page.url.startswith(house.site) else None
    page.close()
    breaches = [text for text in phone.complaints if not _is_usual(text)]
    phone.complaints.clear()
    assert breaches == []


def ten_seconds_pass(page: Page) -> None:
    """Have the time go by in which an owner can undo: on a page whose ``clock`` is installed."""
    page.clock.fast_forward(UNDO_MILLISECONDS)


def settle(page: Page) -> None:
    """Wait until nothing moves, and nothing that is shown is still being waited for."""
    page.wait_for_function(
        "() => !document.querySelector('main [role=status].waiting') && document.getAnimations().every("
        "(one) => one.playState !== 'running' || one.effect.getComputedTiming().iterations === Infinity)"
    )

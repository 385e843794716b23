"""A Chromium without a window, for the dashboard's tests and pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from stack.console import fail, step
from stack.local.info import Account

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
SECONDS = 30


def ensure() -> Path:
    """Where Chromium is; Debian's is installed when there is none and this is root.

    Raises:
        SystemExit: there is none, and it cannot be installed here.
    """
    if found := _found():
        return found
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise fail("Chromium is missing: install it (on Debian and Ubuntu: sudo apt-get install chromium).")
    with step("installing Chromium"):
        for arguments in (["update", "-q"], ["install", "-qy", "--no-install-recommends", "chromium"]):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, check=False)
    if found := _found():
        return found
    raise fail("Chromium could not be installed: try apt-get install chromium, and see what it says.")


def _found() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start a browser, with ``flags`` beside those that every one gets."""
    return playwright.chromium.launch(executable_path=ensure(), args=[*FLAGS, *flags])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the length of a ``with`` block."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, site: str, account: Account) -> None:
    """Open the dashboard of ``site`` and sign in, as a person does it."""
    page.goto(site)
    page.locator("input[name=email]").fill(account.email)
    page.locator("input[name=password]").fill(account.password)
    page.locator("button[type=submit]").click()
    page.locator("nav.nav").wait_for(timeout=SECONDS * 1000)

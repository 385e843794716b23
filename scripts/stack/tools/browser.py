"""A Chromium without a window, for the dashboard's tests and pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from stack.alone import alone
from stack.console import fail, step
from stack.install.bootstrap import ROOT
from stack.local.info import Account

SHELL = "chromium-headless-shell"
"""A Chromium that has no windows at all, and takes half the processor's time. It shows no notifications."""

LOCKED = ROOT / ".dev" / "browser"

WHOLE = ("chromium", "chromium-browser", "google-chrome")

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
SECONDS = 30


@cache
def ensure() -> Path:
    """Where a Chromium is, best one without windows; Debian's is installed when that is missing and this is root.

    Raises:
        SystemExit: there is none, and it cannot be installed here.
    """
    if found := _found(SHELL) or _installed(SHELL):
        return found
    return ensure_whole()


@cache
def ensure_whole() -> Path:
    """Where a Chromium with all its parts is; likewise."""
    if found := _found(*WHOLE) or _installed("chromium"):
        return found
    raise fail("Chromium is missing: install it (on Debian and Ubuntu: sudo apt-get install chromium).")


def _found(*names: str) -> Path | None:
    return next((Path(path) for name in names if (path := shutil.which(name))), None)


def _installed(package: str) -> Path | None:
    """Where it is once it is installed; None where that cannot be done. Two workers that look for one at once
    install it once: apt-get does not wait for another."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    LOCKED.mkdir(parents=True, exist_ok=True)
    with alone(LOCKED):
        return _found(package) or _by_apt(package)


def _by_apt(package: str) -> Path | None:
    with step(f"installing {package}"):
        for arguments in (["update", "-q"], ["install", "-qy", "--no-install-recommends", package]):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, check=False)
    return _found(package)


def launch(playwright: Playwright, *flags: str, whole: bool = False) -> Browser:
    """Start a browser, with ``flags`` beside those that all get; a ``whole`` one shows notifications too."""
    path = ensure_whole() if whole else ensure()
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])


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

"""``scripts/dev --watch``: the dashboard is served from its sources, and loads anew what changes."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from stack.install.dashboard import PACKAGES, SOURCE
from tests.dashboard.conftest import House, Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The address at which Vite serves the sources, over the stack."""
    vite = subprocess.Popen(
        [str(PACKAGES / ".bin" / "vite")],
        cwd=SOURCE, env=os.environ | {"LOOKOUT_SITE": house.site, "NO_COLOR": "1"}, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert vite.stdout is not None
    found = next(match for line in vite.stdout if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
    yield found[0]
    vite.terminate()
    vite.communicate()


@pytest.mark.long
def test_the_sources_are_served_over_the_stack_and_a_changed_one_is_loaded_anew(
    house: House, visit: Visit, served: str
) -> None:
    page: Page = visit().context.new_page()
    updates: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda payload: updates.append(str(payload))),
    )
    page.goto(served)
    page.get_by_label("E-mail").fill(house.info.owner.email)
    page.get_by_label("Password").fill(house.info.owner.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".alert").first).to_be_visible()
    page.goto(f"{served}/#/statistics")
    expect(page.get_by_role("heading", name="By hour")).to_be_visible()
    (SOURCE / "src" / "styles" / "tokens.css").touch()
    for _ in range(100):
        if any('"update"' in one or '"full-reload"' in one for one in updates):
            return
        page.wait_for_timeout(100)
    raise AssertionError(updates)

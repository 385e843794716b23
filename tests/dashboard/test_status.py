"""Owners see how the site is doing, and nobody else."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import House


def test_an_owner_sees_cameras_agents_costs_and_versions(house: House, owner_page: Page) -> None:
    page = owner_page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{house.site}/")
    page.get_by_role("navigation").get_by_role("link", name="How it is doing").click()
    for title in ("Errors of the last hour", "Cameras", "Agents", "This month so far", "Versions"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    cameras = page.locator("section", has=page.get_by_role("heading", name="Cameras"))
    expect(cameras.locator("li", has_text="Front Door")).to_be_visible()
    expect(page.get_by_text("US dollars")).to_be_visible()
    expect(page.get_by_text("Lookout 2.0.0")).to_be_visible()


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("viewer", 403), (None, 403)])
def test_owners_alone_are_told_how_it_is_doing(house: House, role: str | None, status: int) -> None:
    headers = {"Authorization": f"Bearer {house.token(house.member(role))}"}
    assert requests.get(f"{house.site}/status", headers=headers, timeout=30).status_code == status

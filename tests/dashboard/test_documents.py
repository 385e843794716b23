"""The page's types of documents are what the functions really write: every field named on both sides."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from stack.install.dashboard import SOURCE
from tests.dashboard.conftest import ADMIN, House

KINDS = {
    "Alert": "alerts",
    "Person": "people",
    "Photo": "people/Mia/photos",
    "Stranger": "strangers",
    "Camera": "cameras",
    "Agent": "agents",
}


def _declared(kind: str) -> dict[str, bool]:
    """The fields of a type of the page, each with whether it may be missing."""
    text = (SOURCE / "src" / "documents.ts").read_text()
    found = re.search(rf"export interface {kind} {{(.*?)\n}}", text, re.DOTALL)
    assert found, kind
    return {name: bool(optional) for name, optional in re.findall(r"^  (\w+)(\??):", found[1], re.MULTILINE)}


def test_what_a_page_writes_of_the_site_is_declared_and_taken_by_the_rules(house: House) -> None:
    """The settings are written by owners' pages alone, so they are written here by an owner, whole."""
    declared = _declared("Site")
    hours = {"mapValue": {"fields": {"from": {"stringValue": "22:00"}, "to": {"stringValue": "06:00"}}}}
    told = {"mapValue": {"fields": {"digest": {"booleanValue": True}}}}
    fields: dict[str, Any] = {
        "timezone": {"stringValue": "Europe/Berlin"}, "armed": {"booleanValue": True},
        "armedHours": hours, "quietHours": hours, "known": {"stringValue": "tell"},
        "unknown": {"stringValue": "tell"}, "notify": told, "threshold": {"doubleValue": 0.5},
        "margin": {"doubleValue": 0.05}, "visitSeconds": {"integerValue": "60"},
        "retentionDays": {"integerValue": "30"}, "vapidKey": {"nullValue": None},
        "idleSeconds": {"integerValue": "5"}, "cameraFramesPerDay": {"integerValue": "100000"},
        "siteFramesPerDay": {"integerValue": "300000"},
    }  # fmt: skip
    assert fields.keys() == declared.keys() - {"camerasChangedAt", "peopleChangedAt"}
    assert all(declared.values()), "an owner may have set none of them"
    headers = {"Authorization": f"Bearer {house.token(house.info.owner)}"}
    url = f"{house.documents}/settings/site"
    house.delete("settings/site")
    assert requests.patch(url, json={"fields": fields}, headers=headers, timeout=30).status_code == 200
    more = fields | {"unheardOf": {"booleanValue": True}}
    assert requests.patch(url, json={"fields": more}, headers=headers, timeout=30).status_code == 403
    house.delete("settings/site")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_that_is_written_is_declared_and_every_one_that_is_needed_is_there(
    house: House, kind: str
) -> None:
    url = f"{house.documents}/{KINDS[kind]}"
    listed = requests.get(url, params={"pageSize": 300}, headers=ADMIN, timeout=30).json()
    documents: list[dict[str, Any]] = [one.get("fields", {}) for one in listed["documents"]]
    assert documents
    declared = _declared(kind)
    declared.pop("id")
    written = {name for document in documents for name in document}
    assert written - set(declared) == set(), "written, but not declared"
    needed = {name for name, may_miss in declared.items() if not may_miss}
    missing = {name for document in documents for name in needed - set(document)}
    assert missing == set(), "declared as always there, but not written"

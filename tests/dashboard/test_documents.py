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

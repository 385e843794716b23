"""Every call, and all that an owner may change, has a page: the tables of ``docs/dashboard.md`` are true."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from lookout.domain.cameras.camera import _CHECKS
from stack.install.bootstrap import ROOT
from stack.install.dashboard import SOURCE
from tests.unit.test_openapi import described

SRC = SOURCE / "src"
GUIDE = (ROOT / "docs" / "dashboard.md").read_text()
FOLDERS = {
    "": "now", "alerts": "now", "people": "people", "strangers": "strangers", "cameras": "cameras",
    "statistics": "statistics", "status": "statistics", "settings": "settings", "phone": "welcome",
}  # fmt: skip
"""Where the source of a page is, by the first part of its address."""

SHARED = ("state", "device", "ui")
"""Parts of the source that pages have in common."""

NO_PAGE = ("cameras only", "programs only")
WRITES = {"write", "create", "update", "delete"}


def _rows(head: str) -> list[list[str]]:
    table = GUIDE.partition(f"| {head} |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()]
    return [row for row in rows if len(row) > 1 and not row[0].startswith("--") and "`" in row[0]]


CALLS = {row[0].strip("`"): row[1].strip("`") for row in _rows("call")}


def _changes() -> dict[tuple[str, str], str]:
    """What may be changed, as collection and field or operation, with its page."""
    found = {}
    for what, page in _rows("what an owner may change"):
        collection, _, changes = what.partition(": ")
        for change in changes.split(", "):
            found[collection.strip("`"), change.strip("`")] = page
    return found


CHANGES = _changes()


@cache
def _text(folder: str) -> str:
    return "\n".join(path.read_text() for path in sorted((SRC / folder).rglob("*.ts*")))


def _folder(page: str) -> str:
    first = re.match(r"`?#/([\w-]*)", page)
    assert first, page
    return f"pages/{FOLDERS[first[1]]}"


def _sent() -> dict[str, set[str]]:
    """The functions of the page's contract by the call that each makes."""
    found: dict[str, set[str]] = {}
    made = re.compile(r"export function (\w+)\(.*?\n}", re.DOTALL)
    for function in made.finditer((SRC / "api.ts").read_text()):
        told = re.search(r'"(GET|POST|PATCH|DELETE)",\s*[`"]([^`"]+)[`"]', function[0])
        if told:
            path = re.sub(r"\$\{.*?\}", "<>", told[2])
            found.setdefault(f"{told[1]} {path}", set()).add(function[1])
    found.setdefault("POST /detect", set()).add("postFrame")
    return found


def _allowed(rules: Path) -> set[tuple[str, str]]:
    """What rules let owners do: collection and operation, or the fields of an update, nothing of it left out."""
    found = set()
    places: list[str] = []
    # without comments, and without braces that are values
    text = re.sub(r"//.*|\{\d+,\d*\}|\{\}", "", rules.read_text())
    fields_of = re.compile(r"hasOnly\(\s*\[(.*?)\]", re.DOTALL)
    for token in re.finditer(
        r"(?:match|service) (\S+) \{|function \w+\([^)]*\) \{|allow ([\w, ]+?)(?:: if (.*?))?;|\}(?!/)",
        text,
        re.DOTALL,
    ):
        if token[0] == "}":
            places.pop()
        elif not token[2]:
            places.append(token[1] or "")
        elif WRITES & set(token[2].split(", ")) and re.search(r"isOwner\(\)|isOwn\(", token[3] or ""):
            place = next(one for one in reversed(places) if one)
            collection = re.sub(r"/\{.*", "", place).strip("/")
            body = text[: token.end()]
            fields = fields_of.search(token[3]) or (
                list(fields_of.finditer(body))[-1] if "isSane" in token[3] else None
            )
            for operation in WRITES & set(token[2].split(", ")):
                if operation == "update" and fields:
                    found |= {(collection, name) for name in re.findall(r"'(\w+)'", fields[1])}
                else:
                    found.add((collection, operation))
    return found


def test_every_call_has_its_line_and_there_are_no_others() -> None:
    shown = {re.sub(r"<\w+>", "<>", call) for call in CALLS}
    assert shown == {f"{method} {path}" for _, method, path in described()}


@pytest.mark.parametrize("call", [call for call, page in CALLS.items() if page not in NO_PAGE])
def test_the_page_that_is_named_makes_the_call(call: str) -> None:
    functions = _sent()[re.sub(r"<\w+>", "<>", call)]
    sources = _text(_folder(CALLS[call])) + "".join(_text(folder) for folder in SHARED)
    assert any(re.search(rf"\b{name}\(", sources) for name in functions), functions


def test_the_page_makes_no_call_that_is_not_in_the_table() -> None:
    assert set(_sent()) <= {re.sub(r"<\w+>", "<>", call) for call in CALLS}


def test_all_that_an_owner_may_change_has_its_line_and_there_is_nothing_else() -> None:
    allowed = _allowed(ROOT / "firestore.rules") | _allowed(ROOT / "storage.rules")
    cameras = {("cameras", field) for field in _CHECKS}
    assert set(CHANGES) == allowed | cameras


@pytest.mark.parametrize(("collection", "field"), [one for one in CHANGES if one[1] not in WRITES])
def test_the_page_that_is_named_changes_the_field(collection: str, field: str) -> None:
    # the words around it are in strings/: what is looked for is the field as it is sent
    sources = _text(_folder(CHANGES[collection, field])) + _text("firebase")
    assert re.search(rf"\b{field}\b", sources)

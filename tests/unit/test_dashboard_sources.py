"""The dashboard's sources: Firebase in one folder, nothing of a project, and every sentence in both languages."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import NotRequired, get_origin, get_type_hints

import pytest

from lookout.documents import alerts, cameras, people, site
from stack.install.bootstrap import ROOT
from stack.install.dashboard import SOURCE

SRC = SOURCE / "src"
FILES = sorted(path for path in SRC.rglob("*") if path.suffix in (".ts", ".tsx"))


def test_only_one_folder_knows_of_firebase() -> None:
    imports = re.compile(r'(?:from |import\()"firebase/')
    knowing = {path.parent.name for path in FILES if imports.search(path.read_text())}
    assert knowing == {"firebase"}


def test_no_key_and_no_address_of_a_project_stands_in_the_source() -> None:
    text = "".join(path.read_text() for path in FILES)
    assert not re.search(r"AIza[\w-]{20}|[\w-]\.(firebaseapp\.com|appspot\.com|web\.app)", text)
    # Google's own services, which are the same for every project, and examples in texts
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"identitytoolkit.googleapis.com", "firebasestorage.googleapis.com", "example.com"}


KINDS: dict[str, type] = {
    "Alert": alerts.Alert,
    "Candidate": alerts.Candidate,
    "Undelivered": alerts.Undelivered,
    "Person": people.Person,
    "Lookalike": people.Lookalike,
    "Photo": people.Photo,
    "MisplacedPhoto": people.MisplacedPhoto,
    "Stranger": people.Stranger,
    "Receipt": site.Receipt,
    "Camera": cameras.Camera,
    "Agent": cameras.Agent,
    "Site": site.SiteSettings,
}
"""The page's types of documents, and those of the functions."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_has_the_same_fields_for_the_page_and_for_the_functions(kind: str) -> None:
    text = (SRC / "documents.ts").read_text()
    found = re.search(rf"export interface {kind} {{(.*?)\n}}", text, re.DOTALL)
    assert found
    fields = dict(re.findall(r"^  (\w+)(\??):", found[1], re.MULTILINE))
    fields.pop("id", None)
    ours = get_type_hints(KINDS[kind], include_extras=True)
    assert fields == {name: "?" if get_origin(its) is NotRequired else "" for name, its in ours.items()}


def _templates(*patterns: str) -> dict[str, Path]:
    """The texts of the sources, with ``{}`` for what is filled in, and where each stands."""
    found: dict[str, Path] = {}
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            for node in ast.walk(ast.parse(path.read_text())):
                if text := _template(node):
                    found.setdefault(text, path)
    return found


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
        return "".join(map(str, parts))
    return None


@cache
def _translated() -> dict[str, str]:
    """The sentences of the functions that the German page has, with the German ones."""
    text = "".join((SRC / "strings" / "de" / name).read_text() for name in ("told.ts", "delivery.ts"))
    pairs = re.findall(r'^  ("(?:[^"\\]|\\.)*"):\s+("(?:[^"\\]|\\.)*"),$', text, re.MULTILINE)
    return {json.loads(english): json.loads(german) for english, german in pairs}


@cache
def _sources() -> dict[str, Path]:
    return _templates("lookout/**/*.py", "agent/lookout_agent/**/*.py")


@pytest.mark.parametrize("english", _translated())
def test_what_is_translated_is_said_somewhere(english: str) -> None:
    # where the first word is another text, the rest stands alone
    assert english in _sources() or english.removeprefix("{} ") in _sources()


@pytest.mark.parametrize("english", _translated())
def test_nothing_is_filled_in_that_the_english_sentence_does_not_have(english: str) -> None:
    places = re.findall(r"\{(\d*)\}", _translated()[english])
    assert len(places) <= english.count("{}")
    assert all(int(place) < english.count("{}") for place in places if place)


ANSWERS = (
    *(
        "lookout/cloud/accounts/members.py",
        "lookout/cloud/alerts/similar.py",
        "lookout/cloud/corrections/*.py",
    ),
    *(
        "lookout/cloud/cameras/commands.py",
        "lookout/cloud/cameras/registry.py",
        "lookout/cloud/firebase/*.py",
    ),
    *(
        "lookout/cloud/privacy/erasure.py",
        "lookout/cloud/privacy/export.py",
        "lookout/cloud/strangers/records.py",
    ),
    *("lookout/domain/cameras/camera.py", "lookout/domain/cameras/presets.py", "lookout/services/members.py"),
    *("lookout/services/notify/connection.py", "lookout/services/notify/mail.py"),
    *(
        "lookout/services/notify/push.py",
        "lookout/services/notify/trial.py",
        "lookout/services/notify/webhook.py",
    ),
    *("lookout/web/rate_limit.py", "agent/lookout_agent/camera/*.py", "agent/lookout_agent/execution/*.py"),
)
"""Modules whose refusals a reader of the page may get to see."""

NEVER_ASKED = re.compile(r"Send |Unknown field|.*\b(JSON object|must be an object)\b|.*in networks is no")
"""What is told of requests that the page does not make, and of the agent's own settings."""


def _raised(path: Path) -> set[str]:
    """The sentences with which a module raises its errors."""
    raised = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    texts = {
        _template(call.args[0])
        for call in raised
        if call.args and isinstance(call.func, ast.Name) and call.func.id[:1].isupper()
    }
    return {text for text in texts if text and re.fullmatch(r"[A-Z{].* .*[.?]", text, re.DOTALL)}


@pytest.mark.parametrize("pattern", ANSWERS)
def test_every_refusal_that_a_reader_may_see_has_a_german_sentence(pattern: str) -> None:
    paths = sorted(ROOT.glob(pattern))
    assert paths
    said = {text for path in paths for text in _raised(path)}
    assert {text for text in said if not NEVER_ASKED.match(text)} - set(_translated()) == set()

"""What the functions declare: asked once for the same sources, and the same as firebase-tools would hear."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from stack.install.bootstrap import ROOT
from stack.install.vendor import vendor
from stack.local.firebase_tools.declarations import declarations
from tests.unit.test_manifests import manifest

MAIN = """
from pathlib import Path
from firebase_functions import https_fn

with Path("asked").open("a") as asked:
    asked.write("once more ")


@https_fn.on_request()
def {name}(request):
    return ""
"""


@pytest.fixture
def codebase(tmp_path: Path) -> Path:
    """A folder with a function, which notes when it is loaded."""
    folder = tmp_path / "functions" / "mine"
    (folder / "lookout").mkdir(parents=True)
    (folder / "requirements.txt").write_text("")
    (folder / "lookout" / "part.py").write_text("")
    (folder / "main.py").write_text(MAIN.format(name="first"))
    return folder


def _names(codebase: Path, **settings: str) -> list[str]:
    told = declarations([codebase], settings, codebase.parent.parent / "kept" / "declared.json")
    return list(yaml.safe_load(told["mine"])["endpoints"])


def _times_asked(codebase: Path) -> int:
    return (codebase / "asked").read_text().count("once")


def test_the_same_sources_are_asked_once(codebase: Path) -> None:
    assert [_names(codebase), _names(codebase)] == [["first"], ["first"]]
    assert _times_asked(codebase) == 1


def test_other_sources_are_asked_again(codebase: Path) -> None:
    _names(codebase)
    (codebase / "main.py").write_text(MAIN.format(name="second"))
    assert _names(codebase) == ["second"]
    (codebase / "lookout" / "part.py").write_text("# changed")
    (codebase / "lookout" / "more.py").write_text("")
    _names(codebase)
    (codebase / "lookout" / "more.py").rename(codebase / "lookout" / "moved.py")
    _names(codebase)
    assert _times_asked(codebase) == 4


def test_a_setting_that_a_declaration_depends_on_is_heard(codebase: Path) -> None:
    for bucket in ("one", "other", "other"):
        _names(codebase, STORAGE_BUCKET=bucket)
    assert _times_asked(codebase) == 2


@pytest.mark.few(1)
@pytest.mark.parametrize("harm", ["", "{", "[]", "null", '{"x": 1}'])
def test_what_is_kept_and_harmed_is_asked_for_again(codebase: Path, harm: str) -> None:
    _names(codebase)
    (codebase.parent.parent / "kept" / "declared.json").write_text(harm)
    assert _names(codebase) == ["first"]


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ("raise ValueError('no such camera')", "ValueError: no such camera"),
        ("import os; os._exit(3)", "status 3"),
    ],
)
def test_a_codebase_that_cannot_be_loaded_is_told_and_nothing_is_kept(
    codebase: Path, main: str, told: str
) -> None:
    (codebase / "main.py").write_text(main)
    with pytest.raises(SystemExit, match=f"functions/mine cannot be loaded: {told}"):
        _names(codebase)
    assert not (codebase.parent.parent / "kept").exists()


def test_the_emulators_are_told_what_they_would_have_heard(tmp_path: Path) -> None:
    folder = tmp_path / "stats"
    folder.mkdir()
    for name in ("main.py", "requirements.txt"):
        shutil.copy(ROOT / "functions" / "stats" / name, folder)
    vendor(ROOT, folder)
    told = declarations([folder], {}, tmp_path / "declared.json")
    assert yaml.safe_load(told["stats"]) == manifest("stats", FUNCTIONS_EMULATOR="true")
    assert json.loads((tmp_path / "declared.json").read_text())

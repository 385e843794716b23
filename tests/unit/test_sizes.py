"""Files and folders that a reader can hold in the head."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import PurePosixPath

from stack.install.bootstrap import ROOT

LINES = 250
FILES = 12

CODE = {"", ".py", ".ts", ".tsx", ".css", ".h", ".cpp", ".mjs", ".js"}
"""The endings of what people write as code; commands have none."""

FULL = {
    PurePosixPath("."): "the tools look for their settings here",
    PurePosixPath("docs"): "one page for each thing a reader looks for; mkdocs.yml groups them",
    PurePosixPath("docs/decisions"): "one page for each decision",
    PurePosixPath("scripts"): "one command each",
}
"""The folders with more files, and why."""


def _files() -> list[PurePosixPath]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for line in listed.splitlines() if not _is_test(path := PurePosixPath(line))]


def _is_test(path: PurePosixPath) -> bool:
    return "tests" in path.parts or "test" in path.parts


def test_no_file_of_code_is_longer_than_a_reader_can_hold() -> None:
    code = [path for path in _files() if path.suffix in CODE and (ROOT / path).is_file()]
    assert len(code) > 300
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in code}
    assert {path: length for path, length in lengths.items() if length > LINES} == {}


def test_no_folder_has_more_files_than_a_reader_can_hold() -> None:
    counts = Counter(path.parent for path in _files())
    assert {str(folder) for folder, count in counts.items() if count > FILES} == {str(one) for one in FULL}

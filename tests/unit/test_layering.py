"""Who may import whom: ``functions -> web, cloud -> domain <- vision``."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT

ROOMS = {
    "domain": {"domain", "errors"},
    "vision": {"vision", "domain", "errors", "settings", "log"},
    "cloud": {"cloud", "domain", "errors", "settings", "log"},
    "web": {"web", "domain", "errors", "settings", "log"},
}
"""What of ``lookout`` each room may import."""

PURE = {
    "__future__", "abc", "bisect", "collections", "copy", "dataclasses", "datetime", "enum", "fractions",
    "functools", "heapq", "hashlib", "ipaddress", "itertools", "json", "math", "numbers", "operator", "re",
    "statistics", "string", "struct", "types", "typing", "unicodedata", "zoneinfo", "numpy",
}  # fmt: skip
"""What decisions may be made of: nothing that reads, waits, throws dice or looks at a clock."""

GOOGLE = {"google", "firebase_admin", "grpc"}
FLASK = {"flask", "werkzeug"}
PIXELS = {"cv2", "deepface", "onnx", "onnxruntime", "PIL"}
FUNCTIONS = {"firebase_functions", "functions_framework"}

LIGHT = {"control", "stats", "people", "notify"}
"""Functions that start in a fraction of a second because they never see pixels."""


def imports(path: Path) -> Iterator[str]:
    """The full names that a module imports, wherever in it, relative ones resolved."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = [] if node.level == 0 else [*path.relative_to(ROOT).parts[: -node.level]]
            base = ".".join([*package, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found
    return found


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", _modules(*(f"lookout/{room}" for room in ROOMS)), ids=_name)
def test_a_room_imports_only_the_rooms_it_may(path: Path) -> None:
    room = path.relative_to(ROOT / "lookout").parts[0]
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("lookout.")}
    assert ours <= ROOMS[room]


@pytest.mark.parametrize("path", _modules("lookout/domain"), ids=_name)
def test_decisions_are_pure(path: Path) -> None:
    assert _tops(path) - {"lookout"} <= PURE


@pytest.mark.parametrize("path", _modules("lookout/domain"), ids=_name)
def test_decisions_look_at_no_clock(path: Path) -> None:
    asked = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not asked & {"now", "utcnow", "today"}


@pytest.mark.parametrize("path", _modules("lookout"), ids=_name)
def test_each_outside_world_is_known_in_one_room(path: Path) -> None:
    room = path.relative_to(ROOT / "lookout").parts[0]
    known = _tops(path)
    assert room == "cloud" or not known & GOOGLE
    assert room == "web" or not known & FLASK
    assert room == "vision" or not known & PIXELS
    assert not known & FUNCTIONS


def test_a_function_puts_the_rooms_together_and_reaches_past_none() -> None:
    for path in sorted(ROOT.glob("functions/*/*.py")):
        own = {sibling.stem for sibling in path.parent.glob("*.py")}
        firebase = {"firebase_functions"} if path.name == "main.py" else set()
        assert _tops(path) <= {"lookout"} | own | firebase | set(sys.stdlib_module_names), path
        if path.parent.name in LIGHT:
            assert not any(name.startswith("lookout.vision") for name in imports(path)), path


@pytest.mark.parametrize("name", sorted(LIGHT))
def test_a_light_function_requires_no_network(name: str) -> None:
    requirements = ROOT / "functions" / name / "requirements.txt"
    text = requirements.read_text().lower() if requirements.is_file() else ""
    assert not any(package in text for package in ("opencv", "onnx", "deepface", "tensorflow", "keras"))


def test_nothing_in_the_library_imports_the_scripts() -> None:
    assert not [path for path in _modules("lookout") if "stack" in _tops(path)]

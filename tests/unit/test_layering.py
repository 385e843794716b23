"""Who may import whom: ``functions -> services -> web, cloud, vision -> domain``, and the rooms within."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT
from stack.install.vendor import library_of

ROOMS = {
    "documents": {"documents"},
    "domain": {"domain", "errors"},
    "vision": {"vision", "domain", "errors", "settings", "log", "lazy"},
    "cloud": {"cloud", "documents", "domain", "errors", "settings", "log", "lazy"},
    "web": {"web", "domain", "errors", "settings", "log", "lazy"},
    "services": {
        "__version__",
        "services",
        "setting_groups",
        "web",
        "cloud",
        "vision",
        "domain",
        "errors",
        "settings",
        "log",
        "lazy",
    },
}
"""What of ``lookout`` each room may import."""

CLOUD = (
    {"firebase"},
    {"accounts", "site", "gallery", "strangers"},
    {"cameras", "alerts"},
    {"corrections"},
    {"privacy"},
)
"""The rooms of ``lookout/cloud``, lowest first: a room imports itself and what is below it."""

STACK = (
    "console", "alone", "fake_camera", "install", "local", "deploy", "fuzzing", "tools", "keeping", "soak",
    "parity", "measuring", "testing",
)  # fmt: skip
"""The rooms of ``scripts/stack``, likewise."""

PURE = {
    "__future__", "abc", "bisect", "collections", "copy", "dataclasses", "datetime", "enum", "fractions",
    "functools", "heapq", "hashlib", "ipaddress", "itertools", "json", "math", "numbers", "operator", "re",
    "statistics", "string", "struct", "types", "typing", "unicodedata", "zoneinfo", "numpy",
}  # fmt: skip
"""What decisions may be made of: nothing that reads, waits, throws dice or looks at a clock."""

GOOGLE = {"google", "firebase_admin", "grpc"}
FLASK = {"flask", "flask_cors", "werkzeug"}
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


@pytest.mark.parametrize("path", _modules("lookout/cloud"), ids=_name)
def test_a_room_of_the_cloud_imports_only_what_is_below_it(path: Path) -> None:
    parts = path.relative_to(ROOT / "lookout" / "cloud").parts
    if len(parts) == 1:
        assert parts == ("__init__.py",)
        return
    level = next(index for index, rooms in enumerate(CLOUD) if parts[0] in rooms)
    below = {parts[0]}.union(*CLOUD[:level])
    assert {name.split(".")[2] for name in imports(path) if name.startswith("lookout.cloud.")} <= below


@pytest.mark.parametrize("path", _modules("scripts/stack"), ids=_name)
def test_a_room_of_the_scripts_imports_only_what_is_below_it(path: Path) -> None:
    room = path.relative_to(ROOT / "scripts" / "stack").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    below = set(STACK[: STACK.index(room) + 1])
    assert {name.split(".")[1] for name in imports(path) if name.startswith("stack.")} <= below


@pytest.mark.parametrize("folder", ["lookout", "scripts/stack", "agent/lookout_agent"])
def test_a_package_runs_nothing_when_it_is_imported(folder: str) -> None:
    # the versions, and what has to be said before ONNX Runtime is imported
    allowed = {
        ROOT / "lookout/__init__.py",
        ROOT / "lookout/vision/__init__.py",
        ROOT / "agent/lookout_agent/__init__.py",
    }
    for path in sorted((ROOT / folder).rglob("__init__.py")):
        body = ast.parse(path.read_text()).body
        assert path in allowed or [type(node) for node in body] in ([], [ast.Expr]), path


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
    # a line of the log has the trace of its request
    assert room in ("web", "log.py") or not known & FLASK
    assert room == "vision" or not known & PIXELS
    assert not known & FUNCTIONS


def test_a_function_only_declares_its_triggers() -> None:
    for path in sorted(ROOT.glob("functions/*/main.py")):
        assert [sibling.name for sibling in path.parent.glob("*.py")] == ["main.py"]
        assert len(path.read_text().splitlines()) <= 40, path
        assert _tops(path) <= {"lookout", "firebase_functions"} | set(sys.stdlib_module_names), path
        body = ast.parse(path.read_text()).body
        declared = (ast.Expr, ast.Import, ast.ImportFrom, ast.FunctionDef)
        assert all(isinstance(node, declared) for node in body), path


@pytest.mark.parametrize("name", sorted(LIGHT))
def test_a_light_function_comes_to_import_no_pixels(name: str) -> None:
    library = [path.relative_to(ROOT) for path in library_of(ROOT, ROOT / "functions" / name)]
    assert library
    assert not [path for path in library if path.parts[1] == "vision"]


@pytest.mark.parametrize("name", sorted(LIGHT))
def test_a_light_function_requires_no_network(name: str) -> None:
    requirements = ROOT / "functions" / name / "requirements.txt"
    text = requirements.read_text().lower() if requirements.is_file() else ""
    assert not any(package in text for package in ("opencv", "onnx", "deepface", "tensorflow", "keras"))


def test_nothing_in_the_library_imports_the_scripts() -> None:
    assert not [path for path in _modules("lookout") if "stack" in _tops(path)]

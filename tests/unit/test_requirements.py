"""A function's requirements are what its code imports: nothing missing, nothing idle."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/requirements.txt"))

PACKAGES = {
    "cv2": "opencv-contrib-python-headless",
    "firebase_admin": "firebase-admin",
    "firebase_functions": "firebase-functions",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.storage": "google-cloud-storage",
    "zoneinfo": "tzdata",
}
"""Packages that are not called as they are imported. ``zoneinfo`` reads its zones from ``tzdata`` where the
system has none."""

BROUGHT_BY = {"flask", "werkzeug", "google.api_core", "google.auth"}
"""Imported for their types and errors from packages that firebase-functions and firebase-admin bring."""


def imported(folder: Path) -> set[str]:
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def required(function: str) -> set[str]:
    lines = (ROOT / "functions" / function / "requirements.txt").read_text().split()
    return {re.split("[=<>~]", line)[0].lower() for line in lines}


def package_of(name: str) -> str:
    for module, package in PACKAGES.items():
        if name == module or name.startswith((f"{module}_v1", f"{module}.")):
            return package
    return name.split(".")[0].lower()


def used(function: str) -> set[str]:
    code = imported(ROOT / "functions" / function) | imported(ROOT / "lookout")
    return {package_of(name) for name in code}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_requirement_of_a_function_is_imported_by_it(function: str) -> None:
    assert required(function) - used(function) == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_requirement_is_pinned_to_one_version(function: str) -> None:
    lines = (ROOT / "functions" / function / "requirements.txt").read_text().split()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line)] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_package_that_a_function_imports_is_required(function: str) -> None:
    import sys

    ours = {"lookout", *(path.stem for path in (ROOT / "functions" / function).glob("*.py"))}
    known = ours | BROUGHT_BY | {"google"} | set(sys.stdlib_module_names) - {"zoneinfo"}
    names = imported(ROOT / "functions" / function) | imported(ROOT / "lookout")
    third_party = {
        package_of(name)
        for name in names
        if name.split(".")[0] not in known
        and not any(name.startswith(known_name) for known_name in BROUGHT_BY)
    }
    assert third_party - required(function) == set()

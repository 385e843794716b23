"""The agent is a package of its own: one heavy dependency, nothing of the site's, no pixels."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

import pytest

import lookout_agent
from stack.install.bootstrap import ROOT

AGENT = ROOT / "agent"
PROJECT = tomllib.loads((AGENT / "pyproject.toml").read_text())["project"]


ROOMS = ("camera", "cloud", "execution")
"""Lowest first: a room imports itself, what is below it, and the modules of ``BASE``."""

BASE = {"__version__", "clock", "command", "config", "errors", "log", "text"}


def _names(path: Path) -> set[str]:
    """The full names of all that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _imported() -> set[str]:
    """The first names of all that its modules import."""
    paths = (AGENT / "lookout_agent").rglob("*.py")
    return {name.partition(".")[0] for path in paths for name in _names(path)}


def test_it_imports_the_standard_library_and_what_firestore_brings() -> None:
    assert _imported() - sys.stdlib_module_names == {"lookout_agent", "google", "grpc"}


def test_it_depends_on_firestore_alone_in_the_version_of_the_functions() -> None:
    (dependency,) = PROJECT["dependencies"]
    assert dependency.startswith("google-cloud-firestore==")
    assert dependency in (ROOT / "functions" / "control" / "requirements.txt").read_text().split()


def test_its_command_and_its_version_are_those_of_the_package() -> None:
    assert PROJECT["scripts"] == {"lookout-agent": "lookout_agent.cli:main"}
    assert PROJECT["dynamic"] == ["version"]
    site = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert lookout_agent.__version__ == site["version"]


def test_what_is_installed_holds_every_room() -> None:
    find = tomllib.loads((AGENT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    rooms = {path.parent.relative_to(AGENT) for path in (AGENT / "lookout_agent").rglob("*.py")}
    assert find == {"include": ["lookout_agent*"]}
    assert all((AGENT / room / "__init__.py").is_file() for room in rooms)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_is_below_it(room: str) -> None:
    below = {*BASE, *ROOMS[: ROOMS.index(room) + 1]}
    for path in (AGENT / "lookout_agent" / room).glob("*.py"):
        assert {name.split(".")[1] for name in _names(path) if name.startswith("lookout_agent.")} <= below, (
            path
        )

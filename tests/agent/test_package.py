"""The agent is a package of its own: one heavy dependency, nothing of the site's, no pixels."""

from __future__ import annotations

import ast
import sys
import tomllib

import lookout_agent
from stack.install.bootstrap import ROOT

AGENT = ROOT / "agent"
PROJECT = tomllib.loads((AGENT / "pyproject.toml").read_text())["project"]


def _imported() -> set[str]:
    """The first names of all that its modules import, wherever in them."""
    names: set[str] = set()
    for path in (AGENT / "lookout_agent").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_it_imports_the_standard_library_and_what_firestore_brings() -> None:
    assert _imported() - sys.stdlib_module_names == {"lookout_agent", "google", "grpc"}


def test_it_depends_on_firestore_alone_in_the_version_of_the_functions() -> None:
    (dependency,) = PROJECT["dependencies"]
    assert dependency.startswith("google-cloud-firestore==")
    assert dependency in (ROOT / "functions" / "control" / "requirements.txt").read_text().split()


def test_its_command_and_its_version_are_those_of_the_package() -> None:
    assert PROJECT["scripts"] == {"lookout-agent": "lookout_agent.cli:main"}
    assert PROJECT["dynamic"] == ["version"]
    assert lookout_agent.__version__.count(".") == 2

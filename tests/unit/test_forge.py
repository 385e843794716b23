"""What the forge and an editor are told about the repository is so."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import yaml

from stack.install.bootstrap import ROOT, deployed_python
from stack.install.toolchain import OLDEST_NODE


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def commands(value: Any) -> list[str]:
    """Every ``run`` and ``entry`` in a configuration."""
    if isinstance(value, list):
        return [found for one in value for found in commands(one)]
    if isinstance(value, dict):
        own = [str(value[name]) for name in ("run", "entry") if name in value]
        return own + commands(list(value.values()))
    return []


def test_python_and_node_are_those_that_are_deployed_and_needed() -> None:
    assert (ROOT / ".python-version").read_text().strip() == ".".join(map(str, deployed_python()))
    node = int((ROOT / ".nvmrc").read_text())
    assert node >= OLDEST_NODE
    for package in ("package.json", "dashboard/package.json"):
        assert json.loads((ROOT / package).read_text())["engines"]["node"] == f">={OLDEST_NODE}"


def test_the_workflow_runs_the_scripts_on_the_oldest_python_and_audits_both_registries() -> None:
    workflow = read(".github/workflows/check.yml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest, beyond = (int(minor) for minor in re.findall(r"3\.(\d+)", project["requires-python"]))
    supported = [f"3.{minor}" for minor in range(oldest, beyond)]
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == supported
    run = "\n".join(commands(workflow))
    assert all(word in run for word in ("scripts/test", "pip-audit", "npm audit"))


def test_hooks_and_workflow_name_what_exists() -> None:
    told = "\n".join(commands([read(".pre-commit-config.yaml"), read(".github/workflows/check.yml")]))
    named = re.findall(r"(?<!\S)((?:scripts|tests)/\S+|constraints\.txt)", told)
    assert {"scripts/lint", "scripts/test"} <= set(named)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_update_bot_looks_wherever_packages_are_pinned() -> None:
    updates = read(".github/dependabot.yml")["updates"]
    folders = {one["package-ecosystem"]: one.get("directories") for one in updates}
    assert folders["npm"] == ["/", "/dashboard"]
    # scripts/lock makes the functions' own requirements of constraints.txt
    assert folders["pip"] == ["/", "/agent"]

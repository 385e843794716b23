"""One version everywhere: in the packages, the description of the API, the firmware and the changelog."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date

import yaml

import lookout
import lookout_agent
from stack.install.bootstrap import ROOT

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_all_packages_have_the_same_version() -> None:
    told = {
        "agent": lookout_agent.__version__,
        "functions": lookout.__version__,
        "package.json": json.loads((ROOT / "package.json").read_text())["version"],
        "dashboard": json.loads((ROOT / "dashboard" / "package.json").read_text())["version"],
        "openapi": yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())["info"]["version"],
    }
    assert told == dict.fromkeys(told, VERSION)


def test_the_firmware_counts_the_same_version_as_one_number() -> None:
    major, minor, patch = map(int, VERSION.split("."))
    (built,) = re.findall(r"-DLOOKOUT_VERSION=(\d+)", (ROOT / "firmware" / "platformio.ini").read_text())
    assert int(built) == major * 10000 + minor * 100 + patch


def test_the_newest_version_of_the_changelog_is_that_of_the_packages() -> None:
    released = re.findall(r"^## (\d\S*) - (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert released[0][0] == VERSION
    days = [date.fromisoformat(day) for _, day in released]
    assert days == sorted(days, reverse=True)

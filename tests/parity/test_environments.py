"""What Google's build installs for each function: the packages of its lock, and no more than they may be."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from stack.install.bootstrap import ROOT
from stack.parity.environment import ensure, lock_of
from tests.parity.conftest import MB, SIZES

FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/requirements.txt"))

MOST = {"detect": 550, "enroll": 550}
"""Megabytes of packages; 110 for the others."""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_lock_is_all_that_is_installed_and_each_package_has_what_it_needs(function: str) -> None:
    environment = ensure(function)
    pins = (line.partition("==") for line in lock_of(function).read_text().splitlines() if "==" in line)
    assert environment.installed() == {canonicalize_name(name): version for name, _, version in pins}
    assert environment.check() == "No broken requirements found."


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_installed_is_no_larger_than_it_may_be(function: str, pytestconfig: pytest.Config) -> None:
    packages, bytecode = (size / MB for size in ensure(function).size())
    line = f"{function:<10} {packages:4.0f} MB of packages, {bytecode:3.0f} MB of bytecode compiled of them"
    pytestconfig.stash.setdefault(SIZES, {})[function] = line
    assert packages < MOST.get(function, 110)

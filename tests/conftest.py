"""One local stack for all tests that need the emulators, and what runs at the same time on two workers."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from stack.local import emulators
from stack.local.info import StackInfo
from stack.testing.groups import GIVEN, TESTED

SAME_HOUSE = ("tests/e2e/", "tests/rules/", "tests/firmware/test_on_the_stack.py")
"""Tests that write into the stack's own project: the settings, people and alerts of one are those of the other."""


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Each file goes to one worker, and all of the same house to the same, so that none runs beside another."""

    def _split_scope(self, nodeid: str) -> str:
        return "the same house" if nodeid.startswith(SAME_HOUSE) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    """Take our own way of sharing out where whole files are asked for."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a family of cases that is marked as ``few``, all but so many are long.

    The rules' tests come first and what waits for a minute to pass comes last, so that others run in it.
    """
    family: Counter[str] = Counter()
    for item in items:
        few, name = item.get_closest_marker("few"), item.nodeid.partition("[")[0]
        family[name] += 1
        if few is not None and family[name] > few.args[0]:
            item.add_marker(pytest.mark.long)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("waits"):
        return 2
    return 0 if item.nodeid.startswith("tests/rules/") else 1


def pytest_configure() -> None:
    """Told to end, tests end as by Ctrl-C, and what they started with them."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack() -> Iterator[StackInfo]:
    """A running stack: the given one, else one of its own that ends with the session.

    Everything in this process that speaks to Google's libraries speaks to it.
    """
    given = os.environ.get(GIVEN)
    if given:
        info = emulators.running(Path(given).resolve())
        assert info is not None, f"no stack runs in {given}: start one with scripts/dev"
        yield from _spoken_to(info)
        return
    with emulators.started(environment=TESTED, many_projects=True) as info:
        yield from _spoken_to(info)


def _spoken_to(info: StackInfo) -> Iterator[StackInfo]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in (info.environment | TESTED).items():
            environment.setenv(name, value)
        yield info

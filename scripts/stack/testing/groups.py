"""The tests in groups, each a run of pytest of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from stack.install.bootstrap import ROOT
from stack.local import emulators

GIVEN = "LOOKOUT_TEST_STACK"
"""Names the folder of a running stack (``.dev``) to test against, instead of starting one."""

PATIENT = {"STORE_TIMEOUT_SECONDS": "30"}
"""What functions under test are told beside their defaults: a busy machine is no silent store."""

TESTED = PATIENT | {"GALLERY_REFRESH_SECONDS": "0.5"}
"""And those of a tested stack: somebody's deletion is followed until no instance knows them any more, which takes
one and a half times as long, and only then comes the next."""

ANY_TEST = ("-n", "2", "--dist", "worksteal")
"""Two workers, for tests that share nothing: whichever is free takes the next."""

WHOLE_FILES = ("-n", "2", "--dist", "loadfile")
"""Two workers, each with whole files."""

THREE = ("-n", "3", "--dist", "loadfile")
"""Three, for tests that share a stack and mostly wait for it: ``tests/conftest.py`` says which must not run at the
same time."""


@dataclass(frozen=True)
class Group:
    """``arguments`` are pytest's. The workers of one that ``shares_stack`` have one that is started for them."""

    name: str
    arguments: tuple[str, ...]
    shares_stack: bool = False


UNITS = Group("units", ("tests/unit", *ANY_TEST))
PAGES = Group("pages", ("tests/dashboard", *WHOLE_FILES))
"""Two browsers, each on a stack of its own."""

ON_THE_STACK = Group(
    "on the stack",
    (
        "tests",
        "--ignore=tests/unit",
        "--ignore=tests/dashboard",
        "--ignore=tests/deploy",
        "--ignore=tests/first_visit",
        "--ignore=tests/parity",
        "--ignore=tests/soak",
        "--ignore=tests/tensorflow",
        *THREE,
    ),
    shares_stack=True,
)
"""All of them, as ``--all`` has them."""


QUICK = ("-m", "not long")
"""Without what is marked as long. A choice that is typed after it counts."""


def quickly(group: Group) -> Group:
    """The group without its tests that are marked as long."""
    return replace(group, arguments=(*group.arguments, *QUICK))


FIRST_VISIT = Group("the first five minutes", ("tests/first_visit",))
"""A new user's clicks on a stack where nobody was before: with nothing else running, as they are timed."""

ON_TENSORFLOW = Group("DeepFace on TensorFlow", ("tests/tensorflow",))
"""In an environment of its own: a gigabyte to install, so it runs with ``--all``, or where that is there."""

GOING_LIVE = Group("going live", ("tests/deploy",))
"""A deployment from end to end, against a stand-in for Google: minutes, which only ``--all`` takes."""

SOAK = Group("a minute of faults", ("tests/soak",))
"""Functions killed and emulators standing still, on a stack of its own: only ``--all`` does it."""

PARITY = Group("functions as they are deployed", ("tests/parity",))
"""Each with the packages of its lock, and the memory and processor of its instance: only ``--all`` does it."""


def pytest_arguments(typed: list[str]) -> list[str]:
    """What pytest is told for what somebody typed: units need nothing that runs, so they have two workers.

    Of whole folders of units what is long is left out, as `scripts/test` does.
    """
    paths = [path for one in typed if (path := ROOT / one.partition("::")[0]).exists()]
    if not paths or not all(path.is_relative_to(ROOT / "tests" / "unit") for path in paths):
        return typed
    quick = QUICK if all(path.is_dir() for path in paths) else ()
    return [*ANY_TEST, *quick, *typed]


@contextmanager
def environment(group: Group) -> Iterator[Mapping[str, str]]:
    """The variables for the group's pytest, and the stack that they name for as long."""
    if not group.shares_stack or GIVEN in os.environ:
        yield os.environ
        return
    with (
        tempfile.TemporaryDirectory(prefix="lookout-") as folder,
        emulators.started(folder=Path(folder), environment=TESTED, many_projects=True),
    ):
        yield os.environ | {GIVEN: folder}

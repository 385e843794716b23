"""One local stack for all tests that need the emulators."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.local import emulators
from stack.local.info import StackInfo

GIVEN = "LOOKOUT_TEST_STACK"
"""Names the folder of a running stack (``.dev``) to test against, instead of starting one."""


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
    # ended like by Ctrl-C, so that the stack ends too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with emulators.started() as info:
        yield from _spoken_to(info)


def _spoken_to(info: StackInfo) -> Iterator[StackInfo]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in info.environment.items():
            environment.setenv(name, value)
        yield info

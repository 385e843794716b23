"""Waiting for what happens elsewhere: in another thread, another process, on the emulators."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

Found = TypeVar("Found")

SECONDS = 120.0
"""Longer than anything takes on a busy machine; only a test that fails waits for so long."""

PAUSE = 0.03

DAYS_END = 60
"""Seconds before midnight in which no test begins that sees a day's end."""


def wait_until(
    look: Callable[[], Found | None], what: str, seconds: float = SECONDS, pause: float = PAUSE
) -> Found:
    """Look again and again until ``look`` returns something that is true, and return that.

    ``pause``: seconds between two looks, more where looks are counted by a limit.

    Raises:
        AssertionError: ``what`` did not happen in time.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(pause)
    return found


def wait_out_midnight() -> None:
    """Wait until the day, in UTC, does not end soon: what is counted by day would be counted as two."""
    left = 86400 - (datetime.now(UTC) - datetime.now(UTC).replace(hour=0, minute=0, second=0)).seconds
    if left < DAYS_END:
        time.sleep(left + 1)

"""Stacks start one after another on a machine, wherever their folders are.

firebase-tools asks each function's code for its triggers at the first free port from 8081 on, and serves functions
at ports from there on too. Two stacks that start at once pick the same, and then one fails, or is told the other's
functions.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 300.0
"""Seconds to wait for a stack that starts; one that takes longer is stuck, and not waited for."""


def lock_file() -> Path:
    """The lock held by the user whose turn it is; each user has a file of their own."""
    return Path(tempfile.gettempdir()) / f"lookout-starting-{os.getuid()}"


@contextmanager
def turn(patience: float = PATIENCE) -> Iterator[None]:
    """Hold the turn to start a stack, once those before have started or ``patience`` seconds are over.

    The lock ends with the process, however that ends.
    """
    deadline = time.monotonic() + patience
    with lock_file().open("a") as lock:
        while not _is_free(lock.fileno()) and time.monotonic() < deadline:
            time.sleep(0.2)
        yield


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""One agent at a time for each folder, and so for each file of tokens."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lookout_agent.errors import ConfigError

LOCK = "running"

WAIT_SECONDS = 2.0
"""How long a start waits for the lock, which :func:`is_held` holds for a moment."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. The system frees it when the process ends: a file left behind locks nothing.

    Raises:
        ConfigError: another agent holds it, or the file is another user's.
    """
    path = folder / LOCK
    try:
        lock = path.open("a")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}): run the agent as the user who paired it."
        ) from None
    with lock:
        deadline = time.monotonic() + WAIT_SECONDS
        while not _holds(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise ConfigError(f"An agent runs already with {folder}.")
            time.sleep(0.05)
        yield


def is_held(folder: Path) -> bool:
    """Whether an agent runs with this folder. Creates no file."""
    try:
        with (folder / LOCK).open() as lock:
            return not _holds(lock.fileno(), fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _holds(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

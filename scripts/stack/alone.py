"""One process at a time does what would end badly if two did it at once, such as two that build the same files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the turn to change what is in ``folder``; other processes wait for it.

    The folder itself is locked: a file to lock would be one more in it. The lock ends with the process.
    """
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)

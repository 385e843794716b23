"""Ends every process of a stack, also those that left its process group.

The Firestore emulator and the discovery of functions run in sessions of their own, and functions outlive a
``firebase`` that was killed. All of them inherit one variable, by which they are found again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "LOOKOUT_STACK"
"""Name of the variable that every process of a stack inherits; its value is the stack's folder."""

PROC = Path("/proc")
GRACE = 5.0
"""Seconds between asking a process to end and ending it."""


@contextmanager
def told_to_end() -> Iterator[None]:
    """Told to end by SIGTERM, this process raises KeyboardInterrupt, as by Ctrl-C, for the length of a ``with``
    block, so that what it started ends too. It does as it is set up where it is set up already."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def marked(folder: Path) -> list[int]:
    """The ids of this user's living processes that belong to the stack of ``folder``."""
    entry = f"{MARK}={folder}"
    if PROC.is_dir():
        return [
            int(path.name) for path in PROC.iterdir() if path.name.isdigit() and entry in _environment(path)
        ]
    listed = subprocess.run(
        ["ps", "-A", "-E", "-ww", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if entry in line.split()]


def _environment(process: Path) -> list[str]:
    try:
        return (process / "environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # ended meanwhile, or another user's
        return []


def end(folder: Path, leader: int | None, patience: float) -> None:
    """End the stack of ``folder``: its ``leader`` in order, within ``patience`` seconds, then what is left."""
    if leader is not None:
        _send([leader], signal.SIGINT)
        _wait_while(lambda: leader in marked(folder), patience)
    _send(marked(folder), signal.SIGTERM)
    _wait_while(lambda: bool(marked(folder)), GRACE)
    _send(marked(folder), signal.SIGKILL)


def _send(pids: list[int], which: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, which)
        except ProcessLookupError:
            continue


def _wait_while(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while condition() and time.monotonic() < deadline:
        time.sleep(0.1)

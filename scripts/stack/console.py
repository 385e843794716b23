"""Says what is going on while something takes long, and how long it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 2.0
"""A step that ends sooner than this is not worth a line of waiting."""


def say(line: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(line, flush=True)


def fail(line: str) -> SystemExit:
    """The exception that ends a script with one clear line and status 1."""
    return SystemExit(f"lookout: {line}")


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Announce ``doing``, keep the seconds running on a terminal, and close with the time it took."""
    started = time.monotonic()
    done = threading.Event()
    live = sys.stderr.isatty()

    def tick() -> None:
        while not done.wait(1.0 if live else 15.0):
            seconds = time.monotonic() - started
            if seconds < QUIET_SECONDS:
                continue
            ending = "\r" if live else "\n"
            sys.stderr.write(f"  {doing} … {seconds:.0f} s{ending}")
            sys.stderr.flush()

    if not live:
        say(f"  {doing} …")
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    say(f"  {doing}: {time.monotonic() - started:.1f} s")

"""Stacks that start at once do so one after another."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT
from stack.local.firebase_tools import turn
from tests.support.waiting import SECONDS

HOLDER = """
import time
from stack.local.firebase_tools.turn import turn
with turn():
    print("mine", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn of this test's own: stacks that really start are not held up."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


@contextmanager
def somebody() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose turn it is."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=ROOT / "scripts", stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        yield holder
        holder.kill()


def test_the_next_one_waits_until_the_one_before_has_started() -> None:
    with somebody() as holder:
        had = threading.Event()

        def wait() -> None:
            with turn.turn():
                had.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not had.wait(0.6)
        # killed in the middle: its turn ends with it
        holder.kill()
        assert had.wait(SECONDS)
        waiting.join()


def test_one_that_is_stuck_is_not_waited_for_for_ever() -> None:
    with somebody() as stuck:
        started = time.monotonic()
        with turn.turn(patience=0.5):
            assert time.monotonic() - started >= 0.5
            assert stuck.poll() is None


def test_a_turn_that_nobody_has_is_had_at_once() -> None:
    for _ in range(2):
        with turn.turn(patience=float("inf")):
            pass

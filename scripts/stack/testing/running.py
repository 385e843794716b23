"""Groups of tests run at once: one is watched, what another says is shown when its turn comes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import IO, cast

from stack.console import fail, say
from stack.install.bootstrap import ROOT
from stack.testing.groups import Group, environment

PASSED = (0, 5)
"""pytest's status when all passed, and when there was nothing to run."""

FAILED = re.compile(rb"^(?:\x1b\[[\d;]*m)*(?:FAILED|ERROR)\S* \S*\.py.*", re.MULTILINE)
"""A line of pytest's summary that names a test, in colour or not."""


class Run:
    """A group's pytest, running. What it says is kept, and shown from when it is watched on."""

    def __init__(self, group: Group, variables: Mapping[str, str]) -> None:
        colour = ["--color=yes"] if sys.stdout.isatty() else []
        self.group = group
        self.seconds = 0.0
        self._began = time.monotonic()
        self._said = bytearray()
        self._is_watched = False
        self._lock = threading.Lock()
        # a session of its own: Ctrl-C reaches this process, which passes it on, once
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *group.arguments, *colour],
            cwd=ROOT, env=variables, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, args=[cast(IO[bytes], self._process.stdout)])
        self._reader.start()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        # where it still runs: tests/conftest.py has it end in order, so that the stack that it started ends too.
        # No SIGINT: what was started in the background of a shell has that one ignored
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        self._reader.join()

    def watch(self) -> bool:
        """Show what it said and says until it ends. Returns whether all passed."""
        with self._lock:
            self._is_watched = True
            say(f"\n== {self.group.name}: pytest {' '.join(self.group.arguments)}")
            self._show(self._said)
        self._reader.join()
        return self._process.wait() in PASSED

    @property
    def failures(self) -> list[str]:
        """The lines of its summary that name a test which failed."""
        return [line.decode(errors="replace") for line in FAILED.findall(self._said)]

    @property
    def outcome(self) -> str:
        """How it ended, in a line."""
        if self._process.returncode in PASSED:
            ended = "passed"
        elif self.failures:
            ended = f"{len(self.failures)} failed"
        else:
            ended = f"pytest ended with status {self._process.returncode}"
        return f"{self.group.name}: {ended} in {self.seconds:.0f} s"

    def _read(self, output: IO[bytes]) -> None:
        while piece := os.read(output.fileno(), 65536):
            with self._lock:
                self._said += piece
                if self._is_watched:
                    self._show(piece)
        output.close()
        self.seconds = time.monotonic() - self._began

    @staticmethod
    def _show(piece: bytes | bytearray) -> None:
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


def run_all(one_by_one: Sequence[Group], meanwhile: Group | None = None) -> bool:
    """Run the groups one after another, and ``meanwhile`` beside them. Returns whether all tests passed.

    All of them run to their end, whatever fails. What failed is said again at the very end.

    Raises:
        SystemExit: it was told to end, and everything that it started has ended.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    passed = True
    runs = []
    try:
        with ExitStack() as ends:
            beside = None if meanwhile is None else ends.enter_context(Run(meanwhile, os.environ))
            for group in one_by_one:
                with environment(group) as variables, Run(group, variables) as run:
                    passed = run.watch() and passed
                    runs.append(run)
            if beside is not None:
                passed = beside.watch() and passed
                runs.append(beside)
    except KeyboardInterrupt:
        raise fail("stopped.") from None
    say("")
    for run in runs:
        say("\n  ".join([run.outcome, *run.failures]))
    return passed

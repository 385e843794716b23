"""Groups of tests run one after another; what failed is said again at the end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import IO, cast

from stack.console import fail, say
from stack.install.bootstrap import ROOT
from stack.testing.groups import Group, environment

PASSED = (0, 5)
"""pytest's status when all passed, and when there was nothing to run."""

FAILED = re.compile(rb"^(?:\x1b\[[\d;]*m)*(?:FAILED|ERROR)\S* \S*\.py.*", re.MULTILINE)
"""A line of pytest's summary that names a test, in colour or not."""


class Run:
    """A group's pytest, running. What it says is shown, and kept."""

    def __init__(self, group: Group, variables: Mapping[str, str]) -> None:
        colour = ["--color=yes"] if sys.stdout.isatty() else []
        say(f"\n== {group.name}: pytest {' '.join(group.arguments)}")
        self.group = group
        self.seconds = 0.0
        self._began = time.monotonic()
        self._said = bytearray()
        # a session of its own: Ctrl-C reaches this process, which passes it on, once
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *group.arguments, *colour],
            cwd=ROOT, env=variables, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        # where it still runs: tests/conftest.py has it end in order, so that the stack that it started ends too.
        # No SIGINT: what was started in the background of a shell has that one ignored
        if self._process.poll() is None:
            self._process.terminate()
            self._show_all()
        self._process.wait()

    def watch(self) -> None:
        """Show what it says until it ends."""
        self._show_all()
        self._process.wait()
        self.seconds = time.monotonic() - self._began

    @property
    def has_passed(self) -> bool:
        """Whether it ended with no test failed."""
        return self._process.returncode in PASSED

    @property
    def failures(self) -> list[str]:
        """The lines of its summary that name a test which failed."""
        return [line.decode(errors="replace") for line in FAILED.findall(self._said)]

    @property
    def outcome(self) -> str:
        """How it ended, in a line."""
        if self.has_passed:
            ended = "passed"
        elif self.failures:
            ended = f"{len(self.failures)} failed"
        else:
            ended = f"pytest ended with status {self._process.returncode}"
        return f"{self.group.name}: {ended} in {self.seconds:.0f} s"

    def _show_all(self) -> None:
        output = cast(IO[bytes], self._process.stdout)
        while not output.closed:
            if not (piece := os.read(output.fileno(), 65536)):
                output.close()
                return
            self._said += piece
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()


def run_all(groups: Sequence[Group]) -> bool:
    """Run the groups one after another. Returns whether all tests passed.

    All of them run to their end, whatever fails. What failed is said again at the very end.

    Raises:
        SystemExit: it was told to end, and everything that it started has ended.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    runs = []
    try:
        for group in groups:
            with environment(group) as variables, Run(group, variables) as run:
                run.watch()
                runs.append(run)
    except KeyboardInterrupt:
        raise fail("stopped.") from None
    say("")
    for run in runs:
        say("\n  ".join([run.outcome, *run.failures]))
    return all(run.has_passed for run in runs)

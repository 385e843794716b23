"""A contender: a process that is given frames one by one, so that several can take turns in one run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.install.bootstrap import ROOT


@dataclass(frozen=True, slots=True)
class Answer:
    """What a frame took: ``milliseconds`` by the clock and by the ``processor`` (all its threads together), and by
    stage; how many ``faces`` were judged."""

    milliseconds: float
    processor: float
    faces: int
    stages: Mapping[str, float]


class Contender:
    """A running process that answers frames. Use :func:`contender`."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    def ask(self, frame: Path) -> Answer:
        """Let it judge a frame, and wait.

        Raises:
            RuntimeError: it ended; says what it printed last.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{frame}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended:\n{self._log.read_text()[-2000:]}")
        return Answer(**json.loads(line))

    def peak(self) -> float:
        """The most memory it took until now, in MB."""
        return memory(self._process.pid, "VmHWM")


@contextmanager
def contender(
    name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Contender]:
    """The contender for the length of a ``with`` block; what it prints goes to ``log``."""
    with log.open("w") as printed:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=printed,
        )  # fmt: skip
    try:
        yield Contender(name, process, log)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


@contextmanager
def lookout(
    name: str, people: Path, cores: int, folder: Path, models: Path | None = None
) -> Iterator[Contender]:
    """Lookout on so many cores, with the networks of ``models`` or the installed ones."""
    command = [sys.executable, "-m", "bench.contenders.lookout", str(people), str(cores)]
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")])}
    if models is not None:
        environment["MODELS_DIR"] = str(models)
    log = folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.log"
    with contender(name, command, log, environment) as made:
        yield made


def memory(pid: int, name: str) -> float:
    """``VmRSS``, what a process takes now, or ``VmHWM``, the most that it took, in MB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0

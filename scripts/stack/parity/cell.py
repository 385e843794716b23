"""Where a function is held while it runs: so much memory and processor, nothing to write to but ``/tmp``."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.install.bootstrap import ROOT
from stack.parity.control_group import ControlGroup, control_group

ENCLOSED = Path(__file__).with_name("enclosed.py")


@dataclass(frozen=True, slots=True)
class Cell:
    """``memory`` in bytes, ``cpu`` in processors, held to by the ``group`` or else by limits of a process.

    Where it ``is_shut``, what is in it runs as the user nobody and can write to no file of this machine, only to a
    ``/tmp`` of its own. That takes rights; without them it runs as the user of this process, with a folder as
    ``/tmp``.
    """

    memory: int
    cpu: int
    group: ControlGroup | None
    is_shut: bool

    def __str__(self) -> str:
        held = "limits" if self.group is None else f"cgroup v{self.group.version}"
        return f"{held}, {'nobody, files read-only' if self.is_shut else 'this user'}"

    def command(self, command: Sequence[str], needs: Sequence[Path] = ()) -> list[str]:
        """What runs the command in the cell. It ``needs`` these folders."""
        told = {
            "groups": [] if self.group is None else self.group.members,
            "cores": self.cpu,
            "data": self.memory if self.group is None else 0,
            "alone": self.is_shut,
            "needs": [str(folder) for folder in (ROOT, *needs, Path(sys.base_prefix), Path(sys.prefix))],
        }
        return [sys.executable, "-I", "-S", str(ENCLOSED), json.dumps(told), *command]

    def killed(self) -> int:
        """How many processes in it were killed for taking more memory than it has."""
        return 0 if self.group is None else self.group.killed()


@contextmanager
def cell(memory: int, cpu: int, by_group: bool = True) -> Iterator[Cell]:
    """A cell for as long; what runs in it has to end within. ``by_group`` only where the machine allows it."""
    group = control_group(memory, cpu) if by_group else None
    try:
        yield Cell(memory, cpu, group, can_be_shut())
    finally:
        if group is not None:
            group.remove()


@functools.cache
def can_be_shut() -> bool:
    """Whether this machine lets us: it takes root, namespaces for mounts, and ``setpriv``."""
    if os.geteuid() != 0:
        return False
    trial = Cell(0, 1, None, True).command(["true"])
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0

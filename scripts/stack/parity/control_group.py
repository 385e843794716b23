"""A control group of Linux, of either version: so much memory and so many processors for the processes in it."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000
"""Microseconds over which the share of a processor is counted."""

REMOVAL_SECONDS = 10.0
MEMBERS = "cgroup.procs"


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """``folders`` are the group's, one for each controller in version 1; ``events`` counts who was killed."""

    version: int
    folders: tuple[Path, ...]
    events: Path

    @property
    def members(self) -> list[str]:
        """The files into which a process writes its id to join."""
        return [str(folder / MEMBERS) for folder in self.folders]

    def killed(self) -> int:
        """How many of its processes were killed because they took more memory than it has."""
        found = re.search(r"^oom_kill (\d+)$", self.events.read_text(), re.MULTILINE)
        return int(found[1]) if found else 0

    def remove(self) -> None:
        """Take it away once its processes have ended, which the kernel notices a moment later."""
        deadline = time.monotonic() + REMOVAL_SECONDS
        for folder in self.folders:
            while folder.exists():
                with suppress(OSError):
                    folder.rmdir()
                    break
                if time.monotonic() > deadline:
                    return
                time.sleep(0.02)


def control_group(memory: int, cpu: float, root: Path = ROOT) -> ControlGroup | None:
    """A new group of so many bytes and processors; None where this machine does not let us make one."""
    name = f"lookout-{secrets.token_hex(4)}"
    if (root / "cgroup.controllers").is_file():
        group, limits = _second(root / name, memory, cpu)
    else:
        group, limits = _first(root, name, memory, cpu)
    try:
        if group.version == 2:
            (root / "cgroup.subtree_control").write_text("+memory +cpu")
        for folder in group.folders:
            folder.mkdir()
        for path, value in limits.items():
            path.write_text(str(value))
    except OSError:
        group.remove()
        return None
    return group


def _first(root: Path, name: str, memory: int, cpu: float) -> tuple[ControlGroup, dict[Path, int | str]]:
    bytes_of, share_of = root / "memory" / name, root / "cpu" / name
    limits: dict[Path, int | str] = {
        bytes_of / "memory.limit_in_bytes": memory,
        share_of / "cpu.cfs_period_us": PERIOD,
        share_of / "cpu.cfs_quota_us": int(cpu * PERIOD),
    }
    return ControlGroup(1, (bytes_of, share_of), bytes_of / "memory.oom_control"), limits


def _second(folder: Path, memory: int, cpu: float) -> tuple[ControlGroup, dict[Path, int | str]]:
    limits: dict[Path, int | str] = {
        folder / "memory.max": memory,
        folder / "memory.swap.max": 0,
        folder / "cpu.max": f"{int(cpu * PERIOD)} {PERIOD}",
    }
    return ControlGroup(2, (folder,), folder / "memory.events"), limits

"""What a function cannot do in its cell, as it cannot on the platform."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lookout.deployment import INSTANCES
from stack.install.bootstrap import ROOT
from stack.parity.cell import Cell, can_be_shut, cell
from stack.parity.control_group import control_group
from stack.parity.enclosed import TEMPORARY
from stack.parity.environment import HOME, ensure
from tests.parity.conftest import Deployed

MIB = 1024 * 1024

WRITES = """
import os, sys, tempfile
for place in sys.argv[1:]:
    try:
        open(os.path.join(place, "written"), "w").close()
        print(place)
    except OSError:
        pass
print("uid", os.getuid(), "cores", len(os.sched_getaffinity(0)))
"""

SHARED = (Path("/dev/shm"), Path("/var/tmp"))  # noqa: S108 - where anybody may write, but not from a cell

TAKES = "taken = bytearray({bytes}); print(len(taken))"


@pytest.fixture
def held() -> Iterator[Cell]:
    with cell(64 * MIB, 1) as made:
        yield made


def _said(cell: Cell, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    python = str(ensure("control").python)
    command = cell.command([python, "-c", code, *map(str, arguments)])
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not can_be_shut(), reason="needs root, and namespaces for mounts")
def test_it_writes_to_a_tmp_of_its_own_and_nowhere_else(held: Cell) -> None:
    with tempfile.TemporaryDirectory() as shared:
        places = [ROOT, HOME, ensure("control").packages, Path.home(), *SHARED, shared, TEMPORARY]
        done = _said(held, WRITES, *places)
        assert done.stdout.splitlines() == [str(TEMPORARY), "uid 65534 cores 1"], done.stderr
        assert not (TEMPORARY / "written").exists()


@pytest.mark.skipif(not can_be_shut(), reason="needs root, and namespaces for mounts")
def test_what_it_needs_can_be_read_there_also_if_it_lies_in_tmp(held: Cell) -> None:
    python = str(ensure("control").python)
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        (Path(folder) / "needed").write_text("here")
        read = f"print(open('{folder}/needed').read()); open('{folder}/needed', 'w')"
        shown = subprocess.run(
            held.command([python, "-c", read], [Path(folder)]), capture_output=True, text=True, check=False
        )
        assert (shown.stdout, "Read-only file system" in shown.stderr) == ("here\n", True)
        hidden = subprocess.run(
            held.command([python, "-c", read]), capture_output=True, text=True, check=False
        )
        assert "No such file" in hidden.stderr


def test_what_takes_more_memory_than_there_is_does_not_get_it(held: Cell) -> None:
    assert _said(held, TAKES.format(bytes=8 * MIB)).stdout == f"{8 * MIB}\n"
    done = _said(held, TAKES.format(bytes=100 * MIB))
    assert done.returncode != 0
    if held.group is not None:
        assert (done.returncode, held.killed()) == (-9, 1)


def test_without_a_group_a_limit_of_the_process_holds() -> None:
    with cell(64 * MIB, 1, by_group=False) as held:
        assert str(held).startswith("limits")
        assert _said(held, TAKES.format(bytes=8 * MIB)).stdout == f"{8 * MIB}\n"
        assert "MemoryError" in _said(held, TAKES.format(bytes=100 * MIB)).stderr


def test_a_function_runs_within_limits_where_there_are_no_groups(deployed: Deployed) -> None:
    with deployed.run("stats", by_group=False, note=", without a group") as stats:
        assert stats.ask("GET", "/stats")["known_persons"] == 0


def _tree(root: Path, version: int) -> None:
    """Files as the kernel has them; what it makes in a new group is made by the first write."""
    if version == 2:
        (root / "cgroup.controllers").write_text("cpu memory")
        return
    for controller in ("memory", "cpu"):
        (root / controller).mkdir()


@pytest.mark.parametrize("version", [1, 2])
def test_a_group_of_either_version_gets_memory_and_processor(tmp_path: Path, version: int) -> None:
    _tree(tmp_path, version)
    group = control_group(INSTANCES["detect"].memory * MIB, 1, tmp_path)
    assert group is not None
    assert group.version == version
    written = {path.name: path.read_text() for folder in group.folders for path in folder.iterdir()}
    if version == 1:
        assert written == {
            "memory.limit_in_bytes": "1073741824", "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "100000",
        }  # fmt: skip
    else:
        assert written == {"memory.max": "1073741824", "memory.swap.max": "0", "cpu.max": "100000 100000"}
        assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +cpu"
    group.events.write_text("low 0\noom 1\noom_kill 3\n")
    assert group.killed() == 3


def test_where_no_group_can_be_made_there_is_none(tmp_path: Path) -> None:
    assert control_group(MIB, 1, tmp_path) is None

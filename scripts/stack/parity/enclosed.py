"""Runs a command in a cell: ``python enclosed.py JSON COMMAND…``. Standard library only.

The JSON says which ``groups`` to join, how many ``cores`` to use and, where no group limits it, how many bytes of
``data`` to take. ``alone`` needs to be root: the command runs as nobody, on files that nothing can be written to,
with a ``/tmp`` of its own that is in memory and counts as such. Folders that it ``needs`` are there also if they
lie in ``/tmp``.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any

NOBODY = 65534
NEW_NAMESPACE = 0x00020000
PRIVATE, RECURSIVE, BIND = 1 << 18, 1 << 14, 1 << 12
MOUNT_SETATTR = 442
"""Number of the system call, the same on all architectures since Linux 5.12; glibc has no function for it."""

TEMPORARY = Path("/tmp")  # noqa: S108 - the one that the command gets is its own

AT_FDCWD, AT_RECURSIVE = -100, 0x8000
READ_ONLY = struct.pack("QQQQ", 1, 0, 0, 0)
"""``struct mount_attr`` with ``MOUNT_ATTR_RDONLY`` to be set."""

AS_NOBODY = [
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs",
    # a checkout, and its Python, may lie in a home that only its owner may enter: it may read there, never write
    "--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search", "--bounding-set=-all,+dac_read_search",
]  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)


def main(cell: dict[str, Any], command: list[str]) -> None:
    """Go into the cell and become the command."""
    for group in cell["groups"]:
        Path(group).write_text(str(os.getpid()))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: cell["cores"]])
    if cell["data"]:
        resource.setrlimit(resource.RLIMIT_DATA, (cell["data"], cell["data"]))
    if cell["alone"]:
        _shut_files([Path(folder) for folder in cell["needs"]])
        command = [*AS_NOBODY, *command]
    os.execvp(command[0], command)  # noqa: S606 - no shell is the point


def _shut_files(needs: list[Path]) -> None:
    _call(_libc.unshare(NEW_NAMESPACE), "unshare")
    _call(_libc.mount(None, b"/", None, PRIVATE | RECURSIVE, None), "mount --make-rprivate /")
    done = _libc.syscall(MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, READ_ONLY, len(READ_ONLY))
    _call(done, "mount_setattr")
    hidden = [(folder, os.open(folder, os.O_PATH)) for folder in needs if folder.is_relative_to(TEMPORARY)]
    _call(_libc.mount(b"tmpfs", bytes(TEMPORARY), b"tmpfs", 0, b"mode=1777"), "mount /tmp")
    for folder, opened in hidden:
        folder.mkdir(parents=True, exist_ok=True)
        _call(_libc.mount(b"/proc/self/fd/%d" % opened, bytes(folder), None, BIND, None), f"mount {folder}")
        os.close(opened)


def _call(outcome: int, what: str) -> None:
    if outcome:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])

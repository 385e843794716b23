"""Weights as files: fetched, laid in place whole, and noted with what they are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from stack.console import step
from stack.install.download import DownloadFailed, download, sha256

VERSION = 1
"""Grows with every change of ``preparing``: networks prepared by another one are prepared anew."""


class Unfetched(Exception):
    """Weights that no source delivered."""


def fetched(
    name: str, sources: list[str], home: Path, relative: Path, offline: bool, expected: str | None = None
) -> dict[str, Any]:
    """Download ``relative`` below ``home`` from the first of ``sources`` that has it; the record of the file.

    Raises:
        Unfetched: none has it, or ``offline``.
    """
    if offline:
        raise Unfetched("--offline")
    try:
        with step(f"fetching {relative.name} for {name}"):
            digest = download(sources, home / relative, expected)
    except DownloadFailed as error:
        raise Unfetched(str(error)) from None
    return record(home, relative, digest)


def placed(source: Path, home: Path, relative: Path) -> dict[str, Any]:
    """Copy ``source`` beside the target, then rename: nobody ever sees half a file. The record of the file."""
    target = home / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    digest = sha256(part)
    part.replace(target)
    return record(home, relative, digest)


def record(home: Path, relative: Path, digest: str) -> dict[str, Any]:
    """What is noted of a file: its path below ``home``, size, ``digest`` and time of change."""
    status = (home / relative).stat()
    return {
        "path": relative.as_posix(),
        "bytes": status.st_size,
        "sha256": digest,
        "changed": status.st_mtime_ns,
    }


def is_whole(home: Path, entry: dict[str, Any] | None) -> bool:
    """Whether a recorded file is there, of its size and unharmed.

    It is hashed again only when its time of change is not the recorded one: a second run takes no time.
    """
    if entry is None:
        return False
    path = home / entry["path"]
    if not path.is_file() or path.stat().st_size != entry["bytes"]:
        return False
    return bool(path.stat().st_mtime_ns == entry["changed"] or sha256(path) == entry["sha256"])

"""Lays the shared library beside each function's ``main.py``, where Firebase takes it from.

A function is deployed as its own folder: what is not in it does not exist there. The copies are git-ignored.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

VISION_ENGINE = "onnxruntime"
"""A function whose requirements name it sees pixels: it gets ``lookout/vision`` and the models."""


@dataclass(slots=True)
class Tally:
    """What a run did: files laid down anew and files taken away."""

    laid: int = 0
    removed: int = 0


def functions(root: Path) -> list[Path]:
    """The folders of all functions, by name."""
    return sorted(path.parent for path in root.glob("functions/*/requirements.txt"))


def vendor(root: Path, function: Path) -> Tally:
    """Bring the copies in the folder ``function`` up to date with ``root``; files that are right stay untouched.

    The emulator reloads a function whenever one of its files changes, so the second run must change nothing.
    """
    tally = Tally()
    sees = VISION_ENGINE in (function / "requirements.txt").read_text()
    library = {
        path: target for path, target in _files(root / "lookout") if sees or target.parts[0] != "vision"
    }
    _mirror(library, function / "lookout", tally)
    _mirror(dict(_files(root / "models")) if sees else {}, function / "models", tally)
    _link_venv(root, function)
    return tally


def _files(folder: Path) -> list[tuple[Path, Path]]:
    return [
        (path, path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".part"
    ]


def _mirror(wanted: dict[Path, Path], folder: Path, tally: Tally) -> None:
    targets = {folder / target for target in wanted.values()}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in targets:
            path.unlink()
            # the interpreter's own cache comes and goes
            tally.removed += path.suffix != ".pyc"
    for source, target in wanted.items():
        tally.laid += _lay(source, folder / target)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _lay(source: Path, target: Path) -> bool:
    if target.exists():
        ours, theirs = source.stat(), target.stat()
        if (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns):
            return False
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.unlink(missing_ok=True)
    # only weights are worth a link: an editor would write through it into the original
    if source.suffix == ".onnx":
        _link(source, unfinished)
    else:
        shutil.copy2(source, unfinished)
    unfinished.replace(target)
    return True


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _link_venv(root: Path, function: Path) -> None:
    # firebase-tools imports main.py with the interpreter of `venv/` in the function's own folder
    link, venv = function / "venv", Path(os.path.relpath(root / ".venv", function))
    if link.is_symlink() and link.readlink() == venv:
        return
    if link.is_symlink():
        link.unlink()
    if not link.exists():
        link.symlink_to(venv)

"""Lays the part of the library that a function imports beside its ``main.py``, where Firebase takes it from.

A function is deployed as its own folder: what is not in it does not exist there. The copies are git-ignored.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stack.console import fail
from stack.install.networks.files import is_whole

RECORD = "installed.json"
"""What ``scripts/models`` installed, in ``models/``."""

VISION_ENGINE = "onnxruntime"
"""A function whose requirements name it sees pixels: it gets the models."""


@dataclass(slots=True)
class Copied:
    """What a run did: files laid down anew and files taken away."""

    laid: int = 0
    removed: int = 0


def functions(root: Path) -> list[Path]:
    """The folders of all functions, by name."""
    return sorted(path.parent for path in root.glob("functions/*/requirements.txt"))


def vendor(root: Path, function: Path) -> Copied:
    """Bring the copies in the folder ``function`` up to date with ``root``; files that are right stay untouched.

    The emulator reloads a function whenever one of its files changes, so the second run must change nothing.

    Raises:
        SystemExit: the function sees pixels, and a network is missing or damaged: it would recognise nobody.
    """
    copied = Copied()
    sees = VISION_ENGINE in (function / "requirements.txt").read_text()
    if sees and (harmed := unfit_weights(root / "models")):
        raise fail(
            f"{function.name} needs models/{harmed[0]}, which is missing or damaged; run scripts/models."
        )
    library = {path: path.relative_to(root / "lookout") for path in library_of(root, function)}
    _mirror(library, function / "lookout", copied)
    _mirror(dict(_files(root / "models")) if sees else {}, function / "models", copied)
    _link_venv(root, function)
    return copied


def unfit_weights(models: Path) -> list[str]:
    """The recorded weights, detector and landmarks included, that are not there as they were installed."""
    try:
        record = json.loads((models / RECORD).read_text())
        entries = [record["detector"], record["landmarks"], *record["embedders"].values()]
        entries += [record["liveness"]] if "liveness" in record else []
        entries += [file for files in record.get("detectors", {}).values() for file in files]
        harmed = [str(entry["path"]) for entry in entries if not is_whole(models, entry)]
        return harmed if record["embedders"] else [RECORD]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [RECORD]


def library_of(root: Path, function: Path) -> list[Path]:
    """The files of ``lookout/`` that ``function`` comes to import, inside functions too, with their packages."""
    found: set[Path] = set()
    todo = [function / "main.py"]
    while todo:
        path = todo.pop()
        for name in imports(path):
            module = root / f"{name.replace('.', '/')}.py"
            if name.startswith("lookout.") and module.is_file() and module not in found:
                found.add(module)
                todo.append(module)
    packages = {
        parent for path in found for parent in path.parents if parent.is_relative_to(root / "lookout")
    }
    inits = {init for package in packages if (init := package / "__init__.py").is_file()}
    return sorted(found | inits)


def imports(path: Path) -> Iterator[str]:
    """Every name that a Python file imports, wherever in it: ``lookout.log`` and ``lookout.log.log``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(folder: Path) -> list[tuple[Path, Path]]:
    return [
        (path, path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".part"
    ]


def _mirror(wanted: dict[Path, Path], folder: Path, copied: Copied) -> None:
    targets = {folder / target for target in wanted.values()}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in targets:
            path.unlink()
            # the interpreter's own cache comes and goes
            copied.removed += path.suffix != ".pyc"
    for source, target in wanted.items():
        copied.laid += _lay(source, folder / target)
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

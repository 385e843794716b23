"""The checks of the source: style, format, types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stack.bootstrap import ROOT
from stack.progress import say, step


def lint() -> bool:
    """Run every check, printing what each found. Returns whether all are clean."""
    commands = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy", "--scripts-are-modules", *map(str, sources())],
        # every function's module is called main, so each is a program of its own
        **{
            f"mypy {path.parent.name}": ["mypy", str(path.relative_to(ROOT))]
            for path in sorted(ROOT.glob("functions/*/main.py"))
        },
    }
    # all of them, though one complains: a run should name everything there is to mend
    passed = [_passes(name, command) for name, command in commands.items()]
    return all(passed)


def sources() -> list[Path]:
    """What is type-checked together, relative to the repository: rooms, scripts with and without suffix, tests."""
    folders = [
        Path(name) for name in ("lookout", "scripts/stack", "tests", "bench") if _has_python(ROOT / name)
    ]
    return [*folders, *(path.relative_to(ROOT) for path in commands_of(ROOT / "scripts"))]


def commands_of(folder: Path) -> list[Path]:
    """The Python scripts in ``folder``: executables without a suffix."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.suffix and path.read_bytes().startswith(b"#!/usr/bin/env python3")
    ]


def _has_python(folder: Path) -> bool:
    return any(folder.rglob("*.py"))


def _passes(name: str, command: list[str]) -> bool:
    with step(name):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode == 0

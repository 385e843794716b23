"""The checks beside the tests: style, format, types, and half a minute of harmed requests."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack.console import say, step
from stack.deploy import locks
from stack.install import dashboard
from stack.install.bootstrap import ROOT

SITE = {"PYTHONPATH": str(ROOT / "scripts"), "NO_MKDOCS_2_WARNING": "1"}
"""For MkDocs: its hooks import the scripts' library, and it need not advertise what comes after it."""


def lint() -> bool:
    """Run every check, printing what each found. Returns whether all are clean."""
    # types take half of the time and one core
    with ThreadPoolExecutor(1) as other:
        typed = other.submit(_typed)
        passed = [
            _passes("ruff check", ["ruff", "check", "."]),
            _passes("ruff format", ["ruff", "format", "--check", "."]),
            dashboard.check(),
            _locked(),
            _passes("mkdocs", ["mkdocs", "build", "--strict"], SITE),
        ]
        return all(passed) & typed.result()


def _typed() -> bool:
    folders = [
        name
        for name in ("lookout", "agent/lookout_agent", "scripts/stack", "tests", "bench")
        if any((ROOT / name).rglob("*.py"))
    ]
    passed = [_passes("mypy", ["mypy", "-n", "2", *folders])]
    scripts = [str(path) for folder in ("scripts", "firmware/scripts") for path in commands_of(ROOT / folder)]
    passed.append(_passes("mypy scripts", ["mypy", "--scripts-are-modules", *scripts]))
    # each function has a main, which cannot be told apart in one run
    for path in sorted(ROOT.glob("functions/*/main.py")):
        name = str(path.relative_to(ROOT))
        passed.append(_passes(f"mypy {name}", ["mypy", name], {"MYPYPATH": str(ROOT)}))
    return all(passed)


def _locked() -> bool:
    stale = locks.stale()
    if stale:
        say(f"{', '.join(stale)}: not what requirements.in and constraints.txt come to; run scripts/lock.")
    return not stale


def fuzz() -> bool:
    """Let scripts/fuzz try for half a minute. Returns whether nothing broke."""
    sys.stdout.flush()
    with subprocess.Popen([sys.executable, str(ROOT / "scripts" / "fuzz")]) as process:
        try:
            return process.wait() == 0
        except KeyboardInterrupt:
            # in order: killed, it would leave the stack that it started
            process.terminate()
            process.wait()
            raise


def commands_of(folder: Path) -> list[Path]:
    """The Python scripts in ``folder``: executables without a suffix."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.suffix and path.read_bytes().startswith(b"#!/usr/bin/env python3")
    ]


def _passes(name: str, command: list[str], variables: dict[str, str] | None = None) -> bool:
    with step(name):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=os.environ | (variables or {}),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode == 0

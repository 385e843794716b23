"""Starts firebase-tools' emulators as a process, with the environment that they need."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from stack.install import project, toolchain
from stack.local import processes
from stack.local.info import emulator_environment

DISCOVERY_SECONDS = "60"
"""Time to load a function's module; firebase-tools' own 10 s are short for a cold disk."""

JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A stack lives for minutes: what is compiled more thoroughly costs Firestore's emulator twice the processor."""

NO_KEEP_ALIVE, LAZY_VALIDATORS = (
    Path(__file__).with_name(name) for name in ("no_keep_alive.cjs", "lazy_validators.cjs")
)


def launch(
    tools: toolchain.Toolchain,
    ports: project.Ports,
    folder: Path,
    log: Path,
    settings: Mapping[str, str],
    kept: Path | None,
) -> subprocess.Popen[bytes]:
    """Start the emulators in the project of the stack in ``folder``. Data come from ``kept`` and go there.

    ``settings`` are for the functions, over those of this process.
    """
    temporary = folder / "tmp"
    for path in (temporary, log.parent):
        path.mkdir(parents=True, exist_ok=True)
    environment = (
        {"SITE_URL": ports.urls()["hosting"]}
        | tools.environment()
        | {
            **settings,
            processes.MARK: str(folder),
            "FUNCTIONS_DISCOVERY_TIMEOUT": DISCOVERY_SECONDS,
            # the Storage emulator keeps its files there, and two stacks must not share them
            "TMPDIR": str(temporary),
            "JAVA_TOOL_OPTIONS": _after(JAVA_OPTIONS, "JAVA_TOOL_OPTIONS"),
            "NODE_OPTIONS": _after(
                f'--require "{NO_KEEP_ALIVE}" --require "{LAZY_VALIDATORS}"', "NODE_OPTIONS"
            ),
        }
    )
    # a function finds its own copy of the library, and the emulators of this stack alone
    for name in ("PYTHONPATH", *emulator_environment(ports.urls(), project.PROJECT, project.BUCKET)):
        environment.pop(name, None)
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(tools.firebase), "emulators:start", "--project", project.PROJECT, *_data_options(kept)],
            cwd=folder / "project", env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip


def _after(options: str, name: str) -> str:
    """The options, then those that the variable has already."""
    return f"{options} {os.environ.get(name, '')}".strip()


def _data_options(kept: Path | None) -> list[str]:
    if kept is None:
        return []
    data = kept / "emulators"
    kept.mkdir(exist_ok=True)
    return [*(["--import", str(data)] if data.is_dir() else []), "--export-on-exit", str(data)]

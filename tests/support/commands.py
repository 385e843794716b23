"""The scripts, called as by hand."""

from __future__ import annotations

import io
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT, VENV

Done = subprocess.CompletedProcess[str]


def started(script: str, *arguments: object) -> Done:
    """``scripts/…`` as a process of its own, from the first import on."""
    command = [str(ROOT / "scripts" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def called(script: str, *arguments: object) -> Done:
    """``scripts/…`` in this process, which has the networks loaded: one of its own takes a second or two."""
    if Path(sys.prefix) != VENV:  # a script would go on in that environment, in place of the tests
        return started(script, *arguments)
    path = ROOT / "scripts" / script
    said, complained = io.StringIO(), io.StringIO()
    status: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        patch.setattr(sys, "argv", [str(path), *map(str, arguments)])
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as end:
            status = end.code or 0
            if isinstance(status, str):  # as the interpreter does with what a program ends by
                complained.write(f"{status}\n")
                status = 1
    assert isinstance(status, int)
    return Done([str(path)], status, said.getvalue(), complained.getvalue())

"""DeepFace on TensorFlow: an environment of its own beside ``.venv``, made when it is first asked for."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from stack.alone import alone
from stack.console import fail, step
from stack.install.bootstrap import ROOT

HOME = ROOT / ".dev" / "tensorflow"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / "requirements.sha256"

REQUIREMENTS = (ROOT / "functions" / "detect" / "requirements.txt", ROOT / "requirements-tensorflow.txt")
"""What ``detect`` is deployed with, and what TensorFlow adds to it."""


def is_there() -> bool:
    """Whether the environment is installed as the requirements say."""
    return STAMP.is_file() and STAMP.read_text() == _wanted()


def ensure() -> Path:
    """Install what is missing; the environment's interpreter.

    Raises:
        SystemExit: pip could not; its last line is in the message.
    """
    HOME.mkdir(parents=True, exist_ok=True)
    with alone(HOME):
        if not is_there():
            with step("installing TensorFlow (a gigabyte, the first time)"):
                if not PYTHON.exists():
                    _run([sys.executable, "-m", "venv", str(HOME)])
                files = [part for path in REQUIREMENTS for part in ("-r", str(path))]
                _run([str(PYTHON), "-m", "pip", "install", "--quiet", *files])
            STAMP.write_text(_wanted())
    return PYTHON


def _wanted() -> str:
    return hashlib.sha256(b"\n".join(path.read_bytes() for path in REQUIREMENTS)).hexdigest()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise fail(f"TensorFlow could not be installed ({' '.join(last)})")

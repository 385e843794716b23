"""The virtual environment of the original's recipe: TensorFlow and what goes with it, at pinned versions."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.contenders.process import Contender, contender
from stack.alone import alone
from stack.console import fail, step
from stack.install.bootstrap import ROOT

REQUIREMENTS = ROOT / "bench" / "contenders" / "recipe-requirements.txt"
FOLDER = ROOT / ".dev" / "recipe"
PROGRAM = ROOT / "bench" / "contenders" / "recipe.py"
MADE_FOR = "requirements.sha256"


def ensure(folder: Path = FOLDER) -> Path:
    """Make the environment where it is missing or of other versions: 2.5 GB, a few minutes. Its interpreter.

    Raises:
        SystemExit: the packages cannot be installed; one line says why.
    """
    python = folder / "venv" / "bin" / "python"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        if python.exists() and _made_for(folder) == wanted:
            return python
        shutil.rmtree(folder / "venv", ignore_errors=True)
        with step("installing the original's recipe (TensorFlow, 2.5 GB)"):
            subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
            install = [str(python), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]
            done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise fail(f"the recipe cannot be installed: {done.stderr.strip().splitlines()[-1]}")
        (folder / MADE_FOR).write_text(wanted)
    return python


@contextmanager
def recipe(people: Path, folder: Path = FOLDER) -> Iterator[Contender]:
    """The recipe, with the ``people`` as its ``faces_db``, for the length of a ``with`` block."""
    environment = {
        "DEEPFACE_HOME": str(folder),
        "DEEPFACE_BACKEND_ENGINE": "tensorflow",
        "DEEPFACE_LOG_LEVEL": "40",
        "TF_USE_LEGACY_KERAS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [str(ensure(folder)), str(PROGRAM), str(people)]
    with contender("the original's recipe", command, folder / "recipe.log", environment) as made:
        yield made


def _made_for(folder: Path) -> str:
    try:
        return (folder / MADE_FOR).read_text()
    except OSError:
        return ""

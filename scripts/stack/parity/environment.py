"""A clean environment for a function, of its lock alone: what Google's build installs, and how large it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from stack.alone import alone
from stack.console import fail, step
from stack.install.bootstrap import ROOT

HOME = ROOT / ".dev" / "parity"
ENVIRONMENTS = HOME / "environments"
STAMP = "complete"
CACHE = "__pycache__"

ENOUGH_HASH = 12


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment without an installer in it."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Where its packages are."""
        return next((self.folder / "lib").glob("python*/site-packages"))

    def installed(self) -> dict[str, str]:
        """Versions by package, named as the index names them."""
        listed = pip(self.python, "list", "--format", "freeze", "--disable-pip-version-check").splitlines()
        pins = (line.partition("==") for line in listed)
        return {canonicalize_name(name): version for name, _, version in pins}

    def check(self) -> str:
        """What ``pip check`` says: whether each package has what it needs.

        Raises:
            SystemExit: one has not; its line is in the message.
        """
        return pip(self.python, "check", "--disable-pip-version-check").strip()

    def size(self) -> tuple[int, int]:
        """Bytes of the installed packages, and of the bytecode that is compiled of them.

        The packages are what a lock is answerable for, and what is bounded. The build adds the bytecode on its
        side, and no installer stays in what is deployed.
        """
        sizes = [0, 0]
        for folder, _, files in os.walk(self.packages):
            kind = int(Path(folder).name == CACHE)
            sizes[kind] += sum((Path(folder) / name).lstat().st_size for name in files)
        return sizes[0], sizes[1]


def ensure(function: str) -> Environment:
    """The environment of a function's lock, installed when it is first asked for; the same for the same lock.

    Raises:
        SystemExit: pip could not; its last line is in the message.
    """
    lock = lock_of(function)
    folder = ENVIRONMENTS / _key(lock)
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with alone(ENVIRONMENTS):
        if not (folder / STAMP).is_file():
            _remove_unused()
            shutil.rmtree(folder, ignore_errors=True)
            with step(f"installing what {function} is deployed with"):
                _install(Environment(folder), lock)
            (folder / STAMP).touch()
    return Environment(folder)


def lock_of(function: str) -> Path:
    """What Google's build installs for it."""
    return ROOT / "functions" / function / "requirements.txt"


def pip(python: Path, *arguments: str) -> str:
    """Run the checkout's pip on another environment; what it printed.

    Raises:
        SystemExit: it failed; its last line is in the message.
    """
    return _run([sys.executable, "-m", "pip", "--python", str(python), *arguments])


def _install(environment: Environment, lock: Path) -> None:
    # as Google's buildpack does: the bytecode is compiled in a step of its own, and never compared with its source
    _run([sys.executable, "-m", "venv", "--without-pip", str(environment.folder)])
    pip(environment.python, "install", "--quiet", "--no-compile", "-r", str(lock))
    compiling = ["-m", "compileall", "--invalidation-mode", "unchecked-hash", "-qq", "-j", "2"]
    # some packages carry files of other versions of Python, which do not compile: the buildpack ignores them too
    subprocess.run([environment.python, *compiling, environment.packages], capture_output=True, check=False)


def _key(lock: Path) -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}\n"
    return hashlib.sha256(version.encode() + lock.read_bytes()).hexdigest()[:ENOUGH_HASH]


def _remove_unused() -> None:
    """Take away environments of locks that have changed since: half a gigabyte each."""
    used = {_key(lock) for lock in ROOT.glob("functions/*/requirements.txt")}
    for folder in ENVIRONMENTS.iterdir():
        if folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise fail(f"{' '.join(command[1:5])} failed: {' '.join(last)}")
    return done.stdout

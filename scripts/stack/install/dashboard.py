"""The dashboard: its packages installed, and built into ``dashboard/dist`` when its sources changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from stack.alone import alone
from stack.console import fail, say, step
from stack.install.bootstrap import ROOT

SOURCE = ROOT / "dashboard"
BUILT = SOURCE / "dist"
PACKAGES = SOURCE / "node_modules"

_NO_SOURCE = {"dist", "node_modules", "tests"}


def ensure_packages() -> None:
    """Install what ``dashboard/package-lock.json`` names, saying so, unless it is there.

    Raises:
        SystemExit: npm could not.
    """
    wanted = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGES / "lock.sha256"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    with step("installing the dashboard's packages"):
        _npm(["ci", "--no-progress", "--no-audit", "--no-fund"], "could not install the dashboard's packages")
    stamp.write_text(wanted)


def build() -> Path:
    """The built dashboard, made anew when a source of it changed.

    Raises:
        SystemExit: it cannot be built; the last lines say why.
    """
    with alone(SOURCE):
        ensure_packages()
        wanted = _digest()
        stamp = PACKAGES / "built.sha256"
        if not (BUILT / "index.html").is_file() or not stamp.is_file() or stamp.read_text() != wanted:
            with step("building the dashboard"):
                _npm(["run", "--silent", "build"], "could not build the dashboard")
            stamp.write_text(wanted)
    return BUILT


def serve(site: str) -> subprocess.Popen[str]:
    """Vite, which serves the sources and loads a page anew when one changes; all else is passed on to ``site``.

    It says on its output where it is. It ends with :meth:`subprocess.Popen.terminate`.
    """
    ensure_packages()
    vite = PACKAGES / ".bin" / "vite"
    return subprocess.Popen([str(vite)], cwd=SOURCE, env=os.environ | {"LOOKOUT_SITE": site}, text=True)


def check() -> bool:
    """Whether style, format and types are as they should be; what is not is printed."""
    return _passes("biome and tsc", "check")


def test() -> bool:
    """Whether the tests that need no browser pass; what fails is printed."""
    return _passes("vitest", "test")


def _passes(doing: str, script: str) -> bool:
    ensure_packages()
    with step(doing):
        done = subprocess.run(
            ["npm", "run", "--silent", script],
            cwd=SOURCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode == 0


def _digest() -> str:
    found = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE)
        if name.parts[0] not in _NO_SOURCE and path.is_file():
            found.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _npm(arguments: list[str], complaint: str) -> None:
    done = subprocess.run(
        ["npm", *arguments],
        cwd=SOURCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise fail(f"npm {complaint} ({' '.join(line.strip() for line in last)}).")

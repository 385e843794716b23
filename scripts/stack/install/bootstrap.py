"""Gives every script the project's own Python: makes ``.venv`` on first use and re-runs the script in it.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack.console import fail, step

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def deployed_python() -> tuple[int, int]:
    """The version that ``firebase.json`` deploys the functions to: ``python311`` is (3, 11)."""
    runtime = json.loads((ROOT / "firebase.json").read_text())["functions"][0]["runtime"]
    digits = runtime[len("python") :]
    return int(digits[0]), int(digits[1:])


# At import: the stack's other modules are written for that version, and an older one cannot read them.
if sys.version_info < deployed_python():
    needed = ".".join(map(str, deployed_python()))
    raise fail(f"Python {needed} or later is needed, this is {sys.version.split()[0]}.")


def requirement_files() -> list[Path]:
    """The functions' requirements, then what the scripts and tests add to them."""
    return [*sorted(ROOT.glob("functions/*/requirements.txt")), ROOT / "requirements-dev.txt"]


def enter_venv(*beside: Callable[[], object]) -> None:
    """Go on in the project's virtual environment, making or renewing it when its requirements changed.

    While its packages are installed, each of ``beside`` is called, in a thread of its own.

    Raises:
        SystemExit: the packages cannot be installed, or one of ``beside`` failed; one clear line says why.
    """
    try:
        _install(beside)
    except KeyboardInterrupt:
        raise fail("stopped while installing; run it again to go on.") from None
    if Path(sys.prefix) != VENV:
        sys.stdout.flush()
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606 - no shell is the point
    if str(ROOT) not in sys.path:
        sys.path.insert(1, str(ROOT))


def _install(beside: Sequence[Callable[[], object]]) -> None:
    files = [*requirement_files(), ROOT / "constraints.txt"]
    wanted = hashlib.sha256(b"\n".join(path.read_bytes() for path in files)).hexdigest()
    stamp = VENV / "requirements.sha256"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        with step("making .venv"):
            try:
                _run(
                    [sys.executable, "-m", "venv", str(VENV)],
                    "could not make .venv; on Debian and Ubuntu install python3-venv",
                )
            except BaseException:
                # half an environment would be taken for one the next time
                shutil.rmtree(VENV, ignore_errors=True)
                raise
    with ThreadPoolExecutor(max(1, len(beside))) as other:
        others = [other.submit(ensure) for ensure in beside]
        with step("installing Python packages (a few minutes the first time)"):
            _install_packages()
        stamp.write_text(wanted)
        for installed in others:
            installed.result()


def _install_packages() -> None:
    """Have uv do it, which takes a tenth of the time; pip where uv fails, as with an index that only pip knows."""
    wanted = ["--quiet", "-c", str(ROOT / "constraints.txt")]
    files = [part for path in requirement_files() for part in ("-r", str(path))]
    pip = [str(PYTHON), "-m", "pip", "install", *wanted]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), *wanted]
    # compiled now, as every process would do it anew where nothing may be written
    if _succeeds([*pip, "uv"]) and _succeeds([*uv, "--compile-bytecode", *files]):
        return
    _run([*pip, *files], "pip could not install the packages; is the package index reachable?")


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str], complaint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise fail(f"{complaint} ({' '.join(last)})")

"""What each codebase declares of its functions, asked once for all stacks of the same sources.

firebase-tools asks at every start, one codebase after another: each is served, asked over HTTP and ended, which
takes six seconds and more. Where there is a ``functions.yaml``, nobody is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack.console import fail
from stack.install.project import BUCKET, PROJECT

ASK = (
    "from firebase_functions.private.serving import functions_as_yaml, get_functions\n"
    "print(functions_as_yaml(get_functions()))"
)
"""What ``firebase_functions`` would serve to firebase-tools, printed, in the folder of a codebase."""


def declarations(functions: list[Path], settings: Mapping[str, str], kept: Path) -> dict[str, str]:
    """The ``functions.yaml`` of each folder of ``functions``, by its name: what it declares in the emulators.

    The file ``kept`` has those of the last time, which are good as long as the sources are the same.

    Raises:
        SystemExit: a codebase cannot be loaded; its last line says why.
    """
    environment = {
        **os.environ,
        **settings,
        "FUNCTIONS_EMULATOR": "true",
        "GCLOUD_PROJECT": PROJECT,
        "FIREBASE_CONFIG": json.dumps({"storageBucket": BUCKET, "projectId": PROJECT}),
    }
    environment.pop("PYTHONPATH", None)
    # beside the sources, a declaration depends on this setting alone
    digest = _digest(functions, environment.get("STORAGE_BUCKET", ""))
    last = _last(kept)
    if digest not in last:
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as several:
            told = list(several.map(lambda folder: _ask(folder, environment), functions))
        last = {digest: dict(zip((folder.name for folder in functions), told, strict=True))}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(last))
    return last[digest]


def _last(kept: Path) -> dict[str, dict[str, str]]:
    try:
        last = json.loads(kept.read_text())
    except (OSError, ValueError):
        return {}
    return last if isinstance(last, dict) else {}


def _ask(folder: Path, environment: Mapping[str, str]) -> str:
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        last = asked.stderr.strip().splitlines()[-1:] or [f"status {asked.returncode}"]
        raise fail(f"functions/{folder.name} cannot be loaded: {last[0]}")
    return asked.stdout


def _digest(functions: list[Path], setting: str) -> str:
    digest = hashlib.sha256(setting.encode())
    for folder in functions:
        for path in _sources(folder):
            digest.update(f"{path.relative_to(folder.parent)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    yield folder / "requirements.txt"
    yield folder / "main.py"
    yield from sorted((folder / "lookout").rglob("*.py"))

"""ONNX Runtime reports to its maker unless it is told not to: nothing is looked up, nothing is written."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lookout.vision.recogniser import Recogniser
from stack.install.bootstrap import ROOT

WATCHER = r"""
#define _GNU_SOURCE
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    FILE *log = fopen(getenv("LOOKED_UP"), "a");
    if (log) { fprintf(log, "%s\n", host ? host : "-"); fclose(log); }
    return EAI_FAIL;
}
"""
"""Put before the C library: writes down every name that is looked up, and finds none."""

LOADS = """
import time
{first}
import onnxruntime
onnxruntime.InferenceSession({weights!r}, providers=["CPUExecutionProvider"])
time.sleep(3)
"""


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watcher")
    (folder / "watcher.c").write_text(WATCHER)
    command = ["cc", "-shared", "-fPIC", "-o", str(folder / "watcher.so"), str(folder / "watcher.c")]
    subprocess.run(command, check=True)
    return folder / "watcher.so"


def left_behind(first: str, watcher: Path, home: Path) -> tuple[list[str], list[str]]:
    """The names looked up and the files written while a network is loaded, after the line ``first``."""
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
        "LD_PRELOAD": str(watcher), "LOOKED_UP": str(home.with_suffix(".names")),
    }  # fmt: skip
    program = LOADS.format(first=first, weights=str(ROOT / "models" / "fr_landmark.onnx"))
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, cwd=home)
    names = home.with_suffix(".names")
    looked_up = names.read_text().split() if names.exists() else []
    return looked_up, [path.name for path in home.rglob("*") if path.is_file()]


def test_nothing_is_looked_up_and_nothing_written(
    recogniser: Recogniser, watcher: Path, tmp_path: Path
) -> None:
    assert left_behind("import lookout.vision.networks.runtime", watcher, tmp_path / "quiet") == ([], [])


def test_the_watcher_sees_what_there_would_be_to_see(
    recogniser: Recogniser, watcher: Path, tmp_path: Path
) -> None:
    looking = (
        "import contextlib, socket\nwith contextlib.suppress(OSError): socket.getaddrinfo('host.invalid', 1)"
    )
    looked_up, written = left_behind(looking, watcher, tmp_path / "talking")
    assert looked_up == ["host.invalid"]
    assert "deviceid" in written


def test_every_module_that_imports_the_runtime_switches_telemetry_off_before() -> None:
    for folder in ("lookout", "functions", "scripts", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            if "import onnxruntime" not in text or {"venv", "models"} & set(path.parts):
                continue
            imported = {
                node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Import | ast.ImportFrom)
            }
            inside = "vision" in path.parts
            assert inside or any(name.startswith("lookout.vision") for name in imported), path

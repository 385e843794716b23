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
from tests.support.waiting import wait_until

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
{first}
import onnxruntime
onnxruntime.InferenceSession({weights!r}, providers=["CPUExecutionProvider"])
print("loaded", flush=True)
input()
"""


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watcher")
    (folder / "watcher.c").write_text(WATCHER)
    command = ["cc", "-shared", "-fPIC", "-o", str(folder / "watcher.so"), str(folder / "watcher.c")]
    subprocess.run(command, check=True)
    return folder / "watcher.so"


class Loading:
    """A process that runs the line ``first``, loads a network, and stays until it is left."""

    def __init__(self, first: str, watcher: Path, home: Path) -> None:
        home.mkdir()
        self.home, self._names = home, home.with_suffix(".names")
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1", "LD_PRELOAD": str(watcher), "LOOKED_UP": str(self._names),
        }  # fmt: skip
        program = LOADS.format(first=first, weights=str(ROOT / "models" / "fr_landmark.onnx"))
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], env=environment, cwd=home,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "loaded\n"

    def __enter__(self) -> Loading:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("\n")
        assert self._process.returncode == 0

    @property
    def looked_up(self) -> list[str]:
        """The names that were looked up."""
        return self._names.read_text().split() if self._names.exists() else []

    @property
    def written(self) -> list[str]:
        """The names of the files that were written."""
        return [path.name for path in self.home.rglob("*") if path.is_file()]


def test_nothing_is_looked_up_and_nothing_written(
    recogniser: Recogniser, watcher: Path, tmp_path: Path
) -> None:
    looking = (
        "import contextlib, socket\nwith contextlib.suppress(OSError): socket.getaddrinfo('host.invalid', 1)"
    )
    # the quiet one is there for longer than it takes one that is not to report
    with Loading("import lookout.vision.networks.runtime", watcher, tmp_path / "quiet") as quiet:
        with Loading(looking, watcher, tmp_path / "talking") as talking:
            wait_until(lambda: "deviceid" in talking.written, "what there would be to see")
        assert talking.looked_up == ["host.invalid"]
    assert (quiet.looked_up, quiet.written) == ([], [])


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

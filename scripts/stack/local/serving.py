"""One function in a process of its own, served as the platform does: functions-framework on gunicorn."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from stack.install.bootstrap import ROOT

THREADS = 4
"""As many as an instance of one processor has."""

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """Where the function answers, and the process that leads its group."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self, timeout: float = 30.0) -> socket.socket:
        """A connection to it, for what no client would send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)


@contextmanager
def served(
    source: Path, target: str, environment: Mapping[str, str], log: Path, launcher: Sequence[str] = ()
) -> Iterator[Served]:
    """Within it, the function ``target`` of the file ``source`` is served; what it prints goes to ``log``.

    ``launcher``: a Python program, with its arguments, that runs the framework in its own process.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # the library itself comes before the copy that may lie beside a function
    paths = os.pathsep.join([str(ROOT), str(source.parent)])
    own = {"PYTHONPATH": paths, "THREADS": str(THREADS), "HOST": "127.0.0.1", "DEBUG": "False"}
    command = [
        sys.executable,
        *launcher,
        "-m",
        "functions_framework",
        "--source",
        str(source),
        "--target",
        target,
    ]
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, **environment, **own},
            start_new_session=True,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    made = Served(port, process)
    try:
        _wait(made, log)
        yield made
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait(made: Served, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{made.url}/__/health", timeout=PATIENCE).close()
            return
        except (URLError, OSError):
            if made.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the function does not answer:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)

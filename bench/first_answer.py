"""A cold instance of ``detect``: from the start of its process to the first answer over HTTP, stores included."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lookout.settings import ROOT
from stack import esp32
from stack.info import StackInfo

AGAIN = 20
"""Frames after the first, before the memory is read."""

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ColdStart:
    """``seconds`` to the first answer, and the ``peak`` memory in MB of the process after some frames."""

    seconds: float
    peak: float


def cold_start(info: StackInfo, frame: bytes) -> ColdStart:
    """Serve ``detect`` as the platform does, with the stores of the running stack ``info``, and post ``frame``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    function = ROOT / "functions" / "detect"
    environment = {**os.environ, **info.environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{function}"}
    command = [sys.executable, "-m", "functions_framework", "--source", "main.py", "--target", "detect"]
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=function,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/detect"
        _post(url, info, frame, until=started + SECONDS)
        seconds = time.monotonic() - started
        for _ in range(AGAIN):
            _post(url, info, frame, until=time.monotonic() + SECONDS)
        return ColdStart(seconds, max(map(_peak, _processes(process.pid))))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _post(url: str, info: StackInfo, frame: bytes, until: float) -> None:
    """Post until somebody listens; that is the process being up."""
    while True:
        answer = esp32.post(url, info.camera.id, info.camera.key, frame, esp32.Variant.RAW_JPEG, SECONDS)
        if answer.status == 200:
            return
        if answer.status is not None or time.monotonic() > until:
            raise RuntimeError(f"detect did not answer as it should: {answer.status} {answer.body}")
        time.sleep(0.02)


def _processes(leader: int) -> list[int]:
    """The leader and its workers."""
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    return [leader, *map(int, children)]


def _peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0

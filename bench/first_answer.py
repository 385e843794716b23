"""A cold instance of a function: from the start of its process to the first answer over HTTP, stores included."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack.fake_camera import client
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo

Ask = Callable[[str], tuple[int | None, str]]
"""Calls the function at an address; its status, None while nobody listens, and its body."""

AGAIN = 20
"""Calls after the first, before the memory is read."""

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ColdStart:
    """``seconds`` to the first answer, and the ``peak`` memory in MB of the process after some frames."""

    seconds: float
    peak: float


def cold_detect(info: StackInfo, frame: bytes) -> ColdStart:
    """Post ``frame`` to a new process of ``detect``, with the stores of the running stack ``info``."""

    def ask(url: str) -> tuple[int | None, str]:
        answer = client.post(url, info.camera.id, info.camera.key, frame, client.Variant.RAW_JPEG, SECONDS)
        return answer.status, answer.body

    return cold_start("detect", info, ask)


def cold_start(function: str, info: StackInfo, ask: Ask) -> ColdStart:
    """Serve ``function`` as the platform does, in a process of its own, and ``ask`` it until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = ROOT / "functions" / function
    environment = {**os.environ, **info.environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    command = [sys.executable, "-m", "functions_framework", "--source", "main.py", "--target", function]
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=folder,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_answered(ask, url)
        seconds = time.monotonic() - started
        for _ in range(AGAIN):
            _until_answered(ask, url)
        return ColdStart(seconds, max(map(_peak, _processes(process.pid))))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _until_answered(ask: Ask, url: str) -> None:
    """Ask until somebody listens; that is the process being up."""
    deadline = time.monotonic() + SECONDS
    while True:
        status, body = ask(url)
        if status == 200:
            return
        if status is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the function did not answer as it should: {status} {body}")
        time.sleep(0.02)


def _processes(leader: int) -> list[int]:
    """The leader and its workers."""
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    return [leader, *map(int, children)]


def _peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0

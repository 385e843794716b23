"""A cold instance of a function: from the start of its process to the first answer over HTTP, stores included."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.contenders.process import memory
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
    """``seconds`` to the first answer, those of the ``processor`` until then, and the ``peak`` memory in MB of the
    process after some frames."""

    seconds: float
    processor: float
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
        used = sum(map(_processor, processes_of(process.pid)))
        for _ in range(AGAIN):
            _until_answered(ask, url)
        return ColdStart(seconds, used, max(memory(pid, "VmHWM") for pid in processes_of(process.pid)))
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


def processes_of(leader: int) -> list[int]:
    """The leader of a served function and its workers."""
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    return [leader, *map(int, children)]


def _processor(pid: int) -> float:
    """Seconds of the processor that a process has used: fields 14 and 15 of its ``stat`` (proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""The machine that was measured on: its processor, how busy it was, and what it ran."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.result import Environment

PACKAGES = ("numpy", "onnxruntime", "opencv-contrib-python-headless", "deepface")


def describe() -> Environment:
    """What figures need beside them to be compared."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": [round(part, 1) for part in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
    }


def processor() -> str:
    """The processor's name, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()

"""The benchmarks by name, and which of them need a local stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from bench.context import Context
from bench.result import Figure

QUICK = ("frame", "networks", "matching")
"""A minute, without anything to start: what is measured when nothing is named."""

WITH_A_STACK = ("start", "memory", "gallery", "cameras", "wire", "control")

NAMES = ("baseline", *QUICK, *WITH_A_STACK)

ABOUT = {
    "baseline": "beside the original's recipe on TensorFlow, which it installs the first time (2.5 GB)",
    "frame": "a warm frame with no, one and four faces, at three sizes, on two threads and one",
    "networks": "what share of the processor's speed the networks reach",
    "matching": "a face against 10, 1,000 and 100,000 vectors",
    "start": "from the start of a process to its first answer",
    "memory": "at rest, at most, and after 2,000 frames (minutes)",
    "gallery": "1,000 people read, and refreshed after one enrolment",
    "cameras": "one process under 1, 2, 4 and 8 cameras (two minutes)",
    "wire": "reads, writes and bytes for each kind of frame",
    "control": "a command's round trip to a camera and back",
}


def measure(name: str, context: Context) -> list[Figure]:
    """The figures of one benchmark."""
    run = cast(Callable[[Context], list[Figure]], import_module(f"bench.measures.{name}").run)
    return run(context)


def chosen(names: Sequence[str]) -> list[str]:
    """The benchmarks that the command line asks for, in their order; "all" for every one."""
    wanted = set(NAMES if "all" in names else names or QUICK)
    return [name for name in NAMES if name in wanted]

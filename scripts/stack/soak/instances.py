"""Processes of ``detect`` that may be killed, each at an edge of its own where its calls to stores may fail."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from stack.local.serving import Served, served
from stack.soak.edge import Edge

SOURCE = ROOT / "functions" / "detect" / "main.py"

SETTINGS = {
    "CAMERA_FRAMES_PER_MINUTE": "6000",
    # a store that is silent is soon given up, so that a fault is over when the next one comes
    "STORE_TIMEOUT_SECONDS": "3",
}

WRONG_CLOCK = Path(__file__).with_name("wrong_clock.py")


def wrong_clock(seconds: float) -> tuple[str, ...]:
    """The launcher of a process whose clock is so many seconds ahead; none for one that is right."""
    return (str(WRONG_CLOCK), str(seconds)) if seconds else ()


class Instance:
    """One process of ``detect``. Restarted, it has another port."""

    def __init__(self, info: StackInfo, name: str, logs: Path) -> None:
        self.edge = Edge({}, urlsplit(info.urls["firestore"]).netloc, info.urls["storage"], self.kill)
        self._log = logs / f"{name}.log"
        reached = {"FIRESTORE_EMULATOR_HOST": self.edge.firestore, "STORAGE_EMULATOR_HOST": self.edge.storage}
        self._environment: Mapping[str, str] = info.environment | SETTINGS | reached
        self._running = ExitStack()
        self._served: Served | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it takes frames; where it took them, while it is dead."""
        return "" if self._served is None else f"{self._served.url}/detect"

    def start(self, clock: float = 0.0) -> None:
        """Start it anew, with a clock that is so many seconds ahead; its calls arrive again."""
        self.kill()
        self._running.close()
        self.edge.heal()
        # what a dead instance printed stays
        if self._log.exists():
            with self._log.with_suffix(".earlier.log").open("ab") as earlier:
                earlier.write(self._log.read_bytes())
        process = served(SOURCE, "detect", self._environment, self._log, wrong_clock(clock))
        self._served = self._running.enter_context(process)

    def kill(self) -> None:
        """Kill it, and its workers, as a machine that loses its power does."""
        if self._served is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._served.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it."""
        self._running.close()
        self.edge.close()

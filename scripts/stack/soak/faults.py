"""What goes wrong, drawn from a seed: one thing after another, each healed before the next."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from stack.console import say
from stack.local import local_network, processes
from stack.local.info import StackInfo
from stack.soak.audit import SKEW
from stack.soak.edge import Fault
from stack.soak.instances import Instance, wrong_clock

FUNCTIONS = "firebase_functions/private/serving.py"
FIRESTORE = "cloud-firestore-emulator"
HUB = "emulators:start"
"""Parts of the command lines of the emulators' processes. In the hub are Storage and Authentication."""

QUIET = 1.5
"""Seconds between two faults, at least."""


CLOCK = SKEW / 2 - 0.5
"""Seconds that the clock of an instance may be off."""

STARTS = 5
"""Tries to start the agent, half a minute each. The emulators may not answer to any of them for a while."""


class Trouble:
    """Makes trouble for a stack in ``folder`` and for ``instances`` of ``detect`` beside it."""

    def __init__(self, seed: str, info: StackInfo, folder: Path, instances: Sequence[Instance]) -> None:
        self._rng = random.Random(f"{seed} faults")  # noqa: S311 - to be had again, not to be secret
        self._info = info
        self._folder = folder
        self._instances = instances
        self._ends = threading.Event()
        self.made: Counter[str] = Counter()

    def run(self, ends: threading.Event) -> None:
        """Make trouble until it ``ends``: all kinds in an order drawn anew each time."""
        self._ends = ends
        began = time.monotonic()
        kinds: dict[str, Callable[[], None]] = {
            "an instance killed": self._kill_instance,
            "a clock of an instance seconds off": self._clock_off,
            "Firestore paused": lambda: self._pause(FIRESTORE, 6.0),
            "Storage paused": lambda: self._pause(HUB, 4.0),
            "Storage refusing": self._refuse,
            "calls failing": self._fail_calls,
            "a function of the emulators killed": self._kill_function,
            "the agent killed": self._kill_agent,
        }
        waiting: list[str] = []
        while not ends.wait(self._rng.uniform(QUIET, 2 * QUIET)):
            if not waiting:
                waiting = self._rng.sample(sorted(kinds), len(kinds))
            kind = waiting.pop()
            say(f"  {time.monotonic() - began:5.1f} s: {kind}")
            kinds[kind]()
            self.made[kind] += 1
        for instance in self._instances:
            instance.edge.release()
            instance.start()

    def _kill_instance(self) -> None:
        instance = self._rng.choice(self._instances)
        instance.kill()
        self._ends.wait(self._rng.uniform(0.0, 2.0))
        instance.start()

    def _clock_off(self) -> None:
        # the last one only, and now ahead, now behind: the audit allows for twice as much
        self._instances[-1].start(self._rng.uniform(-CLOCK, CLOCK))

    def _pause(self, process: str, seconds: float) -> None:
        pids = self._pids(process)
        wait = self._rng.uniform(0.5, seconds)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            self._ends.wait(wait)
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _refuse(self) -> None:
        for instance in self._instances:
            instance.edge.begin({"POST": Fault.REFUSED, "GET": Fault.REFUSED})
        self._ends.wait(self._rng.uniform(1.0, 5.0))
        for instance in self._instances:
            instance.edge.heal()

    def _fail_calls(self) -> None:
        instance = self._rng.choice(self._instances)
        numbers = range(self._rng.randrange(3), self._rng.randrange(4, 14))
        instance.edge.begin({number: self._rng.choice(list(Fault)) for number in numbers})
        self._ends.wait(self._rng.uniform(2.0, 5.0))
        if instance.edge.is_dead:
            instance.start()
        instance.edge.heal()

    def _kill_function(self) -> None:
        pids = self._pids(FUNCTIONS)
        if pids:
            with suppress(ProcessLookupError):
                os.kill(self._rng.choice(pids), signal.SIGKILL)

    def _kill_agent(self) -> None:
        self._end("lookout_agent")
        clock = self._rng.choice([0.0, 3600.0 * self._rng.randrange(-50, 50)])
        self.made["the agent's clock hours off"] += bool(clock)
        self._start_agent(clock)

    def _start_agent(self, clock: float) -> None:
        """Start it as its machine does: again and again, until it stays."""
        assert self._info.agent is not None  # noqa: S101 - every stack has one
        for _ in range(STARTS):
            try:
                local_network.start_agent(self._info, self._info.agent, self._folder, wrong_clock(clock))
            except SystemExit:
                self._end("lookout_agent")
            else:
                return
        self.made["the agent did not come back"] += 1

    def _end(self, word: str) -> None:
        for pid in self._pids(word):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _pids(self, word: str) -> list[int]:
        found = []
        for pid in processes.marked(self._folder):
            with suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
                if word in line and not line.startswith("/bin/sh"):
                    found.append(pid)
        return found

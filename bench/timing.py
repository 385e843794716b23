"""Times of runs that take turns, so that whatever else the machine does is in all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

TENTH = 10


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each round by the clock, and by the processor: of all threads of the process together."""

    clock: Sequence[float]
    processor: Sequence[float]

    @property
    def median(self) -> float:
        """The middle one by the clock."""
        return float(np.median(self.clock))

    @property
    def least(self) -> float:
        """What the fastest tenth took at most."""
        return float(np.percentile(self.clock, TENTH))

    @property
    def busy(self) -> float:
        """The middle one by the processor."""
        return float(np.median(self.processor))


def by_turns(actions: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 5) -> dict[str, Times]:
    """Each of ``actions`` once a round, one after the other."""
    clock: dict[str, list[float]] = {name: [] for name in actions}
    processor: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(warm_up + rounds):
        for name, action in actions.items():
            started, used = time.perf_counter(), time.process_time()
            action()
            spent, busy = time.perf_counter() - started, time.process_time() - used
            if turn >= warm_up:
                clock[name].append(spent * 1000)
                processor[name].append(busy * 1000)
    return {name: Times(clock[name], processor[name]) for name in actions}


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """How many times longer ``slow`` takes than ``fast``: the median over the rounds, pair by pair."""
    return float(np.median(np.divide(slow, fast)))

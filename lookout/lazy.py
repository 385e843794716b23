"""What is made on first use, once or anew from time to time.

A function's module is loaded at deployment too, and has to be quick.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """What ``make`` returns, made by the first call and returned by every call.

    Several requests may meet a cold instance at once: one of them makes it, the others wait. An error of ``make``
    is raised, and the next call tries again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        # of the same thread again: one part may be made out of another
        self._lock = threading.RLock()
        self._made: list[T] = []

    def __call__(self) -> T:
        """The part."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]

    def replace(self, part: T) -> None:
        """Return ``part`` from now on: for tests."""
        with self._lock:
            self._made[:] = [part]

    def reset(self) -> None:
        """Make it anew at the next call: for tests."""
        with self._lock:
            self._made.clear()


class Fresh(Generic[T]):
    """What ``make`` returned at most ``seconds`` ago, for several threads.

    One of them makes it, the others wait. An error of ``make`` is raised, and the next call tries again.
    """

    def __init__(self, make: Callable[[], T], seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._lock = threading.Lock()
        self._made: tuple[float, T] | None = None

    def __call__(self) -> T:
        """What was made, made anew if it is older."""
        with self._lock:
            if self._made is None or time.monotonic() - self._made[0] >= self._seconds:
                made = self._make()
                self._made = time.monotonic(), made
            return self._made[1]

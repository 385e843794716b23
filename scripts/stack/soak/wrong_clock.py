"""Runs a Python module whose clock is wrong: ``python wrong_clock.py SECONDS -m MODULE ARGUMENTS``.

Only Python's clock is shifted. gRPC is told the true one: its part in C, which waits, sees that.
"""

from __future__ import annotations

import datetime
import runpy
import sys
import time
from typing import Any

Real = datetime.datetime


def shift(seconds: float) -> None:
    """From now on ``time.time`` and ``datetime.now`` of this process are so many seconds ahead."""
    real_time = time.time
    ahead = datetime.timedelta(seconds=seconds)

    class AnyDatetime(type):
        """Every datetime is one of the class that stands in its place, also those that were made in C."""

        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, Real) if cls is Shifted else type.__instancecheck__(cls, one)

    class Shifted(Real, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return super().now(tz) + ahead

    def shifted_time() -> float:
        caller = str(sys._getframe(1).f_globals.get("__name__"))
        return real_time() if caller.startswith("grpc") else real_time() + seconds

    datetime.datetime = Shifted  # type: ignore[misc]
    time.time = shifted_time


if __name__ == "__main__":
    seconds, _, module, *arguments = sys.argv[1:]
    # the folder of this file, whose modules would stand before the library's
    sys.path.pop(0)
    shift(float(seconds))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)

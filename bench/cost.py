"""What a month costs, printed: the arithmetic of ``docs/cost.md``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from lookout.domain.site.cost import DAYS, Life, bill, dollars, frames_of, usage_of


def parser() -> argparse.ArgumentParser:
    """The command line of ``scripts/bench cost``."""
    usual = Life()
    made = argparse.ArgumentParser(
        prog="scripts/bench cost",
        description="Print what a month costs, in US dollars, estimated rather too high.",
    )
    for name, kind, meaning in (
        ("cameras", _count, "how many there are"),
        ("idle_seconds", _pause, "how long a camera waits while nobody is there"),
        ("busy_minutes", _minutes, "of a day in which somebody is there, at each camera"),
        ("visits", _count, "a day, at each camera"),
        ("openings", _count, "of the dashboard, a day"),
        ("watched_hours", _hours, "of live pictures, a day"),
    ):
        option = "--" + name.replace("_", "-")
        default = getattr(usual, name)
        made.add_argument(option, type=kind, default=default, metavar="N", help=f"{meaning}; {default:g}")
    made.add_argument("--debug-frames", action="store_true", help="as with DEBUG_FRAMES=true")
    return made


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not from {low:g} to {high:g}")
        return value

    read.__name__ = "number"
    return read


def _count(text: str) -> int:
    return int(_number(0, 1_000_000)(text))


_pause, _minutes, _hours = _number(0.25, 3600), _number(0, 1440), _number(0, 24)


def report(arguments: Sequence[str]) -> list[str]:
    """The lines that are printed for a command line."""
    given = parser().parse_args(list(arguments))
    life = Life(**vars(given))
    month = usage_of(life).times(DAYS)
    empty, faces = (number * life.cameras * DAYS for number in frames_of(life))
    lines = [
        f"{life.cameras} cameras, {empty:,.0f} frames a month without and {faces:,.0f} with somebody in them",
        f"{'':30}{'used':>14}{'free':>14}{'dollars':>10}",
    ]
    lines += [
        f"{line.price.name:30}{line.used:>14,.1f}{line.price.free:>14,.0f}{line.dollars:>10.2f}"
        for line in bill(month)
    ]
    return [*lines, f"{'a month':58}{dollars(month):>10.2f}"]

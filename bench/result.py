"""A measured figure, and how figures are printed and written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

Environment = Mapping[str, str | float | int | list[float]]
"""What the figures were measured on; see ``bench/machine.py``."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; ``target`` is the largest value wished for, or the smallest with ``at_least``; None where there
    is none. ``least``: what the fastest tenth of the runs took at most, which a busy machine disturbs less;
    ``processor``: milliseconds of all cores together. ``note`` says what bounds it."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    least: float | None = None
    processor: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def wish(self) -> str:
        """The target in words; empty where there is none."""
        if self.target is None:
            return ""
        return f"{'at least' if self.at_least else 'at most'} {self.target:g} {self.unit}".rstrip()

    def __str__(self) -> str:
        wish = f"   {'met' if self.met else 'MISSED'} ({self.wish})" if self.wish else ""
        beside = "".join(
            f"  {name} {value:.1f}"
            for name, value in (("least", self.least), ("processor", self.processor))
            if value is not None
        )
        note = f"\n      {self.note}" if self.note else ""
        return f"{self.name:<58}{self.value:>9.2f} {self.unit:<3}{beside}{wish}{note}"


def write(measured: Mapping[str, Sequence[Figure]], environment: Environment, path: Path) -> None:
    """Write figures as JSON: ``environment``, and ``figures`` with the name of their ``benchmark``, value, unit,
    target, whether it is met, and so on."""
    rows = [
        {"benchmark": name, **_rounded(asdict(figure)), "met": figure.met}
        for name, figures in measured.items()
        for figure in figures
    ]
    path.write_text(json.dumps({"environment": dict(environment), "figures": rows}, indent=2) + "\n")


def _rounded(fields: dict[str, object]) -> dict[str, object]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in fields.items()}

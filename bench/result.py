"""A measured figure, and how figures are printed and written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; ``target`` is the largest value wished for, None where there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        return None if self.target is None else self.value <= self.target

    def __str__(self) -> str:
        wish = "" if self.target is None else f"   {'ok' if self.met else 'MISSED'} (at most {self.target:g})"
        return f"{self.name:<44}{self.value:>9.2f} {self.unit:<3}{wish}"


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write figures as a JSON list of name, value, unit, target, met."""
    rows = [{**asdict(figure), "value": round(figure.value, 3), "met": figure.met} for figure in figures]
    path.write_text(json.dumps(rows, indent=2) + "\n")

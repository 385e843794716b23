"""What the benchmark writes."""

from __future__ import annotations

import json
from pathlib import Path

from bench.result import Figure, write


def test_figures_are_written_with_their_targets(tmp_path: Path) -> None:
    figures = [Figure("total", 12.34567, "ms"), Figure("empty", 9, "ms", 15), Figure("peak", 900, "MB", 700)]
    write(figures, tmp_path / "figures.json")
    assert json.loads((tmp_path / "figures.json").read_text()) == [
        {"name": "total", "value": 12.346, "unit": "ms", "target": None, "met": None},
        {"name": "empty", "value": 9, "unit": "ms", "target": 15, "met": True},
        {"name": "peak", "value": 900, "unit": "MB", "target": 700, "met": False},
    ]
    assert "MISSED" in str(figures[2])
    assert "MISSED" not in str(figures[1])

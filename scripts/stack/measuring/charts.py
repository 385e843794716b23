"""Reports as pictures: a curve for each way of making frames worse, how true ``confidence`` is, bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stack.tools.drawing import BLACK, FONT, GREY, KNOWN, OTHER, bars

Pixels = NDArray[np.uint8]
Row = dict[str, Any]

WIDE, HIGH, EDGE = 420, 260, 46
"""Size of one panel, and the room about its curve for what is written there."""

LIGHT = (225, 225, 225)


def chart(rows: Sequence[Row]) -> Pixels:
    """The picture that fits a report's rows."""
    if any("right" in row and "kind" in row for row in rows):
        return curves(rows)
    if any("reliability" in row for row in rows):
        return reliabilities(rows)
    return bars(rows)


def curves(rows: Sequence[Row]) -> Pixels:
    """One panel for each kind: green the share that is right, red the share with a wrong name, over the amount."""
    panels = []
    for kind in dict.fromkeys(str(row["kind"]) for row in rows):
        points = [row for row in rows if row["kind"] == kind]
        amounts = [float(row["amount"]) for row in points]
        panel = _panel(kind, [f"{amount:g}" for amount in amounts], _spread(len(amounts)))
        for name, colour in (("wrong", OTHER), ("right", KNOWN)):
            shares = [float(row.get(name, 0.0)) for row in points]
            _line(panel, _spread(len(shares)), shares, colour)
        panels.append(panel)
    return _grid(panels)


def reliabilities(rows: Sequence[Row]) -> Pixels:
    """One panel for each row: what was said against what was right, a dot the larger the more probes; on the grey
    line ``confidence`` is true."""
    panels = []
    for row in rows:
        if "reliability" not in row:
            continue
        error = row.get("confidence_error")
        title = f"{row.get('people', '')} people x {row.get('photos', '')}"
        title += "" if error is None else f", expected error {error:.1%}"
        panel = _panel(title, ["0 %", "50 %", "100 % said"], [0.0, 0.5, 1.0])
        cv2.line(panel, _at(0, 0), _at(1, 1), GREY, 1, cv2.LINE_AA)
        most = max(count for _, _, count in row["reliability"])
        for said, right, count in row["reliability"]:
            size = 3 + round(9 * (count / most) ** 0.5)
            cv2.circle(panel, _at(said, right), size, KNOWN, cv2.FILLED, cv2.LINE_AA)
        panels.append(panel)
    return _grid(panels)


def _panel(title: str, ticks: Sequence[str], places: Sequence[float]) -> Pixels:
    """An empty panel with its title, a line at each quarter, and what stands below."""
    panel = np.full((HIGH, WIDE, 3), 255, np.uint8)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        cv2.line(panel, _at(0, share), _at(1, share), BLACK if share == 0 else LIGHT, 1)
        left, base = _at(0, share)
        cv2.putText(panel, f"{share:.0%}", (left - 42, base + 4), FONT, 0.38, BLACK, 1, cv2.LINE_AA)
    for text, place in zip(ticks, places, strict=True):
        left, base = _at(place, 0)
        cv2.putText(panel, text, (left - 4 * len(text), base + 18), FONT, 0.38, BLACK, 1, cv2.LINE_AA)
    cv2.putText(panel, title, (EDGE, 22), FONT, 0.5, BLACK, 1, cv2.LINE_AA)
    return panel


def _line(
    panel: Pixels, places: Sequence[float], shares: Sequence[float], colour: tuple[int, int, int]
) -> None:
    points = [_at(place, share) for place, share in zip(places, shares, strict=True)]
    cv2.polylines(panel, [np.array(points, np.int32)], False, colour, 2, cv2.LINE_AA)
    for point in points:
        cv2.circle(panel, point, 4, colour, cv2.FILLED, cv2.LINE_AA)


def _spread(count: int) -> list[float]:
    return [0.5] if count == 1 else [index / (count - 1) for index in range(count)]


def _at(across: float, up: float) -> tuple[int, int]:
    return round(EDGE + across * (WIDE - 2 * EDGE)), round(HIGH - EDGE - up * (HIGH - 2 * EDGE))


def _grid(panels: Sequence[Pixels]) -> Pixels:
    """The panels two by two; white where one is missing."""
    white = np.full((HIGH, WIDE, 3), 255, np.uint8)
    filled = [*panels, *([white] * (len(panels) % 2))]
    return np.vstack([np.hstack(filled[at : at + 2]) for at in range(0, len(filled), 2)])

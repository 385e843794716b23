"""How well the recognition tells pairs of photos apart, as numbers."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Embedding
from stack.console import fail

COLUMNS = ("file_x", "file_y", "Decision")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files, and whether they show the same person."""

    first: str
    second: str
    same: bool


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Cosine distances of the pairs in which both faces were found: shapes ``(g,)`` and ``(i,)``, float32."""

    genuine: NDArray[np.float32]
    impostor: NDArray[np.float32]

    def accuracy(self, threshold: float) -> float | None:
        """Share of these pairs told right when a distance of at most ``threshold`` means the same person."""
        total = self.genuine.size + self.impostor.size
        if not total:
            return None
        right = int((self.genuine <= threshold).sum()) + int((self.impostor > threshold).sum())
        return right / total

    def best_threshold(self) -> float | None:
        """The threshold with the highest accuracy; of several the middle of the widest gap between distances."""
        values = np.unique(np.concatenate([self.genuine, self.impostor])).astype(np.float64)
        if not values.size:
            return None
        edges = np.concatenate([[0.0], values, [2.0]])
        middles = (edges[1:] + edges[:-1]) / 2
        gaps = np.diff(edges)
        accuracies = np.array([self.accuracy(float(middle)) for middle in middles])
        best = np.flatnonzero(accuracies == accuracies.max())
        return float(middles[best[np.argmax(gaps[best])]])

    def tpr_at_fmr(self, rate: float) -> float | None:
        """Share of genuine pairs closer than the threshold that lets ``rate`` of the impostors through."""
        if not self.genuine.size or not self.impostor.size:
            return None
        # a thousandth of a pair for the rounding of 0.01 * 300
        allowed = int(rate * self.impostor.size + 1e-3)
        first_refused = np.sort(self.impostor)[allowed]
        return float((self.genuine < first_refused).mean())


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a CSV file with the columns ``file_x``, ``file_y`` and ``Decision`` (Yes or No).

    Raises:
        SystemExit: it cannot be read, or a line is not of that form; one line says which.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise fail(f"{path} cannot be read: {error}.") from None
    head = [name.strip() for name in rows[0]] if rows else []
    if any(name not in head for name in COLUMNS):
        raise fail(f"{path} must begin with a line that names the columns {', '.join(COLUMNS)}.")
    places = [head.index(name) for name in COLUMNS]
    pairs = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(field.strip() for field in row):
            continue
        if len(row) <= max(places):
            raise fail(f"{path}, line {number}: {len(row)} columns, where {len(head)} are needed.")
        first, second, decision = (row[place].strip() for place in places)
        if decision.lower() not in ("yes", "no"):
            raise fail(f"{path}, line {number}: the Decision is {decision!r}; it must be Yes or No.")
        if not first or not second:
            raise fail(f"{path}, line {number}: a file name is missing.")
        pairs.append(Pair(first, second, decision.lower() == "yes"))
    if not pairs:
        raise fail(f"{path} has no pairs in it.")
    return pairs


def measure(pairs: Sequence[Pair], embeddings: Mapping[str, Embedding | None]) -> Distances:
    """The distances of the pairs whose files both have an embedding."""
    genuine: list[float] = []
    impostor: list[float] = []
    for pair in pairs:
        first, second = embeddings[pair.first], embeddings[pair.second]
        if first is not None and second is not None:
            (genuine if pair.same else impostor).append(1.0 - float(first @ second))
    return Distances(np.array(genuine, np.float32), np.array(impostor, np.float32))


def describe(name: str, distances: NDArray[np.float32]) -> str:
    """One line: how many, and how they are spread."""
    if not distances.size:
        return f"{name:<18}   0 pairs"
    low, middle, high = np.percentile(distances, [5, 50, 95])
    return (
        f"{name:<18}{distances.size:>4} pairs: mean {distances.mean():.3f}, from {distances.min():.3f} "
        f"to {distances.max():.3f}; 5 % {low:.3f}, median {middle:.3f}, 95 % {high:.3f}"
    )

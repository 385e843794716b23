"""Fits a model's rule to labelled pairs, and writes it where the functions read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookout.vision.networks.models import CALIBRATED
from stack.console import fail
from stack.measuring.evaluation import Distances

STRANGERS_NAMED = 0.0005
"""Share of pairs of different people that may lie within the threshold."""

LEAST_PAIRS = 20
ROUNDS = 200
SAME_FACE = 0.05
"""How much farther two frames of one visit may be from one another than a face from a person."""


def fitted(distances: Distances) -> dict[str, Any]:
    """The rule, as ``models/manifest.json`` has it, by pairs of single photos.

    The threshold of one photo lets 5 in 10,000 pairs of different people through. A mean of several photos lies
    nearer to a person's later faces and as far from others, so people with more have the same threshold.

    Raises:
        SystemExit: there are too few pairs of either kind.
    """
    genuine, impostor = distances.genuine.astype(np.float64), distances.impostor.astype(np.float64)
    if min(genuine.size, impostor.size) < LEAST_PAIRS:
        raise fail(
            f"{genuine.size} pairs of the same person and {impostor.size} of different ones have a face on both; "
            f"{LEAST_PAIRS} of each are needed."
        )
    allowed = int(STRANGERS_NAMED * impostor.size)
    nearest = float(np.sort(impostor)[allowed])
    # where the two hardly meet, the middle between them is safer than the edge of one
    threshold = round(min(nearest, max(float(np.quantile(genuine, 0.99)), nearest - 0.05)), 4)
    slope, midpoint = _logistic(genuine, impostor)
    curve = {"midpoint": round(midpoint, 4), "slope": round(slope, 2)}
    return {
        "threshold": threshold,
        "one_photo": threshold,
        "same_face": round(threshold + SAME_FACE, 4),
        "stricter": 0.0,
        "wider": 0.0,
        "confidence": {"one_photo": curve, "three_photos": curve},
    }


def keep(home: Path, model_id: str, rule: dict[str, Any]) -> Path:
    """Write the rule of ``model_id`` below ``home``, beside those of other models.

    Raises:
        SystemExit: the file cannot be written.
    """
    path = home / CALIBRATED
    try:
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**known, model_id: rule}, indent=2) + "\n")
    except (OSError, ValueError) as error:
        raise fail(f"{path} cannot be written: {error}.") from None
    return path


def _logistic(genuine: NDArray[np.float64], impostor: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and midpoint of the curve under which both kinds are likeliest, each kind weighing the same."""
    x = np.concatenate([genuine, impostor])
    y = np.concatenate([np.ones(genuine.size), np.zeros(impostor.size)])
    weight = np.where(y == 1, 0.5 / genuine.size, 0.5 / impostor.size)
    slope, midpoint = 20.0, float((genuine.mean() + impostor.mean()) / 2)
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(np.clip(slope * (x - midpoint), -60, 60)))
        off, bend = weight * (p - y), weight * np.maximum(p * (1 - p), 1e-9)
        # Newton's step in the line a - slope * x, held back a little where the two kinds are apart
        design = np.stack([np.ones_like(x), -x], axis=1)
        hessian = design.T @ (design * bend[:, None]) + 1e-5 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ off)
        line = np.array([slope * midpoint, slope]) - np.clip(step, -5, 5)
        slope = float(np.clip(line[1], 5, 80))
        midpoint = float(line[0] / slope)
    return slope, float(np.clip(midpoint, 0.05, 1.5))

"""Pictures of results: faces with their names, distances as a histogram. OpenCV draws, so nothing is added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

KNOWN, OTHER = (80, 160, 40), (40, 40, 200)
GREY, BLACK, WHITE = (150, 150, 150), (30, 30, 30), (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def annotate(pixels: NDArray[np.uint8], answers: Sequence[dict[str, Any]]) -> NDArray[np.uint8]:
    """A copy of ``pixels`` with a frame and a label around each answer's face."""
    picture = pixels.copy()
    size = max(0.45, max(pixels.shape[:2]) / 1600)
    for answer in answers:
        x, y, width, height = answer["box"]
        known = answer["reason"] == "known"
        colour = KNOWN if known else OTHER
        text = f"{answer['name']} {answer['confidence']:.0%}" if known else answer["reason"].replace("_", " ")
        cv2.rectangle(picture, (x, y), (x + width, y + height), colour, 2)
        (wide, high), base = cv2.getTextSize(text, FONT, size, 1)
        top = max(0, y - high - base - 2)
        cv2.rectangle(picture, (x, top), (x + wide + 4, top + high + base + 2), colour, cv2.FILLED)
        cv2.putText(picture, text, (x + 2, top + high + 1), FONT, size, WHITE, 1, cv2.LINE_AA)
    return picture


def histogram(
    genuine: NDArray[np.float32], impostor: NDArray[np.float32], marks: dict[str, float]
) -> NDArray[np.uint8]:
    """The two distributions of cosine distances, and a line at each of ``marks``, as a picture of 900x480."""
    width, height, left, bottom, bins = 900, 480, 50, 50, 60
    picture = np.full((height, width, 3), 255, np.uint8)
    limit = max(1.2, *(float(part.max()) for part in (genuine, impostor) if part.size), *marks.values())
    scale = (width - 2 * left) / limit
    counts = [np.histogram(part, bins, (0, limit))[0] for part in (genuine, impostor)]
    tallest = max(1, *(int(count.max()) for count in counts))
    room = height - 2 * bottom
    for count, colour, aside in zip(counts, (KNOWN, OTHER), (0, 1), strict=True):
        half = (width - 2 * left) / bins / 2
        for index, value in enumerate(count):
            x = left + (2 * index + aside) * half
            y = height - bottom - value / tallest * room
            cv2.rectangle(
                picture, (round(x), round(y)), (round(x + half) - 1, height - bottom), colour, cv2.FILLED
            )
    cv2.line(picture, (left, height - bottom), (width - left, height - bottom), BLACK, 1)
    for tick in np.arange(0, limit + 0.01, 0.2):
        x = round(left + tick * scale)
        cv2.putText(picture, f"{tick:.1f}", (x - 10, height - bottom + 20), FONT, 0.45, BLACK, 1, cv2.LINE_AA)
    for row, (name, value) in enumerate(marks.items()):
        x = round(left + value * scale)
        cv2.line(picture, (x, bottom - 10), (x, height - bottom), GREY, 1)
        label = f"{name} {value:.2f}"
        cv2.putText(picture, label, (x + 4, bottom + 16 * row), FONT, 0.45, BLACK, 1, cv2.LINE_AA)
    for row, (name, part, colour) in enumerate(
        (("same person", genuine, KNOWN), ("different people", impostor, OTHER))
    ):
        text = f"{name}: {part.size}"
        cv2.putText(picture, text, (left, 18 + 18 * row), FONT, 0.5, colour, 1, cv2.LINE_AA)
    text = "cosine distance"
    cv2.putText(picture, text, (width // 2 - 60, height - 8), FONT, 0.5, BLACK, 1, cv2.LINE_AA)
    return picture


def bars(rows: Sequence[dict[str, Any]]) -> NDArray[np.uint8]:
    """A picture with one bar for each row of a report: the share that is right, or known by the others."""
    line, left, width = 26, 340, 900
    picture = np.full((max(1, len(rows)) * line + 20, width, 3), 255, np.uint8)
    for index, row in enumerate(rows):
        head = "  ".join(
            str(row[key]) for key in ("half", "kind", "amount", "person", "people", "photos") if key in row
        )
        share = row.get("right", row.get("known_by_the_others", row.get("likely"))) or 0.0
        top = 10 + index * line
        end = left + round(share * (width - left - 80))
        cv2.putText(picture, head, (10, top + 16), FONT, 0.5, BLACK, 1, cv2.LINE_AA)
        cv2.rectangle(picture, (left, top + 2), (end, top + line - 6), KNOWN, cv2.FILLED)
        cv2.putText(picture, f"{share:.1%}", (end + 6, top + 16), FONT, 0.5, BLACK, 1, cv2.LINE_AA)
    return picture


def save(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture in the format its suffix names; PNG when it names none that OpenCV knows.

    Raises:
        OSError: the file cannot be written.
    """
    suffix = path.suffix if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp") else ".png"
    path.write_bytes(bytes(cv2.imencode(suffix, picture)[1]))

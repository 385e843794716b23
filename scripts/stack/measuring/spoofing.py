"""How many real people are taken for photos, and how many photos held up are found: on made frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lookout.errors import RequestError
from lookout.vision.recogniser import Recogniser
from stack.console import say
from stack.measuring.people import Rows, photos_of
from stack.measuring.presenting import WAYS
from stack.tools.known import read_frame

WIDTHS = (45, 70, 110)
"""Widths of the face, in pixels of an 800x600 frame."""

AS_IT_IS = "person, as photographed"
LIKELY = 0.5


def spoofs(folder: Path, camera: Recogniser, max_side: int) -> Rows:
    """Each person's first photo, as it is and as a camera would take the person, a print and a screen of it.

    Every second person is in the first half, by which ``spoof`` was calibrated; the second half tells. ``likely``:
    the share of which a photo held up is likelier than not; ``aliveness``: its 1 %, 50 % and 99 % points. The same
    folder makes the same frames.
    """
    liveness = camera.networks.liveness
    if liveness is None:
        return []
    found: dict[tuple[str, str, int], list[float]] = {}
    for number, (person, paths) in enumerate(photos_of(folder).items()):
        half = "first" if number % 2 == 0 else "second"
        rng = np.random.default_rng(number)
        try:
            photo = read_frame(paths[0], max_side).pixels
        except RequestError as error:
            say(f"skipped {person}/{paths[0].name}: {error.message}")
            continue
        boxes = camera.networks.detector.detect(photo)
        if not boxes:
            say(f"skipped {person}/{paths[0].name}: no face")
            continue
        box = max(boxes, key=lambda one: one.area)
        found.setdefault((half, AS_IT_IS, 0), []).append(liveness.aliveness(photo, box))
        for width in WIDTHS:
            for way, shown in WAYS.items():
                frame = shown(photo, box, width, rng)
                seen = camera.networks.detector.detect(frame)
                if seen:
                    largest = max(seen, key=lambda one: one.area)
                    values = found.setdefault((half, way, width), [])
                    values.append(liveness.aliveness(frame, largest))
    rows: Rows = []
    for (half, way, width), values in sorted(found.items()):
        likely = [liveness.probability(value) > LIKELY for value in values]
        points = [round(float(point), 2) for point in np.quantile(values, (0.01, 0.5, 0.99))]
        row = {"half": half, "kind": way, "amount": width, "faces": len(values)}
        rows.append({**row, "likely": float(np.mean(likely)), "aliveness": points})
    return rows

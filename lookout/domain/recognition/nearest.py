"""Which stored faces are nearest to one, in plain Python: the functions that see no pixels have no numpy."""

from __future__ import annotations

import heapq
import math
import operator
import struct
from collections.abc import Mapping, Sequence


def nearest(face: bytes, others: Mapping[str, bytes], most: int) -> list[tuple[str, float]]:
    """The ids of at most ``most`` of the ``others``, each with its cosine distance (0 to 2), the nearest first.

    Vectors are float16 as ``gallery.pack`` stores them; what is no vector, or one of another length, is left out.
    """
    mine = _unit(face)
    if mine is None:
        return []
    found = []
    for one, packed in others.items():
        theirs = _unit(packed) if len(packed) == len(face) else None
        if theirs is not None:
            cosine = sum(map(operator.mul, mine, theirs))
            found.append((min(2.0, max(0.0, 1.0 - cosine)), one))
    return [(one, distance) for distance, one in heapq.nsmallest(most, found)]


def _unit(packed: bytes) -> Sequence[float] | None:
    if not packed or len(packed) % 2:
        return None
    vector = struct.unpack(f"<{len(packed) // 2}e", packed)
    length = math.hypot(*vector)
    if not length or not math.isfinite(length):
        return None
    return [value / length for value in vector]

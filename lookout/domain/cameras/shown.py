"""A camera's fields as they may be answered, whatever is stored."""

from __future__ import annotations

from lookout.domain.cameras.command import HIGHEST
from lookout.domain.number import number, whole


def shown_as(field: str, value: object) -> object:
    """The value of a field as an answer may have it; None for one that it cannot have, which counts as not set.

    An owner may have written anything into Firestore by hand.
    """
    match field:
        case "led" | "pan" | "tilt":
            level = whole(value)
            return level if level is not None and 0 <= level <= HIGHEST[field] else None
        case "armed" | "follow":
            return value if isinstance(value, bool) else None
        case "visitSeconds" | "rotation" | "rotationHint":
            return whole(value)
        case "fov":
            return number(value)
        case "presets":
            if not isinstance(value, dict):
                return None
            return {name: place for name, place in value.items() if _is_place(place)}
        case "commandMap" if isinstance(value, dict):
            return value if all(isinstance(one, str) for one in value.values()) else None
    return value if isinstance(value, str) else None


def _is_place(value: object) -> bool:
    return isinstance(value, dict) and all(whole(one) is not None for one in value.values())

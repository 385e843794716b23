"""Where a camera can be sent back to: places of its servos with names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lookout.domain.cameras.command import HIGHEST
from lookout.domain.number import whole
from lookout.errors import BadRequest

PRESETS = 12
"""Places that one camera may have."""

NAME_CHARACTERS = 40

_RESERVED = re.compile(r"__.*__", re.DOTALL)  # what Firestore does not allow as a field's name


def parse_presets(field: str, value: object) -> dict[str, dict[str, int]]:
    """The places by name, each with ``pan`` and ``tilt`` in whole degrees, as an owner sent them.

    Raises:
        BadRequest: too many, or one without a proper name or with angles that no servo has.
    """
    if not isinstance(value, Mapping):
        raise BadRequest(f'{field} must be an object such as {{"Gate": {{"pan": 40, "tilt": 90}}}}.')
    if len(value) > PRESETS:
        raise BadRequest(f"{field}: a camera has at most {PRESETS} places: remove one first.")
    places: dict[str, dict[str, int]] = {}
    for given, place in value.items():
        name = _name(field, given)
        if name in places:
            raise BadRequest(f"{field}: two places are called {name!r}.")
        places[name] = _place(field, name, place)
    return places


def _name(field: str, given: object) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not 1 <= len(name) <= NAME_CHARACTERS or _RESERVED.fullmatch(name):
        raise BadRequest(
            f"{field}: a name is a text of 1 to {NAME_CHARACTERS} characters, not between double underscores."
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise BadRequest(f"{field}: a name has no control characters and no line breaks.")
    return name


def _place(field: str, name: str, place: object) -> dict[str, int]:
    given = place if isinstance(place, Mapping) else {}
    angles = {axis: whole(given.get(axis)) for axis in ("pan", "tilt")}
    found = {
        axis: angle for axis, angle in angles.items() if angle is not None and 0 <= angle <= HIGHEST[axis]
    }
    if len(found) < 2 or set(given) != set(found):
        raise BadRequest(
            f"{field}: {name!r} needs pan from 0 to {HIGHEST['pan']} and tilt from 0 to {HIGHEST['tilt']}, "
            "in whole degrees, and nothing else."
        )
    return found

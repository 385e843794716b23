"""Numbers and switches as people and their programs write them: ``90``, ``90.0``, ``"90"``, ``"on"``."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})([eE][+-]?[0-9]{1,2})?")

_SWITCH = {"on": True, "true": True, "off": False, "false": False}


def number(value: object) -> float | None:
    """The finite number that ``value`` is, or that it spells in digits; None for anything else, truth included."""
    if isinstance(value, str):
        text = value.strip()
        return float(text) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """The whole number that ``value`` is, or spells: ``90``, ``90.0``, ``"90"`` and ``"90.0"`` are the same."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def switch(value: object) -> bool | None:
    """Whether ``value`` says on (``true``, ``1``, ``"on"``, ``"1"``) or off; None where it says neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _SWITCH:
        return _SWITCH[value.strip().lower()]
    found = whole(value)
    return bool(found) if found in (0, 1) else None


def shown(value: object) -> str:
    """``value`` as a message quotes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

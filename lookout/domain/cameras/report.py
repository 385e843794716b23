"""What of a camera's report is passed on: agents and cameras are not trusted."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

FIELDS = 64
"""Plain values of a report that are passed on, at most."""

CHARACTERS = 200
"""Characters of a name or of a text in a report, at most."""

MESSAGE_CHARACTERS = 500
"""Characters of what an agent says went wrong, at most."""

Plain = str | int | float | bool | None

_BREAKING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def plain_text(text: str, most: int = CHARACTERS) -> str:
    """``text`` on one line of at most ``most`` characters, without control characters; what is longer is cut."""
    head = text[: most * 8]
    kept = "".join(" " if unicodedata.category(letter) in _BREAKING else letter for letter in head)
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def plain_report(result: object) -> dict[str, Plain]:
    """The plain values of a ``result``, as JSON can hold them; other values are left out."""
    if not isinstance(result, Mapping):
        return {}
    report: dict[str, Plain] = {}
    for name, value in result.items():
        if len(report) == FIELDS:
            break
        if isinstance(value, str):
            report[plain_text(str(name))] = plain_text(value)
        elif (
            value is None
            or isinstance(value, bool | int)
            or (isinstance(value, float) and math.isfinite(value))
        ):
            report[plain_text(str(name))] = value
    return report

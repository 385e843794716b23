"""Texts that somebody else wrote, as far as they may be stored, logged and shown."""

from __future__ import annotations

import unicodedata

_BREAKING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""What moves a cursor, colours a terminal, turns the direction of writing, ends a line or is half a character."""


def plain(text: str, most: int) -> str:
    """``text`` on one line of at most ``most`` characters, without control characters; what is longer is cut."""
    # what is far too long is cut first: it may be megabytes
    head = text[: most * 8]
    kept = "".join(" " if unicodedata.category(letter) in _BREAKING else letter for letter in head)
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"

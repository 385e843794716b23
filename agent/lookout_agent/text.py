"""Makes texts from outside safe to store, log and show."""

from __future__ import annotations

import unicodedata

_BREAKING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories that are left out: controls, format characters, unpaired surrogates, line separators."""


def plain(text: str, most: int) -> str:
    """``text`` on one line of at most ``most`` characters, without control characters; what is longer is cut."""
    # cut before the rest: it may be megabytes
    head = text[: most * 8]
    kept = "".join(" " if unicodedata.category(letter) in _BREAKING else letter for letter in head)
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"

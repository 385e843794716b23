"""What a file to keep is called."""

from __future__ import annotations

import re
import string
import unicodedata
from urllib.parse import quote

from werkzeug.datastructures import Headers

NAME_BYTES = 200
"""How long a file's name may be: systems allow 255 bytes, and some add to it."""

_PLAIN = frozenset(string.ascii_letters + string.digits + "_. ()@+-")
"""Of ASCII, what stands for itself in the names of files everywhere."""

_JOINERS = "\u200c\u200d"
"""What makes one letter or one emoji of several."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Devices on Windows, whatever comes after a dot."""


def attachment(filename: str) -> str:
    """The ``Content-Disposition`` of a file to keep, with its name, which may be any text (RFC 6266)."""
    name = safe_name(filename)
    # what is left of it may begin with a dot, or hold a slash that was a wide one
    plain = safe_name(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode())
    stem, _, extension = plain.rpartition(".")
    if not any(map(str.isalnum, stem)):
        # no letter of the name is ASCII
        plain = f"export.{extension}"
    headers = Headers()
    called = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    headers.set("Content-Disposition", "attachment", **called)
    return headers["Content-Disposition"]


def safe_name(text: str) -> str:
    """``text`` as a file's name that is one on every system and leads nowhere else; its extension stays."""
    stem, dot, extension = text.rpartition(".")
    if not dot or not extension.isascii() or not extension.isalnum() or len(extension) > 10:
        stem, dot, extension = text, "", ""
    kept = re.sub("_+", "_", "".join(c if _is_safe(c) else "_" for c in stem)).strip(" .")
    kept = kept.encode()[: NAME_BYTES - len(dot + extension)].decode(errors="ignore").strip(" .") or "_"
    return ("_" if _RESERVED.match(kept) else "") + kept + dot + extension


def _is_safe(character: str) -> bool:
    if character.isascii():
        return character in _PLAIN
    return unicodedata.category(character)[0] in "LMNPS" or character in _JOINERS

"""A file as an answer, sent while it is being made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.datastructures import Headers

_UNSAFE = re.compile(r"[^\w. ()@+-]+")


@dataclass(frozen=True, slots=True)
class Download:
    """The bytes of a file in as many ``chunks`` as it takes. ``filename`` may be any text.

    When a later chunk fails the answer breaks off, and whoever reads it sees that its end is missing.
    """

    filename: str
    mimetype: str
    chunks: Iterator[bytes]

    def headers(self) -> Headers:
        """What says that it is a file to keep, and what it is called, in any alphabet (RFC 6266)."""
        name = safe_name(self.filename)
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        headers = Headers()
        called = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
        headers.set("Content-Disposition", "attachment", **called)
        return headers


def safe_name(text: str) -> str:
    """``text`` as a file's name that is one on every system and leads nowhere else."""
    return _UNSAFE.sub("_", text).strip(" .")[:120] or "_"

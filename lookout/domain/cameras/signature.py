"""Where a picture begins in a body: its first bytes decide, whatever the headers say."""

from __future__ import annotations

import re

MAX_PADDING = 64
"""Bytes that may lie before a picture's first: a ``println`` too many, zeros, FF, a byte order mark."""

PADDING = rb"[\r\n\t \x00\xff\xfe\xef\xbb\xbf]"
"""One of those bytes, as a regular expression."""

_PADDING = re.compile(PADDING + b"{0,%d}" % MAX_PADDING)
_PICTURE = re.compile(
    # as little padding as can be: FF is also how a JPEG begins, and a HEIC begins with zeros
    PADDING + b"{0,%d}?" % MAX_PADDING + rb"(\xff\xd8|\x89PNG\r\n\x1a\n|RIFF.{4}WEBP|.{4}ftyp)",
    re.DOTALL,
)


def picture_start(data: bytes) -> int | None:
    """Index at which a JPEG, PNG, WebP, HEIC or AVIF begins, after 64 bytes of padding at most; None: nowhere."""
    found = _PICTURE.match(data)
    return None if found is None else found.start(1)


def text_start(data: bytes) -> int:
    """Index of the first byte that is no padding, 64 at most."""
    found = _PADDING.match(data)
    return 0 if found is None else found.end()

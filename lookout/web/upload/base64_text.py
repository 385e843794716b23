"""Pictures written as text: base64 of either alphabet, bare or as a ``data:`` URI."""

from __future__ import annotations

import binascii
import re

from lookout.domain.cameras.signature import picture_start, text_start
from lookout.errors import BadRequest, TooLarge

SNIFFED = 256
"""Characters that are decoded to see whether a text is a picture: room for 64 bytes of padding and line ends."""

_DATA_URI = re.compile(rb"data:[^,]{0,200};\s{0,8}base64\s{0,8},", re.IGNORECASE)
_STANDARD = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n"
_ESCAPES = {b"%%%02X" % code: bytes([code]) for code in b"+/=-_,;:\r\n "}


def is_picture(text: bytes) -> bool:
    """Whether ``text`` begins as the base64 of a picture does."""
    start = _start(text)
    letters = _letters(text[start : start + SNIFFED])
    try:
        return (
            picture_start(binascii.a2b_base64(letters[: len(letters) // 4 * 4], strict_mode=True)) is not None
        )
    except binascii.Error:
        return False


def decoded(text: bytes, limit: int) -> bytes:
    """The bytes that ``text`` stands for, at most ``limit``. One that is cut short gives what is there.

    Raises:
        BadRequest: it is no base64.
        TooLarge: it stands for more than ``limit`` bytes.
    """
    letters = _letters(text[_start(text) :])
    if len(letters) * 3 // 4 > limit:
        raise TooLarge(f"More than {limit / 1024 / 1024:.0f} MB: choose a smaller frame size.")
    # a single letter left over holds less than a byte
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4), strict_mode=True)
    except binascii.Error:
        raise BadRequest("The picture's text is no base64: send `/9j/…` with nothing left out.") from None


def unescaped(value: bytes) -> bytes:
    """``value`` of an urlencoded form, where ``+`` and ``%2F`` are what base64 needs them to be.

    Only escapes that base64 has are read, and a blank is the ``+`` that was not escaped: this is for megabytes.
    """
    if b"%" not in value:
        return value
    for escape, plain in _ESCAPES.items():
        value = value.replace(escape, plain).replace(escape.lower(), plain)
    return value


def _start(text: bytes) -> int:
    start = text_start(text)
    uri = _DATA_URI.match(text, start)
    return start if uri is None else uri.end()


def _letters(text: bytes) -> bytes:
    return text.translate(_STANDARD, _BLANKS).rstrip(b"=\0")

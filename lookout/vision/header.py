"""What an image file says of itself, read without decoding it: kind, dimensions, whether it is whole.

Decoding is what a hostile file aims at, so its dimensions are read from the header alone; and OpenCV paints what
is missing of a truncated file grey, so its end has to be looked for.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lookout.errors import BrokenImage, NotAnImage

PADDING = b"\x00\r\n"
"""What cameras and clients are seen to put behind the end of a file."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND"

JPEG_START = b"\xff\xd8"
JPEG_END = b"\xff\xd9"
JPEG_SCAN = 0xDA
JPEG_STANDALONE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a length: TEM and the restarts."""
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers (ITU-T T.81, table B.1), which hold the dimensions."""

TRUNCATED = (
    "The image is cut short: its end is missing. Send all of the frame's bytes. A widely copied sketch loses "
    "the last 1024 bytes of a frame whose length is a multiple of 1024; send the remainder also when it is 0."
)


@dataclass(frozen=True, slots=True)
class Header:
    """``kind`` is "jpeg", "png" or "webp"; ``width`` and ``height`` are the declared ones, in pixels."""

    kind: str
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """Kind and declared dimensions of an image; its name and content type do not count.

    Raises:
        NotAnImage: neither JPEG, PNG nor WebP.
        BrokenImage: empty, cut short, or its header makes no sense.
    """
    if not data:
        raise BrokenImage(
            "The image is empty: 0 bytes. Check that the camera took a frame before it was sent."
        )
    if data.startswith(JPEG_START):
        return _jpeg(data)
    if data.startswith(PNG_SIGNATURE):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise NotAnImage("This is no JPEG, PNG or WebP. Send the frame's bytes as the camera gave them.")


def _jpeg(data: bytes) -> Header:
    width = height = 0
    at = 2
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            raise BrokenImage(TRUNCATED)
        marker = data[at + 1]
        if marker in (0x00, 0xFF) or marker in JPEG_STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in JPEG_FRAMES and at + 9 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 5)
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == JPEG_SCAN:
            break
    if not width or not height:
        raise BrokenImage("The JPEG declares no dimensions. Send the frame as the camera gave it.")
    # phones append previews and clips, so the end may lie before the last byte; in a scan FF is never followed
    # by D9 unless it is the end
    if not data.rstrip(PADDING).endswith(JPEG_END) and data.find(JPEG_END, at) < 0:
        raise BrokenImage(TRUNCATED)
    return Header("jpeg", width, height)


def _png(data: bytes) -> Header:
    # OpenCV reserves what a chunk declares, up to 4 GB, before it looks whether the file has as much
    at = len(PNG_SIGNATURE)
    kind = b""
    while kind != PNG_END:
        length, kind = struct.unpack_from(">I4s", data, at) if at + 12 <= len(data) else (len(data), b"")
        at += 12 + length
        if at > len(data):
            raise BrokenImage(TRUNCATED)
    width, height = struct.unpack_from(">II", data, 16)
    return Header("png", width, height)


def _webp(data: bytes) -> Header:
    if len(data) < 30 or len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise BrokenImage(TRUNCATED)
    chunk = data[12:16]
    if chunk == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    elif chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    else:
        raise BrokenImage("The WebP's header makes no sense. Save the picture as a JPEG and send that.")
    return Header("webp", width, height)

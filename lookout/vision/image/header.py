"""What an image file says of itself, read without decoding it: kind, dimensions, whether it is whole.

Decoding is what a hostile file aims at, so its dimensions are read from the header alone, with what it would take;
and OpenCV paints what is missing of a truncated file grey, so its end has to be looked for.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lookout.errors import BrokenImage, NotAnImage
from lookout.vision.image.jpeg import TRUNCATED, read_jpeg

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND"
PNG_SIZE_END = 24
"""Where the dimensions end, which the first chunk begins with."""
MAX_CHUNKS = 20_000
"""Chunks of a PNG: 8 MB in pieces of 400 bytes."""

JPEG_START = b"\xff\xd8"

BYTES_PER_PIXEL = {"png": 4, "apng": 16, "webp": 8, "animated webp": 12}
"""Measured with OpenCV 4.14, which keeps several whole frames of an animation for its first one."""


@dataclass(frozen=True, slots=True)
class Header:
    """``kind`` is "jpeg", "png" or "webp"; ``width`` and ``height`` are the declared ones, in pixels.

    ``memory`` is about how many bytes decoding takes; for a JPEG, those beside its pixels, which are scaled down.
    ``scanned``: the samples that all scans of a JPEG together go over, which takes its time.
    """

    kind: str
    width: int
    height: int
    memory: int = 0
    scanned: int = 0


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
        jpeg = read_jpeg(data)
        return Header("jpeg", jpeg.width, jpeg.height, jpeg.memory, jpeg.scanned)
    if data.startswith(PNG_SIGNATURE):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise NotAnImage("This is no JPEG, PNG or WebP. Send the frame's bytes as the camera gave them.")


def _png(data: bytes) -> Header:
    # OpenCV reserves what a chunk declares, up to 4 GB, before it looks whether the file has as much
    at = len(PNG_SIGNATURE)
    form = "png"
    for _ in range(MAX_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, at) if at + 12 <= len(data) else (len(data), b"")
        at += 12 + length
        if at > len(data) or len(data) < PNG_SIZE_END:
            raise BrokenImage(TRUNCATED)
        if kind == b"acTL":
            form = "apng"
        if kind == PNG_END:
            width, height = struct.unpack_from(">II", data, 16)
            return Header("png", width, height, width * height * BYTES_PER_PIXEL[form])
    raise BrokenImage(f"The PNG has more than {MAX_CHUNKS} pieces. Save it anew, or as a JPEG.")


def _webp(data: bytes) -> Header:
    if len(data) < 30 or len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise BrokenImage(TRUNCATED)
    chunk = data[12:16]
    form = "webp"
    if chunk == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    elif chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        form = "animated webp" if data[20] & 2 else "webp"
    else:
        raise BrokenImage("The WebP's header makes no sense. Save the picture as a JPEG and send that.")
    return Header("webp", width, height, width * height * BYTES_PER_PIXEL[form])

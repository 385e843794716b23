"""Bytes to pixels and back: what is no whole, sane image is refused before it is decoded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box
from lookout.errors import BrokenImage, Unavailable
from lookout.lazy import Lazy
from lookout.vision.image.header import Header, read_header

MAX_MEGAPIXELS = 50
"""More than any phone's usual picture; a decoded one takes 150 MB. A bomb declares 900."""

MAX_SCANNED = 500_000_000
"""Samples that all scans of a JPEG go over, in a second or so: 50 megapixels in the usual 10 scans."""

MAX_MEMORY = 200_000_000
"""Bytes that decoding one file may take: a function has 1 GB, and judges four frames at once."""

LARGE = 32_000_000
"""Files that take more are decoded one at a time."""

WAIT_SECONDS = 15.0
"""How long a large file waits for the one before it; each takes a second or two."""

_large = threading.Lock()

REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}


TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


HALVED = 1200
"""Longer side of a JPEG from which on its half is enough to find faces: a tile of that still fills the detector's
input. Frames of 1600x1200 with one face each, 40 to 200 pixels wide, were found alike in both, all 420 of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A decoded image, upright: ``first`` of shape ``(h, w, 3)``, uint8, BGR, to look for faces in; ``kind`` such
    as "jpeg".

    ``posted``: width and height, upright, of the image that came, of which the pixels may be a smaller copy; None
    where they are the image. ``whole``: decodes the pixels where ``first`` is half of them; None where it is them.
    """

    first: NDArray[np.uint8]
    kind: str
    posted: tuple[int, int] | None = None
    whole: Lazy[NDArray[np.uint8]] | None = None

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """Shape ``(h, w, 3)``, uint8, BGR, upright; decoded now, where only half of it was.

        Raises:
            BrokenImage: the half could be decoded, the whole cannot.
            Unavailable: other large pictures are being decoded.
        """
        return self.first if self.whole is None else self.whole()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the image that came, upright."""
        height, width = self.first.shape[:2]
        return self.posted or (width, height)

    def as_posted(self, box: Box) -> Box:
        """A box in the pixels of the image that came, upright, of one in ``pixels``."""
        height, width = self.pixels.shape[:2]
        return box.scaled(self.size[0] / width, self.size[1] / height)


def decode(data: bytes, max_side: int = 1600, rotation: int = 0, *, halved: bool = False) -> Frame:
    """Decode a JPEG, PNG or WebP, turned as its EXIF orientation says and then clockwise by ``rotation`` degrees
    (0, 90, 180 or 270), its longer side at most ``max_side``.

    With ``halved``, half of a large JPEG until its pixels are asked for: of 1600x1200 that takes
    2 ms, the whole 8, and most frames show nobody.

    Raises:
        NotAnImage: the content is none of the three, whatever its name.
        BrokenImage: empty, cut short, undecodable, over 50 megapixels by its own header, or of so many scans,
            layers or frames that decoding it takes too long or too much memory.
        Unavailable: other large pictures are being decoded.
    """
    header = read_header(data)
    if header.width * header.height > MAX_MEGAPIXELS * 1_000_000:
        raise BrokenImage(
            f"The image declares {header.width}x{header.height} pixels; send one of at most "
            f"{MAX_MEGAPIXELS} megapixels."
        )
    if header.memory > MAX_MEMORY or header.scanned > MAX_SCANNED:
        raise BrokenImage(
            f"Decoding this {header.kind.upper()} takes too much: send a smaller one, or an ordinary JPEG "
            "(not progressive)."
        )
    # JPEG decodes to a half, quarter or eighth for less than the whole costs
    longer = max(header.width, header.height)
    divisor = max((d for d in REDUCED if longer >= d * max_side), default=1)

    def pixels(reduced: int) -> NDArray[np.uint8]:
        with _room(header):
            return turned(shrink(_decoded(data, header, reduced), max_side), rotation)

    if halved and header.kind == "jpeg" and longer >= divisor * HALVED and divisor * 2 in REDUCED:
        first, whole = pixels(divisor * 2), Lazy(lambda: pixels(divisor))
        return Frame(first, header.kind, _posted_size(header, first), whole)
    upright = pixels(divisor)
    return Frame(upright, header.kind, _posted_size(header, upright))


@contextmanager
def _room(header: Header) -> Iterator[None]:
    """Within it, no other large file is decoded."""
    if header.memory <= LARGE:
        yield
        return
    if not _large.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Other large pictures are being decoded; try again, or send a smaller one.")
    try:
        yield
    finally:
        _large.release()


def _decoded(data: bytes, header: Header, divisor: int) -> NDArray[np.uint8]:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), REDUCED.get(divisor, cv2.IMREAD_COLOR))
    except cv2.error:
        pixels = None
    if pixels is None or pixels.size == 0:
        raise BrokenImage(
            f"The {header.kind.upper()} cannot be decoded. Send the frame as the camera gave it."
        )
    return np.asarray(pixels, np.uint8)


def turned(pixels: NDArray[np.uint8], rotation: int) -> NDArray[np.uint8]:
    """``pixels`` of shape ``(h, w, 3)`` turned clockwise by 0, 90, 180 or 270 degrees."""
    return pixels if rotation == 0 else np.asarray(cv2.rotate(pixels, TURNS[rotation]), np.uint8)


def encode_jpeg(pixels: NDArray[np.uint8], quality: int = 90) -> bytes:
    """``pixels`` of shape ``(h, w, 3)``, BGR, as a JPEG of ``quality`` 1 to 100."""
    return bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def crop(pixels: NDArray[np.uint8], box: Box, margin: float = 0.3) -> NDArray[np.uint8]:
    """The face in ``box`` and ``margin`` of its size around it, clipped to the frame; at least one pixel."""
    height, width = pixels.shape[:2]
    left, right = _span(box.x, box.width, margin, width)
    top, bottom = _span(box.y, box.height, margin, height)
    return pixels[top:bottom, left:right]


def _span(start: float, length: float, margin: float, limit: int) -> tuple[int, int]:
    low = min(max(0, round(start - margin * length)), limit - 1)
    return low, min(max(low + 1, round(start + (1 + margin) * length)), limit)


def _posted_size(header: Header, upright: NDArray[np.uint8]) -> tuple[int, int]:
    """What the header declares, its sides swapped where the picture was turned onto its side."""
    height, width = upright.shape[:2]
    lies = (header.width > header.height) != (width > height)
    return (header.height, header.width) if lies else (header.width, header.height)


def shrink(pixels: NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    """``pixels`` of shape ``(h, w, 3)`` made so small that the longer side is at most ``max_side``."""
    height, width = pixels.shape[:2]
    scale = max_side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

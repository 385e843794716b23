"""What decoding a JPEG would take, found out by walking through its segments and scans.

A progressive file keeps every coefficient in memory until its last scan, and each scan goes over all of them
again: 300 KB of near-empty scans kept a processor busy for 31 seconds. So scans are counted before decoding.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from lookout.errors import BrokenImage

MAX_SEGMENTS = 2000
"""Segments of one file; a phone's photo with previews and notes has some tens, one of many scans a hundred."""

MAX_SCANS = 100
"""Scans of one file; encoders make 10 to 20."""

TRUNCATED = (
    "The image is cut short: its end is missing. Send all of the frame's bytes. A widely copied sketch loses "
    "the last 1024 bytes of a frame whose length is a multiple of 1024; send the remainder also when it is 0."
)

_MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd7])")
"""Whatever is not stuffing (FF 00), a fill byte, or a marker without a length: TEM and the restarts."""

_END = 0xD9
_SCAN = 0xDA
_PROGRESSIVE = 0xC2
_ORDINARY = {0xC0, 0xC1, _PROGRESSIVE}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers (ITU-T T.81, table B.1), which hold the dimensions."""

_BETWEEN_SCANS = {0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, *range(0xE0, 0xF0), 0xFE} | _FRAMES
"""What may follow a scan. Any other is noise of a camera in the scan; the decoder goes no further there."""


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """``memory``: bytes of coefficients that are kept while the file is decoded; 0 where there is a single scan.

    ``scanned``: samples that all scans together go over.
    """

    width: int
    height: int
    memory: int
    scanned: int


@dataclass(frozen=True, slots=True)
class _Frame:
    width: int
    height: int
    progressive: bool
    samples: dict[int, int]
    """How many samples each component has, by its id."""


def read_jpeg(data: bytes) -> JpegHeader:
    """What ``data``, which begins with FF D8, declares.

    Raises:
        BrokenImage: cut short, of no or several dimensions, of a rare kind, or of more segments or scans than make
            sense.
    """
    frame: _Frame | None = None
    memory = scans = scanned = 0
    at = 2
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None:
            raise BrokenImage(TRUNCATED)
        at, marker = found.end(), found[1][0]
        if marker == _END:
            if frame is None or not scans:
                raise BrokenImage("There is no picture in the JPEG. Send the frame as the camera gave it.")
            return JpegHeader(frame.width, frame.height, memory, scanned)
        length = int.from_bytes(data[at : at + 2])
        if scans and (marker not in _BETWEEN_SCANS or at + length > len(data)):
            continue
        segment = data[at + 2 : at + length]
        if at + length > len(data):
            raise BrokenImage(TRUNCATED)
        if marker in _FRAMES:
            frame = _frame(marker, segment, frame)
        elif marker == _SCAN:
            components = _scan(segment, frame)
            if frame is not None and (frame.progressive or len(components) < len(frame.samples)):
                memory = 2 * sum(frame.samples.values())
            scans += 1
            scanned += sum(components)
            if scans > MAX_SCANS:
                raise BrokenImage(
                    f"The JPEG has more than {MAX_SCANS} scans. Save it as an ordinary one (not progressive)."
                )
        at += length
    raise BrokenImage(
        f"The JPEG has more than {MAX_SEGMENTS} segments. Send the frame as the camera gave it."
    )


def _frame(marker: int, segment: bytes, before: _Frame | None) -> _Frame:
    count = segment[5] if len(segment) > 5 else 0
    if before is not None or not count or len(segment) < 6 + 3 * count:
        raise BrokenImage("The JPEG's header makes no sense. Send the frame as the camera gave it.")
    if marker not in _ORDINARY:
        raise BrokenImage("The JPEG is of a rare kind (arithmetic or lossless). Save it as an ordinary one.")
    height, width = struct.unpack_from(">HH", segment, 1)
    if not width or not height:
        raise BrokenImage("The JPEG declares no dimensions. Send the frame as the camera gave it.")
    across = [(max(1, segment[at] >> 4), max(1, segment[at] & 15)) for at in range(7, 6 + 3 * count, 3)]
    most = max(h for h, _ in across) * max(v for _, v in across)
    samples = [width * height * h * v // most for h, v in across]
    ids = segment[6 : 6 + 3 * count : 3]
    return _Frame(width, height, marker == _PROGRESSIVE, dict(zip(ids, samples, strict=True)))


def _scan(segment: bytes, frame: _Frame | None) -> Sequence[int]:
    """The samples of each component of a scan."""
    if frame is None or not segment:
        raise BrokenImage("The JPEG's header makes no sense. Send the frame as the camera gave it.")
    whole = max(frame.samples.values())
    return [frame.samples.get(component, whole) for component in segment[1 : 1 + 2 * segment[0] : 2]]

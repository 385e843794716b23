"""Which face of a photo is the person."""

from __future__ import annotations

from collections.abc import Sequence

from lookout.domain.recognition.face import Face, GoodFace, Quality
from lookout.domain.recognition.reason import Reason
from lookout.errors import PhotoRejected

CLEARLY_LARGER = 2.0
"""The person's face must have at least this many times the area of the next largest one."""


def main_face(faces: Sequence[Face]) -> GoodFace:
    """The face to enrol: the only one, or one clearly larger than all others.

    Raises:
        PhotoRejected: there is none, or it is too poor; the message says what to do.
    """
    if not faces:
        raise PhotoRejected("no face found: use a photo in which the face is seen from the front")
    largest, *rest = sorted(faces, key=lambda face: -face.box.area)
    if rest and largest.box.area < CLEARLY_LARGER * rest[0].box.area:
        raise PhotoRejected("two faces of similar size: crop to one")
    if isinstance(largest, GoodFace):
        return largest
    raise PhotoRejected(_advice(largest.quality, largest.flaw))


def _advice(quality: Quality, flaw: Reason) -> str:
    match flaw:
        case Reason.TOO_SMALL:
            return f"the face is only {quality.pixels:.0f} pixels wide: use a closer or larger photo"
        case Reason.TOO_BLURRED:
            return "the face is blurred: use a sharper photo"
        case Reason.TOO_DARK:
            return "the face is too dark: use a photo with light on the face"
        case Reason.TURNED_AWAY:
            return "the face is turned away: use a photo from the front"
        case _:
            return f"the face cannot be used ({flaw}): use another photo"

"""Faces that a recogniser must have found good enough to be matched."""

from __future__ import annotations

from lookout.domain.recognition.face import Face, GoodFace


def good(face: Face) -> GoodFace:
    """The face, which must be a good one."""
    assert isinstance(face, GoodFace), face
    return face

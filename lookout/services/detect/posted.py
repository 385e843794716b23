"""A frame as a camera posted it, and the faces in it with the people that they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.face import Box, GoodFace
from lookout.domain.recognition.gallery import Gallery
from lookout.domain.recognition.matching import match, one_face_each
from lookout.domain.recognition.rule import Rule
from lookout.domain.site.treatment import Policy, Treatment
from lookout.domain.visits.shot import shot_name
from lookout.domain.visits.visit import Sighting
from lookout.vision.image.frame import Frame, encode_jpeg


@dataclass(frozen=True, slots=True)
class Posted:
    """A frame as it arrived: from which camera, its bytes and their digest, when, its pixels."""

    camera: Camera
    data: bytes
    digest: str
    at: datetime
    frame: Frame

    def jpeg(self) -> bytes:
        """The whole picture as it is kept: as it came, if that is an upright JPEG."""
        as_it_came = self.frame.kind == "jpeg" and not self.camera.rotation
        return self.data if as_it_came else encode_jpeg(self.frame.pixels)


def sightings_of(
    posted: Posted, faces: Sequence[GoodFace], gallery: Gallery, rule: Rule, margin: float, policy: Policy
) -> list[Sighting]:
    """The faces with the people that they are, each person one face of the frame.

    Nobody wants to hear of the mirror either of somebody nobody wants to hear of.
    """
    matches = match([face.embedding for face in faces], gallery, rule, margin)
    distinct = one_face_each(matches, [face.box for face in faces])
    return [
        Sighting(
            face,
            found,
            new_alert_id=uuid4().hex,
            shot=shot_name(posted.digest, uuid4().hex[:8]),
            muted=gallery.is_muted(alone.person_id) or (alone.is_known and policy.known is Treatment.IGNORE),
            place=_place(face.box, posted.frame),
        )
        for face, alone, found in zip(faces, matches, distinct, strict=True)
    ]


def _place(box: Box, frame: Frame) -> tuple[float, ...]:
    height, width = frame.pixels.shape[:2]
    return tuple(
        round(part, 4) for part in (box.x / width, box.y / height, box.width / width, box.height / height)
    )

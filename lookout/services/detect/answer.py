"""What a camera is answered: the face that matters most in flat fields, all of them in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookout.domain.cameras.camera import Camera
from lookout.domain.cameras.steering import Turn, next_instructions, turn_towards
from lookout.domain.recognition.face import Face, RejectedFace
from lookout.domain.recognition.matching import UNKNOWN_NAME, Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.visits.visit import Outcome


@dataclass(frozen=True, slots=True)
class JudgedFace:
    """A face with its match and what became of it; neither for a face that was not matched, then ``unmatched``
    says why."""

    face: Face
    match: Match | None = None
    outcome: Outcome | None = None
    unmatched: Reason = Reason.UNKNOWN

    @property
    def reason(self) -> Reason:
        """Why the face was answered as it was."""
        if self.outcome is not None:
            return self.outcome.reason
        return self.face.flaw if isinstance(self.face, RejectedFace) else self.unmatched

    @property
    def alert_id(self) -> str | None:
        """The alert of the face; None where there is none."""
        return None if self.outcome is None or not self.outcome.has_alert else self.outcome.alert_id

    @property
    def is_known(self) -> bool:
        """Whether the face has a name."""
        return self.outcome is not None and self.outcome.is_known

    def fields(self) -> dict[str, object]:
        """The face as one entry of ``faces[]``."""
        box, match = self.face.box, self.match
        fields: dict[str, object] = {
            "person": None if self.outcome is None else self.outcome.name,
            "confidence": 0.0 if match is None else round(match.confidence, 4),
            "alert_id": self.alert_id,
            "is_known": self.is_known,
            "reason": self.reason,
            "person_id": None if self.outcome is None else self.outcome.person_id,
            "distance": None if match is None or match.distance is None else round(match.distance, 4),
            "box": [round(side) for side in (box.x, box.y, box.width, box.height)],
            "quality": round(self.face.quality.score, 3),
        }
        if match is not None and match.reason is Reason.AMBIGUOUS:
            fields["candidates"] = [candidate.name for candidate in match.candidates]
        return fields


FLAT = ("person", "confidence", "alert_id", "is_known", "reason")


def frame_answer(
    camera: Camera, faces: Sequence[JudgedFace], skipped: int, size: tuple[int, int], idle_ms: int
) -> dict[str, object]:
    """The answer to a frame, its first fields those of the original program.

    ``size`` is the width and height of the frame in whose pixels the faces' boxes are; ``idle_ms`` when to post
    again where it shows nobody.
    """
    empty: dict[str, object] = dict(zip(FLAT, (None, 0.0, None, False, Reason.NO_FACE), strict=True))
    entries = [face.fields() for face in faces]
    flat = empty if not faces else {name: entries[_headline(faces)][name] for name in FLAT}
    turn = _turn(camera, faces, size)
    step = next_instructions([face.reason for face in faces], camera.led, turn, idle_ms)
    return {**flat, "faces": entries, "faces_skipped": skipped, "next": step}


def frame_reason(faces: Sequence[JudgedFace]) -> Reason:
    """The one reason of a frame: that of the face that matters most."""
    return faces[_headline(faces)].reason if faces else Reason.NO_FACE


def frame_name(faces: Sequence[JudgedFace]) -> str | None:
    """The name of the face that matters most, as a debug frame is named; None without a face."""
    if not faces:
        return None
    outcome = faces[_headline(faces)].outcome
    return UNKNOWN_NAME if outcome is None else outcome.name


def _turn(camera: Camera, faces: Sequence[JudgedFace], size: tuple[int, int]) -> Turn | None:
    """Towards the face that matters most; None without a face, or where the camera follows nobody."""
    if not camera.follow or not faces:
        return None
    box = faces[_headline(faces)].face.box
    return turn_towards(box.x + box.width / 2, box.y + box.height / 2, *size, camera.fov)


def _headline(faces: Sequence[JudgedFace]) -> int:
    """Index of the face that matters most: with an alert before without, unknown before known, then the larger."""

    def weight(index: int) -> tuple[bool, bool, bool, float]:
        judged = faces[index]
        return (
            judged.alert_id is not None,
            judged.outcome is not None,
            not judged.is_known,
            judged.face.box.area,
        )

    return max(range(len(faces)), key=weight)

"""What a camera sees and who is in front of it: sightings, visits, and what becomes of one in the other."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Embedding, GoodFace
from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.treatment import TELL_ALL, Policy, Silence

Identify = Callable[[Embedding], Match]
"""Who a vector of length 1 is."""


class Change(Enum):
    """What a sighting does to a visit. Muted, it has no alert; passed over, it has no visit, or one that waits.
    Corrected, the visit has another name than before. The values are stored."""

    PASSED = "passed"
    CORRECTED = "corrected"
    OPENED = "opened"
    CONTINUED = "continued"
    UPGRADED = "upgraded"
    MUTED = "silent"


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A face of a frame with all that is known of it before it is judged.

    ``new_alert_id``: an unused id, for the visit that the face may open. ``shot``: name of the picture that it
    would give its alert. ``muted``: whether the person or the stranger is, or it is the mirror of one who is.
    ``stranger_id``: who an unknown face was before, None for one that was never seen. ``may_be_stranger``: whether
    an unknown face may be remembered.
    ``place`` is the box for who looks at that picture: left, top, width and height in parts of the frame's sides.
    ``is_being_named``: the match is with a stranger of whom an owner is making this person.
    """

    face: GoodFace
    match: Match
    new_alert_id: str = ""
    shot: str = ""
    muted: bool = False
    stranger_id: str | None = None
    may_be_stranger: bool = True
    place: tuple[float, ...] = ()
    is_being_named: bool = False

    @property
    def embedding(self) -> Embedding:
        """The face's vector, of shape ``(d,)``."""
        return self.face.embedding

    @property
    def is_doubtful(self) -> bool:
        """Whether it is nobody's, and shows too little of a face to be called a stranger's."""
        return self.face.doubt is not None and not self.match.is_known


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """Someone in front of a camera, known or not. ``shot``: name of the best picture so far, empty
    when none could be stored, ``best_score`` its quality; ``vectors``: the latest embeddings, shape
    ``(m, d)``. ``stranger_id``: which stranger an unknown one is. Of a ``settled`` one an owner said who it is: no
    frame changes that. One that is ``waiting`` has no alert until a frame shows who it is."""

    alert_id: str
    person_id: str | None
    name: str
    first_seen: datetime
    last_seen: datetime
    frames: int
    best_score: float
    shot: str
    vectors: NDArray[np.float32]
    stranger_id: str | None = None
    has_alert: bool = True
    settled: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sighting.

    ``better_shot``: this frame is the best picture of the visit so far; ``replaces``: name of the picture that it
    replaces, None for the first. ``silence``: why nobody is notified of what is new, None where people are.
    ``leaves_stranger``: the stranger that the visit was taken for until now. ``was``: the person it was corrected
    from. ``evidence``: the match that its name comes from, of the mean of its frames; None for the sighting's own.
    """

    alert_id: str
    person_id: str | None
    name: str
    reason: Reason
    change: Change
    better_shot: bool
    replaces: str | None
    silence: Silence | None = None
    leaves_stranger: str | None = None
    was: str | None = None
    evidence: Match | None = field(default=None, compare=False)

    @property
    def has_alert(self) -> bool:
        """Whether there is an alert of it."""
        return self.change not in (Change.MUTED, Change.PASSED)

    @property
    def is_known(self) -> bool:
        """Whether the visit has a name."""
        return self.person_id is not None


@dataclass(frozen=True, slots=True)
class PastFrame:
    """A frame that was judged already: its digest, when, and what became of its faces, pictures apart."""

    digest: str
    at: datetime
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class CameraVisits:
    """A camera's open visits and the frames judged last, oldest first."""

    open: tuple[Visit, ...] = ()
    recent: tuple[PastFrame, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """``visit_seconds``: a visit ends when nobody was seen for so long. ``same_face``: largest cosine distance
    at which a face is the one of a visit's earlier frames. ``policy``: what is done about whom.
    ``identify``: who the mean of a visit's frames is; None takes each frame for itself."""

    visit_seconds: int
    same_face: float
    policy: Policy = TELL_ALL
    identify: Identify | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One sighting and what became of it."""

    sighting: Sighting
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state after a frame, and what became of its sightings, in their order. ``doubled``: this frame was here
    before; the state is unchanged and the outcomes are those of the first time, with no picture to store."""

    after: CameraVisits
    judged: tuple[Judged, ...]
    doubled: bool

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of each sighting."""
        return tuple(one.outcome for one in self.judged)

    @property
    def visits(self) -> dict[str, Visit]:
        """The open visits by their alerts' ids."""
        return {visit.alert_id: visit for visit in self.after.open}


def without_shots(judgement: Judgement, before: CameraVisits, lost: Collection[str]) -> Judgement:
    """The judgement when the shots with the names ``lost`` could not be stored.

    A visit keeps the shot that it had ``before``. One that has none takes the next frame's, however good.
    """
    shots = {visit.alert_id: (visit.shot, visit.best_score) for visit in before.open if visit.shot}

    def kept(visit: Visit) -> Visit:
        if visit.shot not in lost:
            return visit
        shot, score = shots.get(visit.alert_id, ("", 0.0))
        return replace(visit, shot=shot, best_score=score)

    judged = tuple(
        replace(one, outcome=replace(one.outcome, better_shot=False, replaces=None))
        if one.sighting.shot in lost
        else one
        for one in judgement.judged
    )
    after = replace(judgement.after, open=tuple(map(kept, judgement.after.open)))
    return replace(judgement, after=after, judged=judged)

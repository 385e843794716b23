"""What a camera sees and who is in front of it: sightings, visits, and what becomes of one in the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import NOWHERE, Box, Embedding
from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.treatment import TELL_ALL, Policy, Silence

Identify = Callable[[Embedding], Match]
"""Who a vector of length 1 is."""


class Change(Enum):
    """What a sighting does to a visit. In silence it has no alert; passed over, no visit or one that waits.
    Corrected, it has the name of somebody else than before."""

    PASSED = "passed"
    CORRECTED = "corrected"
    OPENED = "opened"
    CONTINUED = "continued"
    UPGRADED = "upgraded"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A face good enough to be matched: its match, its embedding of shape ``(d,)``, its quality score.

    ``box`` is where in the frame it is. ``stranger_id`` is who an unknown face was before, None for one that was
    never seen. ``muted``: nobody wants to hear of the person or the stranger. ``may_be_stranger``: whether an
    unknown face is remembered at all. ``doubt``: why a face that is nobody's says little: ``cut_off`` by a border
    of the frame, it opens no visit; ``unclear``, it waits for a better frame. ``shot`` names the picture that the
    sighting would give its alert.
    ``place`` is the box for who looks at that picture: left, top, width and height in parts of the frame's sides.
    """

    match: Match
    embedding: Embedding
    score: float
    stranger_id: str | None = None
    muted: bool = False
    may_be_stranger: bool = True
    box: Box = NOWHERE
    doubt: Reason | None = None
    shot: str = ""
    place: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """Someone in front of a camera, known or not. ``shot``: name of the best picture so far, empty
    when none could be stored, ``best_score`` its quality; ``vectors``: the latest embeddings, shape
    ``(m, d)``. ``stranger_id``: which stranger an unknown one is. A ``silent`` visit has no alert. Of a
    ``settled`` one an owner said who it is: no frame changes that. One that is ``waiting`` is silent until a frame
    shows who it is."""

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
    silent: bool = False
    settled: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sighting. ``better_shot``: this frame is the best picture of the visit so far;
    ``replaces``: name of the picture it takes the place of, None for the first. ``silence``: why nobody is told of
    what is new, None where people are told. ``leaves_stranger``: the stranger the visit was taken for till now.
    ``was``: the person it was corrected from. ``evidence``: what its name comes from, the mean of its frames; None
    for the sighting's own match."""

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
    def is_silent(self) -> bool:
        """Whether there is no alert of it."""
        return self.change in (Change.SILENT, Change.PASSED)

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
class Judgement:
    """The state after a frame, and one outcome per sighting, in order. ``doubled``: this frame was here
    before; the state is unchanged and the outcomes are those of the first time, with no picture to store."""

    after: CameraVisits
    outcomes: tuple[Outcome, ...]
    doubled: bool


def without_shots(
    judgement: Judgement, before: CameraVisits, sightings: Sequence[Sighting], lost: Collection[int]
) -> Judgement:
    """The judgement when the pictures of the sightings with the indexes ``lost`` could not be stored.

    A visit keeps the shot that it had ``before``. One that has none takes the next frame's, however good.
    """
    shots = {visit.alert_id: (visit.shot, visit.best_score) for visit in before.open if visit.shot}
    missing = {sightings[index].shot for index in lost}

    def kept(visit: Visit) -> Visit:
        if visit.shot not in missing:
            return visit
        shot, score = shots.get(visit.alert_id, ("", 0.0))
        return replace(visit, shot=shot, best_score=score)

    outcomes = tuple(
        replace(outcome, better_shot=False, replaces=None) if index in lost else outcome
        for index, outcome in enumerate(judgement.outcomes)
    )
    after = replace(judgement.after, open=tuple(map(kept, judgement.after.open)))
    return replace(judgement, after=after, outcomes=outcomes)

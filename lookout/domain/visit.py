"""One visit is one alert: which faces of a frame go on with an open visit, and which begin a new one.

A camera's open visits are one small state. A frame's faces are judged against it and give the next state;
storing that state only if nobody else changed it meanwhile makes two instances that see the same face at once
agree on one alert (``lookout.cloud.visits``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lookout.domain.face import Embedding
from lookout.domain.matching import Match
from lookout.domain.reason import Reason

VECTORS_KEPT = 4
"""Latest embeddings of a visit that later faces are compared with."""

OPEN_VISITS = 64
"""Open visits a camera may have; with more, those seen longest ago are closed. Keeps the state under 1 MiB.
No frame may have more faces than that (``MAX_FACES``), or some would get alerts that are never made."""

RECENT_FRAMES = 16
"""Frames remembered, to tell a frame that is posted twice."""

DOUBLE_WINDOW = timedelta(seconds=60)
"""A camera that gave up waiting posts again within seconds; the same bytes later are a new sighting."""

BETTER_BY = 1.1
"""A new shot replaces the picture when its score is this many times the old one: no upload for a hair."""


class Change(Enum):
    """What a sighting does to a visit."""

    OPENED = "opened"
    CONTINUED = "continued"
    UPGRADED = "upgraded"


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A face good enough to be matched: its match, its embedding of shape ``(d,)``, its quality score."""

    match: Match
    embedding: Embedding
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """Someone in front of a camera, known or not. ``shot``: digest of the frame that is the best picture so
    far, empty when none could be stored, ``best_score`` its quality; ``vectors``: the latest embeddings, shape
    ``(m, d)``."""

    alert_id: str
    person_id: str | None
    name: str
    first_seen: datetime
    last_seen: datetime
    frames: int
    best_score: float
    shot: str
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sighting. ``better_shot``: this frame is the best picture of the visit so far;
    ``replaces``: digest of the one it takes the place of, None for the first."""

    alert_id: str
    person_id: str | None
    name: str
    reason: Reason
    change: Change
    better_shot: bool
    replaces: str | None

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
    at which a face is the one of a visit's earlier frames."""

    visit_seconds: int
    same_face: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state after a frame, and one outcome per sighting, in order. ``doubled``: this frame was here
    before; the state is unchanged and the outcomes are those of the first time, with no picture to store."""

    after: CameraVisits
    outcomes: tuple[Outcome, ...]
    doubled: bool


def judge(
    before: CameraVisits,
    digest: str,
    at: datetime,
    sightings: Sequence[Sighting],
    new_alert_ids: Sequence[str],
    rules: Rules,
) -> Judgement:
    """Judge the sightings of one frame, taken ``at`` a moment and told apart by its ``digest``.

    ``new_alert_ids`` holds one unused id per sighting; those of sightings that open a visit are taken.
    """
    recent = tuple(frame for frame in before.recent if at - frame.at <= DOUBLE_WINDOW)
    for frame in recent:
        if frame.digest == digest:
            return Judgement(before, frame.outcomes, doubled=True)

    ends_after = timedelta(seconds=rules.visit_seconds)
    visits = {v.alert_id: v for v in before.open if at - v.last_seen <= ends_after}
    outcomes: list[Outcome | None] = [None] * len(sightings)
    counted: set[str] = set()
    for index, alert_id in _assign(sightings, tuple(visits.values()), rules.same_face):
        sighting, visit = sightings[index], visits[alert_id]
        visits[alert_id], outcomes[index] = _continued(visit, sighting, digest, at, alert_id not in counted)
        counted.add(alert_id)
    for index, sighting in enumerate(sightings):
        if outcomes[index] is not None:
            continue
        same_person = _named_in_this_frame(sighting, visits)
        if same_person is None:
            visit, outcomes[index] = _opened(new_alert_ids[index], sighting, digest, at)
        else:
            visit, outcomes[index] = _continued(same_person, sighting, digest, at, False)
        visits[visit.alert_id] = visit
        counted.add(visit.alert_id)

    done = tuple(outcome for outcome in outcomes if outcome is not None)
    # a late frame's own visits stay even when others were seen after it: their alerts are being made
    still_open = sorted(visits.values(), key=lambda v: (v.alert_id in counted, v.last_seen))[-OPEN_VISITS:]
    # when it comes again its pictures are stored already, or a better shot has taken their place
    settled = tuple(replace(outcome, better_shot=False, replaces=None) for outcome in done)
    frames = (*recent, PastFrame(digest, at, settled))[-RECENT_FRAMES:] if sightings else recent
    return Judgement(CameraVisits(tuple(still_open), frames), done, doubled=False)


def without_shots(state: CameraVisits, digest: str, outcomes: Sequence[Outcome]) -> CameraVisits:
    """The state when the pictures of the frame ``digest`` could not be stored for the visits of ``outcomes``.

    A visit falls back to the shot before. One that has none takes the next frame's, however good.
    """
    lost = {outcome.alert_id: outcome.replaces for outcome in outcomes}

    def fallen_back(visit: Visit) -> Visit:
        if visit.alert_id not in lost or visit.shot != digest:
            return visit
        before = lost[visit.alert_id]
        return replace(visit, shot=before or "", best_score=visit.best_score if before else 0.0)

    return replace(state, open=tuple(map(fallen_back, state.open)))


def _assign(
    sightings: Sequence[Sighting], visits: tuple[Visit, ...], same_face: float
) -> list[tuple[int, str]]:
    """Pairs of a sighting's index and the visit it goes on with.

    A recognised person goes on with that person's visit. Any other face goes on with the visit whose latest
    frames it resembles most, each visit taking one face of a frame, closest pair first. A recognised face joins
    a visit of another name only when it is nearer to that visit's own frames than to its person's photos: a
    face that flickers between two names stays one visit, a second person who comes in gets one of his own.
    """
    pairs: list[tuple[int, str]] = []
    taken: set[str] = set()
    of_person = {visit.person_id: visit.alert_id for visit in visits if visit.person_id is not None}
    for index, sighting in enumerate(sightings):
        person_id = sighting.match.person_id
        alert_id = None if person_id is None else of_person.get(person_id)
        if alert_id is not None:
            pairs.append((index, alert_id))
            taken.add(alert_id)

    placed = {index for index, _ in pairs}
    links = sorted(
        (distance, index, visit.alert_id)
        for index, sighting in enumerate(sightings)
        if index not in placed
        for visit in visits
        if (distance := _distance(sighting, visit)) <= _reach(sighting.match, visit, same_face)
    )
    for _, index, alert_id in links:
        if index not in placed and alert_id not in taken:
            pairs.append((index, alert_id))
            placed.add(index)
            taken.add(alert_id)
    return pairs


def _reach(match: Match, visit: Visit, same_face: float) -> float:
    if match.is_known and visit.person_id is not None and match.distance is not None:
        return min(same_face, match.distance)
    return same_face


def _distance(sighting: Sighting, visit: Visit) -> float:
    if visit.vectors.shape[1:] != sighting.embedding.shape or not len(visit.vectors):
        return float("inf")  # another model's vectors are never compared
    return float(1.0 - (visit.vectors @ sighting.embedding).max())


def _named_in_this_frame(sighting: Sighting, visits: dict[str, Visit]) -> Visit | None:
    """The visit that got the person's name in this very frame: a mirror or a photo makes no second alert."""
    if not sighting.match.is_known:
        return None
    return next((v for v in visits.values() if v.person_id == sighting.match.person_id), None)


def _opened(alert_id: str, sighting: Sighting, digest: str, at: datetime) -> tuple[Visit, Outcome]:
    match = sighting.match
    vectors = sighting.embedding[None, :]
    visit = Visit(alert_id, match.person_id, match.name, at, at, 1, sighting.score, digest, vectors)
    outcome = Outcome(alert_id, match.person_id, match.name, match.reason, Change.OPENED, True, None)
    return visit, outcome


def _continued(
    visit: Visit, sighting: Sighting, digest: str, at: datetime, first_in_frame: bool
) -> tuple[Visit, Outcome]:
    match = sighting.match
    upgraded = visit.person_id is None and match.is_known
    # a frame is stored once per visit, so a second face of it (a mirror) cannot be the better shot
    better = visit.shot != digest and sighting.score > visit.best_score * BETTER_BY
    after = replace(
        visit,
        person_id=match.person_id if upgraded else visit.person_id,
        name=match.name if upgraded else visit.name,
        last_seen=max(visit.last_seen, at),
        frames=visit.frames + first_in_frame,
        best_score=sighting.score if better else visit.best_score,
        shot=digest if better else visit.shot,
        vectors=_latest(visit.vectors, sighting.embedding),
    )
    change = Change.UPGRADED if upgraded else Change.CONTINUED
    reason = Reason.KNOWN if upgraded else Reason.SAME_VISIT
    replaces = visit.shot or None if better else None
    return after, Outcome(visit.alert_id, after.person_id, after.name, reason, change, better, replaces)


def _latest(vectors: NDArray[np.float32], embedding: Embedding) -> NDArray[np.float32]:
    if vectors.shape[1:] != embedding.shape:
        return embedding[None, :]
    return np.vstack([vectors, embedding[None, :]])[-VECTORS_KEPT:]

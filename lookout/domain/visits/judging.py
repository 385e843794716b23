"""One visit is one alert: which faces of a frame go on with an open visit, and which begin a new one.

A camera's open visits are one small state. A frame's faces are judged against it and give the next state;
storing that state only if nobody else changed it meanwhile makes two instances that see the same face at once
agree on one alert (``lookout.cloud.alerts.visits``).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.treatment import Silence, Treatment
from lookout.domain.visits.assigning import assign, is_unclear
from lookout.domain.visits.opening import alerted, muted, opened, passed, waiting
from lookout.domain.visits.visit import (
    CameraVisits,
    Change,
    Judged,
    Judgement,
    Outcome,
    PastFrame,
    Rules,
    Sighting,
    Visit,
)

VECTORS_KEPT = 4
"""Latest embeddings of a visit that later faces are compared with."""

OPEN_VISITS = 64
"""Open visits a camera may have; with more, those seen longest ago are closed. Keeps the state under 1 MiB.
No frame may have more faces than that (``MAX_FACES``), or some would get alerts that are never made."""

RECENT_FRAMES = 16
"""Frames remembered, to tell a frame that is posted twice."""

DOUBLE_WINDOW = timedelta(seconds=60)
"""A camera that gave up waiting posts again within seconds; the same bytes later are a new sighting."""

UNCLEAR_FRAMES = 3
"""A visit that waits makes an alert at its third unclear frame: somebody masked is somebody."""

BETTER_BY = 1.05
"""A new shot replaces the picture when its score is this many times the old one: no upload for a trifle."""


def judge(
    before: CameraVisits,
    digest: str,
    at: datetime,
    sightings: Sequence[Sighting],
    rules: Rules,
) -> Judgement:
    """Judge the sightings of one frame, taken ``at`` a moment and told apart by its ``digest``."""
    recent = tuple(frame for frame in before.recent if at - frame.at <= DOUBLE_WINDOW)
    for frame in recent:
        # a camera that was turned meanwhile may show other faces in the same bytes: those are looked at anew
        if frame.digest == digest and len(frame.outcomes) == len(sightings):
            return Judgement(before, _paired(sightings, frame.outcomes), doubled=True)

    ends_after = timedelta(seconds=rules.visit_seconds)
    visits = {v.alert_id: v for v in before.open if at - v.last_seen <= ends_after}
    shots = {sighting.shot for sighting in sightings}
    outcomes: list[Outcome | None] = [None] * len(sightings)
    counted: set[str] = set()
    waited: dict[int, Visit] = {}
    for index, alert_id in assign(sightings, tuple(visits.values()), rules.same_face):
        sighting, visit = sightings[index], visits[alert_id]
        if visit.waiting:
            # its alert gets an id of this frame, like any visit that a frame opens
            waited[index] = visits.pop(alert_id)
            continue
        first = alert_id not in counted
        others = {one.person_id for one in visits.values() if one.alert_id != alert_id}
        visits[alert_id], outcomes[index] = _continued(visit, sighting, shots, at, first, rules, others)
        counted.add(alert_id)
    for index, sighting in enumerate(sightings):
        if outcomes[index] is not None:
            continue
        if sighting.is_doubtful and sighting.face.doubt is Reason.CUT_OFF:
            outcomes[index] = passed(sighting)
            continue
        before_it = waited.get(index)
        same_person = _named_in_this_frame(sighting, visits)
        if sighting.is_doubtful and (before_it is None or before_it.frames + 1 < UNCLEAR_FRAMES):
            visit, outcomes[index] = waiting(sighting, before_it, at)
        elif same_person is None:
            visit, outcomes[index] = opened(sighting, at, rules.policy, before_it)
        else:
            visit, outcomes[index] = _continued(same_person, sighting, shots, at, False, rules, set())
        visits[visit.alert_id] = visit
        counted.add(visit.alert_id)

    done = tuple(outcome for outcome in outcomes if outcome is not None)
    # a late frame's own visits stay even when others were seen after it: their alerts are being made
    still_open = sorted(visits.values(), key=lambda v: (v.alert_id in counted, v.last_seen))[-OPEN_VISITS:]
    # when it comes again its pictures are stored already, or a better shot has taken their place
    past = tuple(replace(outcome, better_shot=False, replaces=None) for outcome in done)
    frames = (*recent, PastFrame(digest, at, past))[-RECENT_FRAMES:] if sightings else recent
    return Judgement(CameraVisits(tuple(still_open), frames), _paired(sightings, done), doubled=False)


def _paired(sightings: Sequence[Sighting], outcomes: Sequence[Outcome]) -> tuple[Judged, ...]:
    return tuple(Judged(sighting, outcome) for sighting, outcome in zip(sightings, outcomes, strict=True))


def _named_in_this_frame(sighting: Sighting, visits: dict[str, Visit]) -> Visit | None:
    """The visit that got the person's name in this very frame: a mirror or a photo makes no second alert."""
    if not sighting.match.is_known:
        return None
    return next((v for v in visits.values() if v.person_id == sighting.match.person_id), None)


def _continued(
    visit: Visit,
    sighting: Sighting,
    shots: Set[str],
    at: datetime,
    first_in_frame: bool,
    rules: Rules,
    others: Set[str | None],
) -> tuple[Visit, Outcome]:
    policy = rules.policy
    # a part of a face resembles the same part of other faces
    vectors = visit.vectors if _says_little(sighting) else _latest(visit.vectors, sighting.embedding)
    match = _of_all_frames(visit, vectors, sighting, rules)
    if match.person_id in others and match is not sighting.match:
        match = sighting.match  # a person is in one place only
    named = visit.person_id is None and match.is_known and not visit.settled
    corrected = match is not sighting.match and _is_corrected(visit, match)
    after = replace(
        visit,
        person_id=match.person_id if named or corrected else visit.person_id,
        name=match.name if named or corrected else visit.name,
        last_seen=max(visit.last_seen, at),
        frames=visit.frames + first_in_frame,
        vectors=vectors,
        stranger_id=None if named else visit.stranger_id,
    )
    if not visit.has_alert:
        if not named or policy.treatment(True, sighting.muted) is Treatment.IGNORE:
            return after, muted(after)
        taken = replace(after, best_score=sighting.face.picture_score, shot=sighting.shot)
        after = replace(taken, first_seen=at, frames=1, has_alert=True)
        return after, replace(alerted(after, sighting, policy), reason=Reason.KNOWN, evidence=match)
    # a frame is stored once per visit, so a second face of it (a mirror) cannot be the better shot
    better = visit.shot not in shots and sighting.face.picture_score > visit.best_score * BETTER_BY
    if better:
        after = replace(after, best_score=sighting.face.picture_score, shot=sighting.shot)
    treatment = policy.treatment(True, sighting.muted)
    outcome = Outcome(
        visit.alert_id,
        after.person_id,
        after.name,
        Reason.KNOWN if named or corrected else Reason.SAME_VISIT,
        Change.UPGRADED if named else Change.CORRECTED if corrected else Change.CONTINUED,
        better,
        visit.shot or None if better else None,
        policy.silence(treatment) if named else Silence.RECORD,
        visit.stranger_id if named else None,
        visit.person_id if corrected else None,
        match if rules.identify is not None else None,
    )
    return after, outcome


def _of_all_frames(visit: Visit, vectors: NDArray[np.float32], sighting: Sighting, rules: Rules) -> Match:
    """Who the mean of a visit's frames is: a single frame errs three times as often."""
    # the other one of two faces of a frame that are like one person is between the two, whatever was before
    between = sighting.match.reason is Reason.AMBIGUOUS
    if rules.identify is None or visit.settled or between or len(vectors) < 2:
        return sighting.match
    if sighting.is_being_named:
        return sighting.match  # the gallery does not know the person yet
    mean = vectors.mean(axis=0)
    return rules.identify(np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32))


def _is_corrected(visit: Visit, match: Match) -> bool:
    """Whether somebody who had a name early turns out to be somebody else."""
    free = not visit.settled and visit.has_alert and visit.person_id is not None
    return free and match.is_known and match.person_id != visit.person_id


def _says_little(sighting: Sighting) -> bool:
    return sighting.face.doubt is Reason.CUT_OFF or is_unclear(sighting)


def _latest(vectors: NDArray[np.float32], embedding: Embedding) -> NDArray[np.float32]:
    if vectors.shape[1:] != embedding.shape:
        return embedding[None, :]
    return np.vstack([vectors, embedding[None, :]])[-VECTORS_KEPT:]

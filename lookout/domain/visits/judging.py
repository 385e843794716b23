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
from lookout.domain.site.treatment import Policy, Silence, Treatment
from lookout.domain.visits.visit import (
    CameraVisits,
    Change,
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

BETTER_BY = 1.1
"""A new shot replaces the picture when its score is this many times the old one: no upload for a hair."""


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
    shots = {sighting.shot for sighting in sightings}
    outcomes: list[Outcome | None] = [None] * len(sightings)
    counted: set[str] = set()
    for index, alert_id in _assign(sightings, tuple(visits.values()), rules.same_face):
        sighting, visit = sightings[index], visits[alert_id]
        first = alert_id not in counted
        visits[alert_id], outcomes[index] = _continued(visit, sighting, shots, at, first, rules.policy)
        counted.add(alert_id)
    for index, sighting in enumerate(sightings):
        if outcomes[index] is not None:
            continue
        if sighting.is_cut and not sighting.match.is_known:
            outcomes[index] = _passed(new_alert_ids[index], sighting)
            continue
        same_person = _named_in_this_frame(sighting, visits)
        if same_person is None:
            visit, outcomes[index] = _opened(new_alert_ids[index], sighting, at, rules.policy)
        else:
            visit, outcomes[index] = _continued(same_person, sighting, shots, at, False, rules.policy)
        visits[visit.alert_id] = visit
        counted.add(visit.alert_id)

    done = tuple(outcome for outcome in outcomes if outcome is not None)
    # a late frame's own visits stay even when others were seen after it: their alerts are being made
    still_open = sorted(visits.values(), key=lambda v: (v.alert_id in counted, v.last_seen))[-OPEN_VISITS:]
    # when it comes again its pictures are stored already, or a better shot has taken their place
    past = tuple(replace(outcome, better_shot=False, replaces=None) for outcome in done)
    frames = (*recent, PastFrame(digest, at, past))[-RECENT_FRAMES:] if sightings else recent
    return Judgement(CameraVisits(tuple(still_open), frames), done, doubled=False)


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


def _opened(alert_id: str, sighting: Sighting, at: datetime, policy: Policy) -> tuple[Visit, Outcome]:
    match = sighting.match
    is_stranger = match.reason is Reason.UNKNOWN and sighting.may_be_stranger
    silent = policy.treatment(match.is_known, sighting.muted) is Treatment.IGNORE
    # nobody remembers the face of someone who is ignored, unless it is a stranger known already
    stranger_id = sighting.stranger_id or (None if silent else alert_id)
    visit = Visit(
        alert_id,
        match.person_id,
        match.name,
        at,
        at,
        1,
        sighting.score,
        "" if silent else sighting.shot,
        sighting.embedding[None, :],
        stranger_id if is_stranger else None,
        silent,
    )
    if silent:
        return visit, _unheard(visit)
    return visit, _alerted(visit, sighting, policy)


def _continued(
    visit: Visit, sighting: Sighting, shots: Set[str], at: datetime, first_in_frame: bool, policy: Policy
) -> tuple[Visit, Outcome]:
    match = sighting.match
    named = visit.person_id is None and match.is_known and not visit.settled
    after = replace(
        visit,
        person_id=match.person_id if named else visit.person_id,
        name=match.name if named else visit.name,
        last_seen=max(visit.last_seen, at),
        frames=visit.frames + first_in_frame,
        # half a face is like other people's halves
        vectors=visit.vectors if sighting.is_cut else _latest(visit.vectors, sighting.embedding),
        stranger_id=None if named else visit.stranger_id,
    )
    if visit.silent:
        heard = named and policy.treatment(True, sighting.muted) is not Treatment.IGNORE
        if not heard:
            return after, _unheard(after)
        taken = replace(after, best_score=sighting.score, shot=sighting.shot)
        after = replace(taken, first_seen=at, frames=1, silent=False)
        return after, _alerted(after, sighting, policy)
    # a frame is stored once per visit, so a second face of it (a mirror) cannot be the better shot
    better = visit.shot not in shots and sighting.score > visit.best_score * BETTER_BY
    if better:
        after = replace(after, best_score=sighting.score, shot=sighting.shot)
    treatment = policy.treatment(True, sighting.muted)
    outcome = Outcome(
        visit.alert_id,
        after.person_id,
        after.name,
        Reason.KNOWN if named else Reason.SAME_VISIT,
        Change.UPGRADED if named else Change.CONTINUED,
        better,
        visit.shot or None if better else None,
        policy.silence(treatment) if named else Silence.RECORD,
        visit.stranger_id if named else None,
    )
    return after, outcome


def _alerted(visit: Visit, sighting: Sighting, policy: Policy) -> Outcome:
    silence = policy.silence(policy.treatment(sighting.match.is_known, sighting.muted))
    reason = sighting.match.reason
    return Outcome(visit.alert_id, visit.person_id, visit.name, reason, Change.OPENED, True, None, silence)


def _unheard(visit: Visit) -> Outcome:
    return _without_alert(visit.alert_id, visit.person_id, visit.name, Reason.MUTED, Change.SILENT)


def _passed(unused_alert_id: str, sighting: Sighting) -> Outcome:
    return _without_alert(unused_alert_id, None, sighting.match.name, Reason.CUT_OFF, Change.PASSED)


def _without_alert(
    alert_id: str, person_id: str | None, name: str, reason: Reason, change: Change
) -> Outcome:
    return Outcome(alert_id, person_id, name, reason, change, False, None, Silence.RECORD)


def _latest(vectors: NDArray[np.float32], embedding: Embedding) -> NDArray[np.float32]:
    if vectors.shape[1:] != embedding.shape:
        return embedding[None, :]
    return np.vstack([vectors, embedding[None, :]])[-VECTORS_KEPT:]

"""How a visit begins: with an alert, muted, or waiting for a better frame."""

from __future__ import annotations

from datetime import datetime

from lookout.domain.recognition.reason import Reason
from lookout.domain.site.treatment import Policy, Silence, Treatment
from lookout.domain.visits.visit import Change, Outcome, Sighting, Visit


def opened(sighting: Sighting, at: datetime, policy: Policy, waited: Visit | None) -> tuple[Visit, Outcome]:
    """The visit that the sighting opens, ``waited`` before or not, and what becomes of the sighting."""
    match, alert_id = sighting.match, sighting.new_alert_id
    is_stranger = match.reason is Reason.UNKNOWN and sighting.may_be_stranger
    is_muted = policy.treatment(match.is_known, sighting.muted) is Treatment.IGNORE
    # the face of somebody muted is not remembered, unless it is a stranger known already
    stranger_id = sighting.stranger_id or (None if is_muted else alert_id)
    visit = Visit(
        alert_id,
        match.person_id,
        match.name,
        at if waited is None else waited.first_seen,
        at if waited is None else max(waited.last_seen, at),
        1 if waited is None else waited.frames + 1,
        sighting.face.picture_score,
        "" if is_muted else sighting.shot,
        sighting.embedding[None, :],
        stranger_id if is_stranger else None,
        not is_muted,
    )
    if is_muted:
        return visit, muted(visit)
    return visit, alerted(visit, sighting, policy)


def alerted(visit: Visit, sighting: Sighting, policy: Policy) -> Outcome:
    """The outcome of a sighting that makes the visit's alert."""
    silence = policy.silence(policy.treatment(sighting.match.is_known, sighting.muted))
    reason = sighting.match.reason
    return Outcome(visit.alert_id, visit.person_id, visit.name, reason, Change.OPENED, True, None, silence)


def muted(visit: Visit) -> Outcome:
    """The outcome of a sighting of somebody muted."""
    return Outcome(
        visit.alert_id,
        visit.person_id,
        visit.name,
        Reason.MUTED,
        Change.MUTED,
        better_shot=False,
        replaces=None,
        silence=Silence.RECORD,
    )


def passed(sighting: Sighting) -> Outcome:
    """The outcome of a sighting that is passed over because the face shows too little."""
    return Outcome(
        sighting.new_alert_id,
        None,
        sighting.match.name,
        sighting.face.doubt or Reason.UNCLEAR,
        Change.PASSED,
        better_shot=False,
        replaces=None,
        silence=Silence.RECORD,
    )


def waiting(sighting: Sighting, before: Visit | None, at: datetime) -> tuple[Visit, Outcome]:
    """A visit without an alert yet: nobody known, and too little of a face to call it a stranger's."""
    first, frames = (at, 1) if before is None else (before.first_seen, before.frames + 1)
    visit = Visit(
        sighting.new_alert_id, None, sighting.match.name, first, at, frames, 0.0, "", sighting.embedding[None, :],
        has_alert=False, waiting=True,
    )  # fmt: skip
    return visit, passed(sighting)

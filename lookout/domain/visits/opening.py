"""How a visit begins: told of, in silence, or waiting for a better frame."""

from __future__ import annotations

from datetime import datetime

from lookout.domain.recognition.reason import Reason
from lookout.domain.site.treatment import Policy, Silence, Treatment
from lookout.domain.visits.visit import Change, Outcome, Sighting, Visit


def opened(
    alert_id: str, sighting: Sighting, at: datetime, policy: Policy, waited: Visit | None
) -> tuple[Visit, Outcome]:
    """The visit that the sighting opens, ``waited`` before or not, and what becomes of the sighting."""
    match = sighting.match
    is_stranger = match.reason is Reason.UNKNOWN and sighting.may_be_stranger
    silent = policy.treatment(match.is_known, sighting.muted) is Treatment.IGNORE
    # nobody remembers the face of someone who is ignored, unless it is a stranger known already
    stranger_id = sighting.stranger_id or (None if silent else alert_id)
    visit = Visit(
        alert_id,
        match.person_id,
        match.name,
        at if waited is None else waited.first_seen,
        at if waited is None else max(waited.last_seen, at),
        1 if waited is None else waited.frames + 1,
        sighting.score,
        "" if silent else sighting.shot,
        sighting.embedding[None, :],
        stranger_id if is_stranger else None,
        silent,
    )
    if silent:
        return visit, unheard(visit)
    return visit, alerted(visit, sighting, policy)


def alerted(visit: Visit, sighting: Sighting, policy: Policy) -> Outcome:
    """The outcome of a sighting that makes the visit's alert."""
    silence = policy.silence(policy.treatment(sighting.match.is_known, sighting.muted))
    reason = sighting.match.reason
    return Outcome(visit.alert_id, visit.person_id, visit.name, reason, Change.OPENED, True, None, silence)


def unheard(visit: Visit) -> Outcome:
    """The outcome of a sighting of somebody nobody wants to hear of."""
    return Outcome(
        visit.alert_id,
        visit.person_id,
        visit.name,
        Reason.MUTED,
        Change.SILENT,
        better_shot=False,
        replaces=None,
        silence=Silence.RECORD,
    )


def passed(unused_alert_id: str, sighting: Sighting) -> Outcome:
    """The outcome of a sighting that is passed over for its doubt."""
    return Outcome(
        unused_alert_id,
        None,
        sighting.match.name,
        sighting.doubt or Reason.UNCLEAR,
        Change.PASSED,
        better_shot=False,
        replaces=None,
        silence=Silence.RECORD,
    )


def waiting(alert_id: str, sighting: Sighting, before: Visit | None, at: datetime) -> tuple[Visit, Outcome]:
    """A visit that is not told of: nobody known, and too little of a face to call it a stranger's."""
    first, frames = (at, 1) if before is None else (before.first_seen, before.frames + 1)
    visit = Visit(
        alert_id, None, sighting.match.name, first, at, frames, 0.0, "", sighting.embedding[None, :],
        silent=True, waiting=True,
    )  # fmt: skip
    return visit, passed(alert_id, sighting)

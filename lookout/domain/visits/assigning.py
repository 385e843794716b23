"""Which faces of a frame go on with which of a camera's open visits."""

from __future__ import annotations

from collections.abc import Sequence

from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.visits.visit import Sighting, Visit


def assign(
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
    # unclear faces cannot be compared, so they take the waiting visits in order: else a mask made no alert
    waiting = [visit.alert_id for visit in visits if visit.waiting and visit.alert_id not in taken]
    unclear = [index for index, one in enumerate(sightings) if is_unclear(one) and index not in placed]
    return [*pairs, *zip(unclear, waiting, strict=False)]


def is_unclear(sighting: Sighting) -> bool:
    """Whether it is nobody's, and shows too little of a face to be called a stranger's."""
    return sighting.face.doubt is Reason.UNCLEAR and not sighting.match.is_known


def _reach(match: Match, visit: Visit, same_face: float) -> float:
    if match.is_known and visit.person_id is not None and match.distance is not None:
        return min(same_face, match.distance)
    return same_face


def _distance(sighting: Sighting, visit: Visit) -> float:
    if visit.vectors.shape[1:] != sighting.embedding.shape or not len(visit.vectors):
        return float("inf")  # another model's vectors are never compared
    return float(1.0 - (visit.vectors @ sighting.embedding).max())

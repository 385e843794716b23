"""One's own people: each photo left out in turn, and which photos harm. From a folder, or as they are enrolled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lookout.cloud.firebase.stores import firebase_stores
from lookout.cloud.gallery.reader import GalleryReader
from lookout.cloud.site.settings import site_reader
from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.rule import Rule
from lookout.domain.recognition.templates import left_out
from lookout.settings import Settings
from lookout.vision.networks.models import ModelCard

HARMFUL = 0.6
"""A photo farther than this from the mean of the person's others is probably somebody else's."""

BETTER_WITHOUT = 0.05
"""A photo harms if the person's others are by so much nearer to one another without it, on average."""

TIMEOUT = 30.0

Floats = NDArray[np.float32]


def of_site(settings: Settings, card: ModelCard) -> list[dict[str, object]]:
    """The rows of everybody who is enrolled, by the rule that the site has; see :func:`own`.

    Raises:
        Unavailable: Firestore did not answer.
    """
    stores = firebase_stores(TIMEOUT)
    rule = card.rule_for(site_reader(settings, stores).current())
    return own(enrolled(card.model_id), rule)


def enrolled(model_id: str) -> Gallery:
    """Everybody who is enrolled with the model and whose consent has not ended, by the vectors in Firestore.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return GalleryReader(firebase_stores(TIMEOUT), model_id, 0.0).latest()


def gallery_of(people: Mapping[str, Mapping[str, Embedding]], model_id: str) -> Gallery:
    """The people of a folder, by the vectors of their photos."""
    return Gallery(
        model_id,
        [
            PersonVectors(person, person, model_id, np.stack(list(photos.values())), tuple(photos))
            for person, photos in people.items()
        ],
    )


def own(gallery: Gallery, rule: Rule) -> list[dict[str, object]]:
    """A row for each person: how far the photos are from the person's others, what share of them would be known by
    these, and which photos harm, with the reason."""
    if not len(gallery):
        return []
    templates = gallery.templates(rule)
    distances, shifts = left_out(gallery.matrix, gallery.starts, rule)
    others = templates.distances(gallery.matrix, rule)
    rows: list[dict[str, object]] = []
    for index, (person, start) in enumerate(zip(gallery.people, gallery.starts, strict=True)):
        at = slice(int(start), int(start) + len(person.photo_ids))
        away = np.maximum(distances[at] + templates.weights[index] * shifts[at], 0)
        if len(away) == 1:
            away = away[:0]
        to_others = np.delete(others[:, at], index, axis=0)
        reasons = _reasons(person, away, to_others, [one.name for one in gallery.people if one is not person])
        rows.append(
            {
                "person": person.person_id,
                "photos": len(person.photo_ids),
                "farthest": float(away.max()) if away.size else None,
                "known_by_the_others": float((away <= templates.thresholds[index]).mean())
                if away.size
                else None,
                "harmful": list(reasons),
                "reasons": reasons,
            }
        )
    return rows


def _reasons(person: PersonVectors, away: Floats, to_others: Floats, names: list[str]) -> dict[str, str]:
    """Why each harmful photo harms; of a person's only photo nothing can be said."""
    found: dict[str, str] = {}
    for row, (photo, distance) in enumerate(zip(person.photo_ids, away, strict=False)):
        nearest = int(to_others[:, row].argmin()) if len(to_others) else None
        if nearest is not None and to_others[nearest, row] < distance:
            found[photo] = f"nearer to {names[nearest]}"
        elif distance > HARMFUL:
            found[photo] = "far from the others"
        elif _others_without(person.vectors, row) < _others_with(person.vectors, row) - BETTER_WITHOUT:
            found[photo] = "the others are nearer to one another without it"
    return found


def _others_with(vectors: Floats, row: int) -> float:
    """How far a person's other photos are from the mean of the rest, on average, with the photo of that row."""
    return _mean_distance(np.delete(vectors, row, axis=0), vectors.sum(axis=0))


def _others_without(vectors: Floats, row: int) -> float:
    """The same without the photo; infinite where fewer than two others are left."""
    rest = np.delete(vectors, row, axis=0)
    return _mean_distance(rest, rest.sum(axis=0)) if len(rest) > 1 else float("inf")


def _mean_distance(photos: Floats, total: Floats) -> float:
    means = total - photos
    means = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return float((1 - (photos * means).sum(axis=1)).mean())

"""Who is hard to tell from whom: people whose closest photos are no farther apart than the threshold."""

from __future__ import annotations

import numpy as np

from lookout.domain.recognition.gallery import Gallery, PersonVectors

DIGITS = 4
"""Decimals of a distance between two people: the same whichever of the two it is measured from."""


def confusable(person_id: str, gallery: Gallery, threshold: float) -> dict[str, float]:
    """Who of the gallery is hard to tell from ``person_id``: id to the distance of the two closest photos.

    That are all others who have a photo at most ``threshold`` (cosine distance) away from one of the person's.
    Empty when the person is not in the gallery.
    """
    own = next((person for person in gallery.people if person.person_id == person_id), None)
    if own is None:
        return {}
    closest = (own.vectors @ gallery.matrix.T).max(axis=0)
    similarity = np.maximum.reduceat(closest, gallery.starts)
    # rounding can push the distance of equal vectors just below zero
    distances = np.maximum(1.0 - similarity, 0.0)
    near = np.flatnonzero(distances <= threshold + 0.5 * 10**-DIGITS)
    found = {gallery.people[row].person_id: round(float(distances[row]), DIGITS) for row in near}
    return {other: d for other, d in found.items() if other != person_id and d <= threshold}


def closest_photo(own: PersonVectors, other: PersonVectors) -> str:
    """The id of the photo of ``own`` that is closest to any of ``other``; both have photos, of the same model."""
    return own.photo_ids[int((own.vectors @ other.vectors.T).max(axis=1).argmax())]

"""One face against known people: the rule that names faces, on galleries of several sizes."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.context import Context
from bench.result import Figure
from bench.timing import by_turns
from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import match
from lookout.domain.recognition.rule import Rule
from lookout.settings import Settings
from lookout.vision.networks.models import installed

ROUNDS = 60
PHOTOS = 3

TARGETS = {100_000: 10.0}


def run(_: Context) -> list[Figure]:
    """Medians, at 10, 1,000 and 100,000 vectors, three of each person; the one asked for is the last."""
    card, settings = installed(Settings()).card, Settings()
    margin = settings.recognition.margin
    actions = {}
    for count in (10, 1_000, 100_000):
        gallery, face = made_up(count, card.model_id, card.dimension)
        assert match(face[None], gallery, card.rule, margin)[0].is_known
        actions[count] = partial(_once, face, gallery, card.rule, margin)
    times = by_turns({str(count): action for count, action in actions.items()}, ROUNDS)
    return [
        Figure(
            f"one face against {count:,} vectors",
            times[str(count)].median,
            "ms",
            TARGETS.get(count),
            least=times[str(count)].least,
            processor=times[str(count)].busy,
        )
        for count in actions
    ]


def made_up(count: int, model_id: str, dimension: int) -> tuple[Gallery, Embedding]:
    """People of three vectors each, ``count`` in all, and a face of the last of them."""
    chance = np.random.default_rng(5)
    centres = chance.standard_normal((-(-count // PHOTOS), dimension), np.float32)
    vectors = np.repeat(centres, PHOTOS, axis=0)[:count]
    vectors += 0.4 * chance.standard_normal(vectors.shape, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    people = [
        PersonVectors(f"p{at}", f"Person {at}", model_id, own, tuple(f"{row}.jpg" for row in range(len(own))))
        for at in range(0, count, PHOTOS)
        if len(own := vectors[at : at + PHOTOS])
    ]
    return Gallery(model_id, people), vectors[-1]


def _once(face: Embedding, gallery: Gallery, rule: Rule, margin: float) -> None:
    match(face[None], gallery, rule, margin)

"""A gallery of 1,000 people in Firestore: read by a new instance, and refreshed after one enrolment."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np

from bench.context import Context, stores_at
from bench.measures.matching import PHOTOS, made_up
from bench.result import Figure
from lookout.cloud.gallery.person_document import to_document
from lookout.cloud.gallery.reader import GalleryReader
from lookout.cloud.gallery.state import state_reference
from lookout.settings import Settings
from lookout.vision.networks.models import installed

PEOPLE = 1_000
BATCH = 100
ROUNDS = 5


def run(context: Context) -> list[Figure]:
    """Medians of reading all people, and of reading the one who got a photo; ready to be matched."""
    urls, card = context.stack.urls, installed(Settings()).card
    stores = stores_at(urlsplit(urls["firestore"]).netloc, urls["storage"])
    made, _ = made_up(PEOPLE * PHOTOS, card.model_id, card.dimension)
    collection = stores.db.collection("gallery")
    for at in range(0, PEOPLE, BATCH):
        batch = stores.db.batch()
        for person in made.people[at : at + BATCH]:
            batch.set(collection.document(person.person_id), dict(to_document(person, 1)))
        batch.commit()
    state_reference(stores.db).set({"version": 1, "modelId": card.model_id})
    loads, refreshes = [], []
    for turn in range(ROUNDS):
        started = time.perf_counter()
        reader = GalleryReader(stores, card.model_id, 0.0)
        assert len(reader.current()) == PEOPLE
        reader.current().templates(card.rule)
        loads.append(time.perf_counter() - started)
        person = replace(made.people[turn], name=f"Enrolled {turn}")
        version = turn + 2
        collection.document(person.person_id).set(dict(to_document(person, version)))
        state_reference(stores.db).set({"version": version, "modelId": card.model_id})
        started = time.perf_counter()
        refreshed = reader.current()
        refreshed.templates(card.rule)
        refreshes.append(time.perf_counter() - started)
        assert any(one.name == person.name for one in refreshed.people)
    return [
        Figure(
            "1,000 people of 3 photos read", float(np.median(loads)) * 1000, "ms", least=min(loads) * 1000
        ),
        Figure(
            "refreshed after one enrolment",
            float(np.median(refreshes)) * 1000,
            "ms",
            least=min(refreshes) * 1000,
        ),
    ]

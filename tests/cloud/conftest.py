"""A person's vectors as plain data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lookout.domain.recognition.gallery import PersonVectors
from tests.support.stores import bucket, db, distant_db, line, photos, project, settings, stores

MODEL = "m-1"

MakePerson = Callable[..., PersonVectors]


@pytest.fixture
def make_person() -> MakePerson:
    """``make_person("alice", seed)``: one vector that depends on the seed."""

    def made(person_id: str, seed: int = 0, model_id: str = MODEL) -> PersonVectors:
        vector = np.random.default_rng(seed).standard_normal((1, 512)).astype(np.float32)
        vector /= np.linalg.norm(vector)
        return PersonVectors(person_id, person_id.title(), model_id, vector, ("1.jpg",))

    return made


__all__ = ["bucket", "db", "distant_db", "line", "photos", "project", "settings", "stores"]

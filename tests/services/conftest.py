"""Stores of its own for each test, on the emulators, and instances that no other test has used."""

from __future__ import annotations

import pytest

from tests.support import functions
from tests.support.stores import bucket, db, distant_db, line, photos, project, settings, stores

__all__ = ["bucket", "db", "distant_db", "line", "photos", "project", "settings", "stores"]


@pytest.fixture(autouse=True)
def _new_instance() -> None:
    """Rate limits and caches of one test are not those of the next."""
    functions.start_anew()

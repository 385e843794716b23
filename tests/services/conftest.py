"""Stores of its own for each test, on the emulators."""

from __future__ import annotations

from tests.support.stores import bucket, db, distant_db, line, photos, project, settings, stores

__all__ = ["bucket", "db", "distant_db", "line", "photos", "project", "settings", "stores"]

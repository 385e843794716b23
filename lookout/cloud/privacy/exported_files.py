"""Exports as files in Storage: for owners, and for a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores

FOLDER = "exports/"
KEPT = timedelta(days=1)
"""``storage.rules`` and ``storage.lifecycle.json`` say the same."""

KIND = "application/zip"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """Where an export is, how large, and until when."""

    path: str
    bytes: int
    expires_at: datetime


def keep(stores: Stores, person_id: str, zip_file: Iterable[bytes], disposition: str) -> ExportedFile:
    """Store the ``zip_file`` while it is made.

    Raises:
        Unavailable: a store did not answer; nothing is kept.
    """
    path = f"{FOLDER}{person_id}/{uuid4().hex}.zip"
    expires_at = datetime.now(UTC) + KEPT
    return ExportedFile(path, storage.store_stream(stores, path, zip_file, KIND, disposition), expires_at)


def paths_of(stores: Stores, person_id: str) -> list[str]:
    """The exports of a person that are kept.

    Raises:
        Unavailable: Storage did not answer.
    """
    folder = f"{FOLDER}{person_id}/"
    return [folder + name for name in storage.names(stores, folder)]

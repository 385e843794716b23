"""When cameras and people changed last: two fields of ``settings/site``, which running instances look at anyway.

A write that changes a camera, its key or the gallery says so there too. One read then tells an instance that
nothing has changed, neither the settings nor any of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference, WriteBatch

CAMERAS = "camerasChangedAt"
PEOPLE = "peopleChangedAt"


def site_reference(db: Client) -> DocumentReference:
    """The document with the site's settings."""
    return db.collection("settings").document("site")


def announce(batch: WriteBatch, db: Client, what: str) -> None:
    """Say in ``batch`` that ``what``, ``CAMERAS`` or ``PEOPLE``, changes with it."""
    from google.cloud.firestore import SERVER_TIMESTAMP

    batch.set(site_reference(db), {what: SERVER_TIMESTAMP}, merge=True)

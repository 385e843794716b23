"""``gallery_state/current``, the gallery's version, and what is left of somebody who was removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

TOMBSTONES_KEPT = timedelta(days=1)
"""How long a deleted person's document stays behind, so that running instances hear of it."""


def state_reference(db: Client) -> DocumentReference:
    """The one-field document whose ``version`` grows with every change of the gallery."""
    return db.collection("gallery_state").document("current")


def tombstone(version: int, at: datetime) -> dict[str, Any]:
    """What a person deleted ``at`` a moment leaves behind: no name, no vector."""
    return {"version": version, "deleted": True, "deletedAt": at, "expireAt": at + TOMBSTONES_KEPT}

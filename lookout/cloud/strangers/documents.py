"""Where a stranger is stored: ``strangers/{id}``, ``stranger_vectors/{id}`` and ``stranger_state/current``.

Readers see the first; only the server reads the vectors. Every commit that changes
vectors changes the state too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.stores import Stores

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

TOMBSTONE_KEPT = timedelta(days=1)
"""How long the vectors' document of a removed stranger stays, so that running instances notice the removal."""

NO_PICTURE: dict[str, Any] = {"facePath": None, "faceAlertId": None, "quality": 0.0}


def tombstone() -> dict[str, Any]:
    """What stands in place of the vectors of a stranger that was removed."""
    from google.cloud.firestore import SERVER_TIMESTAMP

    return {"removed": True, "changedAt": SERVER_TIMESTAMP, "expireAt": datetime.now(UTC) + TOMBSTONE_KEPT}


def reference(db: Client, stranger_id: str) -> DocumentReference:
    """The document that readers see."""
    return db.collection("strangers").document(stranger_id)


def vectors_reference(db: Client, stranger_id: str) -> DocumentReference:
    """The document with the stranger's vectors."""
    return db.collection("stranger_vectors").document(stranger_id)


def state_reference(db: Client) -> DocumentReference:
    """The document that is written with every change of vectors."""
    return db.collection("stranger_state").document("current")


def pictures_folder(stranger_id: str) -> str:
    """Where the stranger's pictures are stored."""
    return f"strangers/{stranger_id}/"


def has_alerts(stores: Stores, stranger_id: str, but: str | None = None) -> bool:
    """Whether the stranger has an alert other than ``but``. Call it within :func:`store_errors`."""
    from google.cloud.firestore_v1.base_query import FieldFilter

    of_stranger = stores.db.collection("alerts").where(filter=FieldFilter("strangerId", "==", stranger_id))
    return any(one.id != but for one in of_stranger.select([]).limit(2).stream(**stores.options))

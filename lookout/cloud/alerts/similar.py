"""The past alerts whose faces are most like that of one alert. The vectors never leave the server."""

from __future__ import annotations

from datetime import UTC, datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.domain.people.requests import is_document_id
from lookout.domain.recognition.nearest import nearest
from lookout.domain.site.expiry import has_expired
from lookout.errors import NotFound

MOST = 50
"""Alerts in an answer, at most."""

COMPARED = 1000
"""Faces that one call reads and compares, at most: those of the alerts that are kept longest, so the newest."""


def similar_alerts(stores: Stores, alert_id: str) -> list[tuple[str, float]]:
    """The ids of at most :data:`MOST` other alerts with the cosine distance of their faces, the nearest first.

    Only faces of the same model are compared, among the newest :data:`COMPARED`. None for an alert without a face.

    Raises:
        NotFound: there is no such alert.
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore import Query

    now = datetime.now(UTC)
    vectors = stores.db.collection("alert_vectors")
    with store_errors("Firestore"):
        alert = None
        if is_document_id(alert_id):
            alert = stores.db.collection("alerts").document(alert_id).get(**stores.options).to_dict()
        if alert is None or has_expired(alert, now):
            raise NotFound(f"There is no alert {alert_id!r}.")
        face = vectors.document(alert_id).get(**stores.options).to_dict()
        if face is None:
            return []
        newest = vectors.order_by("expireAt", direction=Query.DESCENDING).limit(COMPARED)
        stored = {one.id: one.to_dict() or {} for one in newest.stream(**stores.options)}
    others = {
        one: fields["vector"]
        for one, fields in stored.items()
        if one != alert_id and fields.get("modelId") == face["modelId"] and not has_expired(fields, now)
    }
    return nearest(face["vector"], others, MOST)

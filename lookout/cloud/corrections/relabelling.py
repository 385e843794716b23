"""Past alerts become somebody else: each with its open visit and its count of the day, as one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.domain.people.relabel import Becomes, identity_of, moved_counts, relabelled_visits
from lookout.domain.people.requests import is_document_id
from lookout.domain.site.expiry import has_expired
from lookout.errors import NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

PAGE = 500
"""Alerts asked for at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """An alert, and by what its open visit and its count are found."""

    alert_id: str
    camera_id: str
    day: str


class Relabelling:
    """Changes who alerts are. ``hour``: the hour of the site's day of a moment, by which alerts were counted.

    Every method raises ``Unavailable`` when Firestore does not answer.
    """

    def __init__(self, stores: Stores, hour: Callable[[datetime], int]) -> None:
        self._stores = stores
        self._hour = hour

    def place(self, alert_id: str) -> Place:
        """Where the alert stands.

        Raises:
            NotFound: there is no such alert, or it has expired.
        """
        if is_document_id(alert_id):
            with store_errors("Firestore"):
                found = self._alert(alert_id).get(**self._stores.options)
            stored = found.to_dict()
            if stored is not None and not has_expired(stored, datetime.now(UTC)):
                return Place(alert_id, stored["cameraId"], stored["day"])
        raise NotFound(f"There is no alert {alert_id!r}.")

    def places(self, field: str, value: str) -> Iterator[Place]:
        """Every alert whose ``field`` (``personId``, ``strangerId``) is ``value``, expired ones too."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        query = self._stores.db.collection("alerts").where(filter=FieldFilter(field, "==", value))
        query = query.select(["cameraId", "day"]).order_by("__name__").limit(PAGE)
        last = None
        while True:
            with store_errors("Firestore"):
                page = list((query.start_after(last) if last else query).stream(**self._stores.options))
            for found in page:
                yield Place(found.id, found.get("cameraId"), found.get("day"))
            if len(page) < PAGE:
                return
            last = page[-1]

    def relabel(
        self, transaction: Transaction, place: Place, becomes: Becomes, more: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Let an alert become what ``becomes`` says, in a step that may change other documents too.

        ``more`` are further fields for the alert. Returns the alert as it was before; None when it is not there
        or stays as it is. Whoever changes the alert or its visit before the step is written has it decided anew.
        """
        alert_reference = self._alert(place.alert_id)
        visits_reference = self._stores.db.collection("visits").document(place.camera_id)
        day_reference = self._stores.db.collection("days").document(f"{place.day}_{place.camera_id}")
        alert, visits, day = transaction.read([alert_reference, visits_reference, day_reference])
        identity = None if alert is None else becomes(alert)
        if alert is None or identity is None:
            return None
        transaction.set(alert_reference, identity.alert_fields(identity_of(alert)) | dict(more or {}))
        if visits is not None:
            changes = relabelled_visits(
                visits, lambda plain: identity if plain["alertId"] == place.alert_id else None
            )
            if changes is not None:
                transaction.set(visits_reference, changes)
        if day is not None:
            moved = moved_counts(day, self._hour(alert["firstSeenAt"]), identity_of(alert), identity)
            if moved is not None:
                transaction.set(day_reference, moved)
        return alert

    def relabel_visits(self, becomes: Becomes) -> None:
        """Let open visits become what ``becomes`` says, also those that have no alert: one step per camera."""
        with store_errors("Firestore"):
            cameras = [
                found.reference
                for found in self._stores.db.collection("visits").select([]).stream(**self._stores.options)
            ]
        for reference in cameras:
            run(self._stores, partial(_sweep, reference, becomes))

    def _alert(self, alert_id: str) -> DocumentReference:
        return self._stores.db.collection("alerts").document(alert_id)


def _sweep(reference: DocumentReference, becomes: Becomes, transaction: Transaction) -> None:
    (visits,) = transaction.read([reference])
    changes = None if visits is None else relabelled_visits(visits, becomes)
    if changes is not None:
        transaction.set(reference, changes)

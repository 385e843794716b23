"""Exporting all that is stored about a person, as files."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.alerts import debug_frames
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.domain.people.erasure import is_negative_of, shows, without_candidate
from lookout.domain.people.requests import is_document_id
from lookout.errors import NotFound

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

    from lookout.cloud.firebase.types import Documents

README = """\
What Lookout has stored about {name}, as of {at}.

person.json     everything that is no picture: the entry and its photos, the vectors by which the face is
                recognised (base64 of little-endian half floats, one vector per photo), alerts and the vector of
                each, vectors by which others are told from this person, visits that are going on, how many
                alerts were counted on each day, alerts that may have been of this person
photos/         the photos that the face is recognised by
alerts/         the pictures of each alert, in a folder by the alert's id; others may be in them
debug/          frames that were kept to see what went wrong, if there are any
"""

Files = Iterator[tuple[str, bytes]]


class Export:
    """Exports people. Every method raises ``Unavailable`` when a store does not answer."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def files(self, person_id: str, safe_name: Callable[[str], str]) -> tuple[str, Files]:
        """The person's name, and the paths and bytes of the files. Pictures are read one at a time.

        ``safe_name`` makes a file name of a text.

        Raises:
            NotFound: nothing is stored about such a person.
        """
        about = self._about(person_id) if is_document_id(person_id) else None
        if about is None:
            raise NotFound(f"There is no person {person_id!r}.")
        person = about["person"] or {}
        name = str(person.get("name") or person_id)
        return name, self._files(person_id, name, about, safe_name)

    def _about(self, person_id: str) -> dict[str, Any] | None:
        person = self._stores.db.collection("people").document(person_id)
        alerts = self._where("alerts", "personId", person_id)
        gallery = self._document(self._stores.db.collection("gallery").document(person_id))
        stored = self._document(person)
        vectors = gallery if gallery is not None and not gallery.get("deleted") else None
        if stored is None and vectors is None and not alerts:
            return None
        between = [
            alert
            for alert in self._where("alerts", "reason", "ambiguous")
            if without_candidate(alert, person_id) is not None
        ]
        return {
            "person": stored,
            "photos": self._all(person.collection("photos")),
            # the negatives in it are the faces of others
            "recognition": vectors and {name: vectors[name] for name in vectors if name != "negatives"},
            "alerts": alerts,
            "alert_vectors": self._alert_vectors(alerts),
            "not_others": self._negatives_of_others(person_id, {alert["id"] for alert in alerts}),
            "may_have_been_in": [alert["id"] for alert in between],
            "visits": [
                visit | {"cameraId": camera["id"]}
                for camera in self._all(self._stores.db.collection("visits"))
                for visit in camera.get("open", ())
                if visit.get("personId") == person_id
            ],
            "days": [
                {
                    "day": day.get("day"),
                    "cameraId": day.get("cameraId"),
                    "alerts": day["people"][person_id].get("alerts"),
                }
                for day in self._all(self._stores.db.collection("days"))
                if person_id in day.get("people", {})
            ],
            "arrivals": self._where("arrivals", "personId", person_id),
        }

    def _alert_vectors(self, alerts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        references = [self._stores.db.collection("alert_vectors").document(alert["id"]) for alert in alerts]
        with store_errors("Firestore"):
            found = list(self._stores.db.get_all(references, **self._stores.options)) if references else []
        return [(one.to_dict() or {}) | {"alertId": one.id} for one in found if one.exists]

    def _negatives_of_others(self, person_id: str, alert_ids: Collection[str]) -> list[dict[str, Any]]:
        """The person's faces among the negatives of others."""
        return [
            {name: negative.get(name) for name in ("alertId", "modelId", "vector")}
            for gallery in self._all(self._stores.db.collection("gallery"))
            for negative in gallery.get("negatives") or ()
            if is_negative_of(negative, person_id, alert_ids)
        ]

    def _files(
        self, person_id: str, name: str, about: dict[str, Any], safe_name: Callable[[str], str]
    ) -> Files:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        yield "README.txt", README.format(name=name, at=at).encode()
        plain = json.dumps({"exported_at": at, "id": person_id, **about}, default=_plain, indent=1)
        yield "person.json", plain.encode()
        yield from self._folder(f"faces/{person_id}/", "photos/", safe_name)
        for alert in about["alerts"]:
            yield from self._folder(f"alerts/{alert['id']}/", f"alerts/{safe_name(alert['id'])}/", safe_name)
        alert_ids = [alert["id"] for alert in about["alerts"]]
        for path, metadata in debug_frames.debug_frames(self._stores):
            if shows(metadata, person_id, alert_ids):
                yield from self._picture(path, f"debug/{safe_name(path.removeprefix('debug/'))}")

    def _folder(self, prefix: str, folder: str, safe_name: Callable[[str], str]) -> Files:
        for number, name in enumerate(storage.names(self._stores, prefix), 1):
            # numbered, because two names may become the same when they are made safe
            yield from self._picture(prefix + name, f"{folder}{number:03}_{safe_name(name)}")

    def _picture(self, path: str, name: str) -> Files:
        data = storage.photo_bytes(self._stores, path)
        if data is not None:  # deleted while the others were read
            yield name, data

    def _document(self, reference: DocumentReference) -> dict[str, Any] | None:
        with store_errors("Firestore"):
            return reference.get(**self._stores.options).to_dict()

    def _where(self, collection: str, field: str, value: str) -> list[dict[str, Any]]:
        from google.cloud.firestore_v1.base_query import FieldFilter

        return self._all(self._stores.db.collection(collection).where(filter=FieldFilter(field, "==", value)))

    def _all(self, query: Documents) -> list[dict[str, Any]]:
        with store_errors("Firestore"):
            return [(one.to_dict() or {}) | {"id": one.id} for one in query.stream(**self._stores.options)]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return dict(value) if isinstance(value, Mapping) else str(value)

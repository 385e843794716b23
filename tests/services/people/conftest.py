"""``people`` as its framework serves it, on the emulators; strangers and alerts are written as ``detect`` does."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from lookout.services import people as people_service
from lookout.settings import Settings
from stack.local import owner
from stack.local.info import StackInfo
from tests.support import documents, functions
from tests.support.documents import DAY, LATER, MODEL, NOON, SHOT
from tests.support.household import Household
from tests.support.stores import objects

CAMERA = "cam_front"


def vector(seed: int) -> bytes:
    """A face, as the bytes that the function takes it for."""
    return bytes([seed % 256]) * 1024


@functools.cache
def people_app() -> Any:
    return functions.app("people")


@pytest.fixture(scope="session")
def owner_token(stack: StackInfo) -> str:
    return owner.sign_in(stack)


@dataclass
class House(Household):
    """The stores of a house, and the function by which its owner puts things right."""

    client: FlaskClient
    token: str

    def service(self, enrol_seconds: float = 0.0) -> Any:
        """A warm instance of its own. Nobody enrols here, so that it need not wait."""
        return people_service.PeopleService(self.settings, self.stores, enrol_seconds)

    def answer(self, path: str, body: object = None, token: str | None = None) -> Any:
        """The HTTP answer to a call; without a ``body`` none is sent."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        sent = {} if body is None else {"json": body}
        return self.client.post(path, headers=headers, **sent)

    def done(self, path: str, body: object = None) -> dict[str, Any]:
        """What a call is answered when all is well."""
        answer = self.answer(path, body)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json
        assert read.pop("status") == "success"
        return read

    def refused(self, path: str, body: object = None) -> tuple[int, str]:
        """Status and message of a call that is refused."""
        answer = self.answer(path, body)
        assert answer.json["status"] == "error", answer.text
        return answer.status_code, answer.json["message"]

    def person(self, person_id: str, name: str | None = None, *negatives: dict[str, Any]) -> None:
        """Somebody with a photo."""
        self.db.document(f"people/{person_id}").set(documents.person(name or person_id))
        self.upload(f"faces/{person_id}/1.jpg", person_id.encode())
        version = (self.get("gallery_state/current") or {"version": 0})["version"] + 1
        gallery = documents.gallery_person(name or person_id, vector(1), version, negatives=list(negatives))
        self.db.document(f"gallery/{person_id}").set(gallery)
        self.db.document("gallery_state/current").set({"version": version, "modelId": MODEL})

    def stranger(
        self, stranger_id: str, *alert_ids: str, picture: bytes | None = None, **fields: Any
    ) -> None:
        """Somebody seen in these alerts."""
        path = None
        if picture is not None:
            path = f"strangers/{stranger_id}/0123456789ab.jpg"
            self.upload(path, picture)
        made = documents.stranger(**({"visits": len(alert_ids), "facePath": path} | fields))
        self.db.document(f"strangers/{stranger_id}").set(made)
        faces = {alert_id: vector(index) for index, alert_id in enumerate(alert_ids)}
        vectors = documents.stranger_vectors(faces, modelId=fields.get("modelId", MODEL))
        self.db.document(f"stranger_vectors/{stranger_id}").set(vectors)
        for alert_id in alert_ids:
            self.alert(alert_id, stranger_id=stranger_id)

    def alert(
        self,
        alert_id: str,
        person_id: str | None = None,
        stranger_id: str | None = None,
        is_open: bool = False,
        **fields: Any,
    ) -> None:
        """One visit as ``detect`` tells it: the alert, its pictures, its vector, its count."""
        made: dict[str, Any] = {"cameraId": CAMERA, "strangerId": stranger_id} | fields
        made |= {"cameraName": made["cameraId"]} | fields
        if person_id is None:
            alert = documents.alert(alert_id, **made)
        else:
            alert = documents.known_alert(alert_id, person_id, **made)
        self.upload(f"alerts/{alert_id}/{SHOT}/face.jpg", f"face of {alert_id}".encode())
        self.db.document(f"alerts/{alert_id}").set(alert)
        self.db.document(f"alert_vectors/{alert_id}").set(documents.alert_vector(vector(len(alert_id))))
        self._count(alert)
        if is_open:
            self.open_visit(alert["cameraId"], alert_id, person_id, stranger_id)

    def open_visit(
        self, camera: str, alert_id: str, person_id: str | None = None, stranger_id: str | None = None
    ) -> None:
        """Somebody is in front of the camera at the moment."""
        visits = self.get(f"visits/{camera}") or {"open": [], "recent": [], "expireAt": LATER}
        name = person_id or "Unknown"
        who = {"personId": person_id, "person": name, "strangerId": stranger_id}
        visits["open"].append(documents.open_visit(alert_id, vector(9), **who))
        reason = "unknown" if person_id is None else "known"
        outcome = {"alertId": alert_id, "personId": person_id, "person": name, "reason": reason}
        visits["recent"].append(
            {"digest": f"d-{alert_id}", "at": NOON, "outcomes": [outcome | {"change": "opened"}]}
        )
        self.db.document(f"visits/{camera}").set(visits)

    def _count(self, alert: Mapping[str, Any]) -> None:
        path = f"days/{alert['day']}_{alert['cameraId']}"
        day: dict[str, Any] = self.get(path) or {**documents.day(alert["cameraId"], alert["day"])}
        hour = day["hours"].setdefault(f"{alert['firstSeenAt'].hour:02}", {})
        word = "known" if alert["isKnown"] else "unknown"
        hour[word] = hour.get(word, 0) + 1
        if alert["isKnown"]:
            counts = day["people"].setdefault(alert["personId"], {"name": alert["person"], "alerts": 0})
            counts["alerts"] += 1
        self.db.document(path).set(day)

    def age_job(self, job_id: str, by: timedelta) -> None:
        """A job is older than it is."""
        job = self.db.document(f"jobs/{job_id}")
        job.update({"createdAt": job.get().to_dict()["createdAt"] - by})

    def visit(self, camera: str = CAMERA) -> dict[str, Any]:
        """The only open visit of a camera."""
        (visit,) = self.read(f"visits/{camera}")["open"]
        return dict(visit)

    def hours(self, camera: str = CAMERA) -> dict[str, int]:
        """Known and unknown alerts at noon, without what is zero."""
        hour = self.read(f"days/{DAY}_{camera}")["hours"]["12"]
        return {word: count for word, count in hour.items() if count}

    def by_person(self, camera: str = CAMERA) -> dict[str, int]:
        people = self.read(f"days/{DAY}_{camera}").get("people", {})
        return {person_id: counts["alerts"] for person_id, counts in people.items()}

    def all(self) -> dict[str, Any]:
        """Everything that is stored, but for the moments at which it was written."""
        stored: dict[str, Any] = dict.fromkeys(objects(self.bucket))
        for collection in self.db.collections():
            for one in collection.stream():
                stored[one.reference.path] = _timeless(one.to_dict())
        return stored


WRITTEN = (
    "createdAt",
    "changedAt",
    "peopleChangedAt",
    "camerasChangedAt",
    "expireAt",
    "correctedAt",
    "deletedAt",
)


def _timeless(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: copy.deepcopy(value) for name, value in plain.items() if name not in WRITTEN}


@pytest.fixture
def house(owner_token: str, settings: Settings, db: Any, bucket: Any) -> House:
    made = House(settings, db, bucket, people_app().test_client(), owner_token)
    people_service.service.replace(made.service())
    return made

"""``/detect`` as its framework serves it, on the emulators, with real people in the gallery."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from lookout.cloud.cameras.keys import CameraKeys, register
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery.enrolment import Enrolment
from lookout.cloud.gallery.photo_document import Photo
from lookout.domain.cameras.camera import Camera
from lookout.domain.people.photo import PhotoPath
from lookout.domain.recognition.face import GoodFace
from lookout.services.detect import endpoint, frames
from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import recogniser
from lookout.web.rate_limit import RateLimit
from stack.fake_camera.client import on_frame
from tests.support import functions
from tests.support.faces import good
from tests.support.household import Household
from tests.support.visits import let_pass

CAMERA = "cam_front"


@functools.cache
def detect_app() -> Any:
    return functions.app("detect")


@functools.cache
def _shot(photo: Path, width: int, height: int) -> bytes:
    return on_frame(photo.read_bytes(), width, height)


Shot = Callable[..., bytes]


@pytest.fixture(scope="session")
def shot(photos: Path) -> Shot:
    """A photo as a frame of so many pixels: ``shot("obama.jpg")``, ``shot("obama.jpg", 640, 480)``."""

    def taken(photo: str, width: int = 800, height: int = 600) -> bytes:
        return _shot(photos / photo, width, height)

    return taken


@functools.cache
def _face(photo: Path) -> GoodFace:
    (face,) = recogniser(Settings()).see(decode(photo.read_bytes())).faces
    return good(face)


@dataclass
class People:
    """The gallery, filled as ``enroll`` fills it."""

    db: Any
    stores: Stores
    photos: Path
    model_id: str

    def enrol(self, person_id: str, *photos: str) -> None:
        enrolment = Enrolment(self.stores, self.model_id, 100)
        for name in photos:
            photo = Photo(PhotoPath(person_id, name), 1, datetime.now(UTC))
            assert enrolment.begin(photo)
            assert enrolment.enrol(photo, _face(self.photos / name))

    def rename(self, person_id: str, name: str) -> None:
        self.db.document(f"people/{person_id}").update({"name": name})
        assert Enrolment(self.stores, self.model_id, 100).sync_profile(person_id)

    def mute(self, person_id: str, muted: bool) -> None:
        self.db.document(f"people/{person_id}").update({"muted": muted})
        assert Enrolment(self.stores, self.model_id, 100).sync_profile(person_id)

    def forget(self, person_id: str) -> None:
        self.db.document(f"people/{person_id}").delete()
        Enrolment(self.stores, self.model_id, 100).forget_person(person_id, datetime.now(UTC))


@pytest.fixture
def people(db: Any, stores: Stores, photos: Path, settings: Settings) -> People:
    return People(db, stores, photos, installed(settings).card.model_id)


@dataclass
class House(Household):
    """A registered camera, and the function that judges its frames."""

    client: FlaskClient
    key: str

    def another_instance(self, db: Any = None, bucket: Any = None, **changes: Any) -> Any:
        """A warm instance of its own, with nothing in its memory."""
        return frames.FrameService(*self.changed(db, bucket, **changes))

    def run_on(self, watch: Any, db: Any = None) -> None:
        """Let ``watch`` answer the requests from now on."""
        settings = watch._settings
        stores = Stores(db or self.db, self.bucket, settings.limits.store_timeout_seconds)
        keys = CameraKeys(stores, settings.limits.camera_cache_seconds)
        endpoint.camera_keys.replace(keys)
        endpoint.limit.replace(RateLimit(settings.limits.frames_per_minute))
        endpoint.service.replace(watch)

    def answer(self, jpeg: bytes, key: str | None = None, camera: str = CAMERA) -> Any:
        """The HTTP answer to a frame."""
        headers = {"X-Camera-Id": camera, "X-Camera-Key": self.key if key is None else key}
        return self.client.post("/detect", data=jpeg, content_type="image/jpeg", headers=headers)

    def post(self, jpeg: bytes) -> dict[str, Any]:
        """What a frame is answered when all is well."""
        answer = self.answer(jpeg)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json
        return read

    def look(self, jpeg: bytes) -> dict[str, Any]:
        """The only face of a frame, as answered to a camera that saw nobody before: no visit is open."""
        camera = f"cam_{uuid4().hex}"
        answer = self.answer(jpeg, register(self.db, camera, ROOM.name), camera)
        assert answer.status_code == 200, answer.text
        (face,) = answer.json["faces"]
        read: dict[str, Any] = face
        return read

    def everybody_leaves(self) -> None:
        """The visits of everybody who was seen are over."""
        let_pass(self.stores, CAMERA, timedelta(seconds=self.settings.visits.visit_seconds + 1))

    def alert(self) -> dict[str, Any]:
        """The only alert there is."""
        (alert,) = self.alerts()
        return alert


ROOM = Camera(CAMERA, "Front Door", "active", 0)
"""The registered camera, for frames that are given to a ``FrameService`` itself."""


@pytest.fixture
def house(settings: Settings, db: Any, bucket: Any) -> House:
    key = register(db, CAMERA, ROOM.name)
    made = House(settings, db, bucket, detect_app().test_client(), key)
    made.run_on(made.another_instance())
    return made

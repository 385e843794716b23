"""Each test has a Firestore project and a Storage bucket of its own, on the emulators of the one stack."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import Client as FirestoreClient
from google.cloud.storage import Client as StorageClient

from lookout.cloud.firebase.stores import Stores
from lookout.settings import Settings
from stack.install import models
from stack.install import photos as sample_photos
from stack.local.info import StackInfo
from tests.support.outage import StoreLine
from tests.support.settings import changed


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of the sample photos."""
    models.ensure()
    return sample_photos.ensure()


@pytest.fixture
def project(stack: StackInfo) -> str:
    """A project that nobody used before."""
    assert stack.project.startswith("demo-")
    return f"demo-{secrets.token_hex(6)}"


def firestore_at(host: str, project: str) -> Any:
    """A client of the Firestore emulator that answers at ``host``."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIRESTORE_EMULATOR_HOST", host)
        return FirestoreClient(project, AnonymousCredentials())  # type: ignore[no-untyped-call]


def bucket_at(url: str, project: str) -> Any:
    """The project's bucket in the Storage emulator that answers at ``url``."""
    options = ClientOptions(api_endpoint=url)
    anybody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    return StorageClient(project, anybody, client_options=options).bucket(f"{project}.appspot.com")


@pytest.fixture
def db(project: str) -> Iterator[Any]:
    client = firestore_at(os.environ["FIRESTORE_EMULATOR_HOST"], project)
    yield client
    client.close()


@pytest.fixture
def bucket(stack: StackInfo, project: str) -> Iterator[Any]:
    made = bucket_at(stack.urls["storage"], project)
    yield made
    made.client.close()


@pytest.fixture
def line(stack: StackInfo) -> Iterator[StoreLine]:
    """A line to the Firestore emulator that a test may cut."""
    assert stack.urls
    made = StoreLine(os.environ["FIRESTORE_EMULATOR_HOST"])
    yield made
    made.cut()
    made.join()


@pytest.fixture
def distant_db(line: StoreLine, project: str) -> Iterator[Any]:
    """The test's Firestore, reached over ``line``."""
    client = firestore_at(line.host, project)
    yield client
    client.close()


@pytest.fixture
def stores(db: Any, bucket: Any) -> Stores:
    """The test's stores, with time enough on a busy machine."""
    return Stores(db, bucket, 30.0)


@pytest.fixture
def settings() -> Settings:
    """Every look at a store is a fresh one, every frame a heartbeat, and no test posts too fast; the rest is the
    default."""
    return changed(
        Settings(),
        GALLERY_REFRESH_SECONDS=0.0,
        CAMERA_CACHE_SECONDS=0.0,
        HEARTBEAT_SECONDS=0.0,
        STORE_TIMEOUT_SECONDS=30.0,
        CAMERA_FRAMES_PER_MINUTE=6000,
        USER_CALLS_PER_MINUTE=6000,
    )


def objects(bucket: Any) -> list[str]:
    """The paths of all that is in the bucket."""
    return sorted(blob.name for blob in bucket.list_blobs())

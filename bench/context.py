"""What the measures share: photos, frames, people, and a local stack where one is needed."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.frames import Frames
from lookout.cloud.firebase.stores import Stores
from stack.local.info import StackInfo

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Context:
    """``folder`` is for what is made on the way; ``people`` has a folder with photos for each of 20 people."""

    folder: Path
    samples: Path
    frames: Frames
    people: Path
    info: StackInfo | None = None

    @property
    def stack(self) -> StackInfo:
        """The local stack; only for measures that are said to need one."""
        assert self.info is not None
        return self.info


def stores_at(firestore: str, storage: str, project: str | None = None) -> Stores:
    """The stores of a ``project``, by default of one that nobody used before, in the emulators at ``firestore``
    ("host:port") and ``storage`` (its address)."""
    from google.api_core.client_options import ClientOptions
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.firestore import Client
    from google.cloud.storage import Client as StorageClient

    name = project or f"demo-bench-{secrets.token_hex(4)}"
    before = os.environ.get("FIRESTORE_EMULATOR_HOST")
    os.environ["FIRESTORE_EMULATOR_HOST"] = firestore
    try:
        anybody: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]
        db: Any = Client(name, anybody)
    finally:
        if before is None:
            del os.environ["FIRESTORE_EMULATOR_HOST"]
        else:
            os.environ["FIRESTORE_EMULATOR_HOST"] = before
    client = StorageClient(name, anybody, client_options=ClientOptions(api_endpoint=storage))
    return Stores(db, client.bucket(f"{name}.appspot.com"), SECONDS)

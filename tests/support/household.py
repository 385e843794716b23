"""The stores of one household, as the tests of every service fill them and look into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lookout.cloud.firebase.stores import Stores
from lookout.settings import Settings
from tests.support.settings import changed
from tests.support.stores import objects


@dataclass
class Household:
    """Firestore and Storage of a test alone, and the settings that its functions run with."""

    settings: Settings
    db: Any
    bucket: Any

    @property
    def stores(self) -> Stores:
        """The stores as a function has them."""
        return Stores(self.db, self.bucket, self.settings.limits.store_timeout_seconds)

    def changed(self, db: Any = None, bucket: Any = None, **changes: Any) -> tuple[Settings, Stores]:
        """Settings with these ``changes``, and stores that may be reached in another way."""
        settings = changed(self.settings, **changes)
        timeout = settings.limits.store_timeout_seconds
        return settings, Stores(db or self.db, bucket or self.bucket, timeout)

    def get(self, path: str) -> dict[str, Any] | None:
        """The document at ``path``; None when there is none."""
        read: dict[str, Any] | None = self.db.document(path).get().to_dict()
        return read

    def read(self, path: str) -> dict[str, Any]:
        """A document that is there."""
        found = self.get(path)
        assert found is not None, path
        return found

    def upload(self, path: str, data: bytes) -> int:
        """Put an object into Storage; its generation."""
        self.bucket.blob(path).upload_from_string(data, "image/jpeg")
        return int(self.bucket.get_blob(path).generation)

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts, each with its ``id``."""
        return [snapshot.to_dict() | {"id": snapshot.id} for snapshot in self.db.collection("alerts").get()]

    def pictures(self) -> list[str]:
        """The paths of all alerts' pictures."""
        return [path for path in objects(self.bucket) if path.startswith("alerts/")]

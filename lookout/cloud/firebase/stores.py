"""Where a household's documents and pictures are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lookout.cloud.firebase.calls import CallOptions, call_options
from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.settings import current_settings

if TYPE_CHECKING:
    from google.cloud.firestore import Client

    from lookout.cloud.firebase.types import Bucket


@dataclass(frozen=True, slots=True)
class Stores:
    """Firestore, the bucket of Storage, and the longest wait in seconds for one call of either."""

    db: Client
    bucket: Bucket
    timeout: float

    @property
    def options(self) -> CallOptions:
        """Keyword arguments of a call of Firestore."""
        return call_options(self.timeout)


def firebase_stores(timeout: float | None = None) -> Stores:
    """The stores of this process. A call may take ``timeout`` seconds; by default as the settings have it."""
    return Stores(firestore_client(), bucket(), timeout or current_settings().limits.store_timeout_seconds)

"""Types of the stores for checking: import them under ``TYPE_CHECKING``.

Firestore's are its package's own. Storage's package has none, so what is used of it is described here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from google.cloud.firestore import (
        Client as Client,
    )
    from google.cloud.firestore import CollectionReference, DocumentReference, DocumentSnapshot, Query

    Documents: TypeAlias = CollectionReference | Query
    Snapshot: TypeAlias = DocumentSnapshot[DocumentReference]


class Blob(Protocol):
    """``google.cloud.storage.Blob``: an object, and what Storage said of it when it was asked."""

    name: str
    size: int
    generation: int
    metageneration: int
    content_type: str | None
    content_disposition: str | None
    time_created: datetime
    metadata: Mapping[str, str] | None
    md5_hash: str

    def upload_from_string(
        self, data: bytes, content_type: str | None, *, timeout: float, retry: object = ..., **condition: int
    ) -> None:
        """Store ``data`` under the name."""

    def open(
        self,
        mode: Literal["wb"],
        chunk_size: int,
        ignore_flush: bool,
        *,
        content_type: str,
        timeout: float,
        retry: object = ...,
    ) -> BinaryIO:
        """A file whose content is stored when it is closed, and not at all when an error leaves it."""

    def download_as_bytes(self, *, timeout: float, retry: object = ...) -> bytes:
        """What is stored under the name."""

    def delete(self, *, timeout: float, retry: object = ..., **condition: int) -> None:
        """Delete it."""

    def patch(self, *, timeout: float, retry: object = ..., **condition: int) -> None:
        """Write the metadata."""


class SoftDeletePolicy(Protocol):
    """For how long a bucket keeps what is deleted; None where it does not say."""

    @property
    def retention_duration_seconds(self) -> int | None:
        """In seconds; 0 where nothing is kept."""


class Bucket(Protocol):
    """``google.cloud.storage.Bucket``."""

    @property
    def soft_delete_policy(self) -> SoftDeletePolicy:
        """As of the last :meth:`reload`."""

    def reload(self, *, timeout: float, retry: object = ...) -> None:
        """Ask what the bucket is set to."""

    def blob(self, blob_name: str, *, generation: int | None = None) -> Blob:
        """The object of a name, without asking whether there is one."""

    def get_blob(self, blob_name: str, *, timeout: float, retry: object = ..., **which: int) -> Blob | None:
        """The object of a name; None when there is none."""

    def list_blobs(
        self,
        *,
        prefix: str | None = None,
        start_offset: str | None = None,
        end_offset: str | None = None,
        timeout: float,
        retry: object = ...,
    ) -> Iterator[Blob]:
        """The objects whose names begin with ``prefix``, by their names."""

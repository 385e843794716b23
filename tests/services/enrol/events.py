"""Events as the platform delivers them to ``enroll``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cloudevents.http import CloudEvent

from tests.support.events import of_document


def of_object(kind: str, path: str, generation: int) -> CloudEvent:
    """An object of Storage was ``finalized`` or ``deleted``."""
    attributes = {
        "type": f"google.cloud.storage.object.v1.{kind}",
        "source": "//storage.googleapis.com/projects/_/buckets/b",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    data = {
        "bucket": "b",
        "generation": str(generation),
        "id": path,
        "metageneration": "1",
        "name": path,
        "size": "1",
        "storageClass": "STANDARD",
    }
    return CloudEvent(attributes, data)


def of_person(
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    person_id: str = "b",
    written_at: datetime | None = None,
) -> CloudEvent:
    """The document of a person was written; None where there was, or is, none."""
    return of_document("written", f"people/{person_id}", before, after, written_at)

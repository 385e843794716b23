"""Events as the platform delivers them to ``enroll``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from cloudevents.http import CloudEvent

from tests.rules.rest import encoded


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
    before: Mapping[str, object] | None, after: Mapping[str, object] | None, person_id: str = "b"
) -> CloudEvent:
    """The document of a person was written; None where there was, or is, none."""
    document = f"people/{person_id}"
    name = f"projects/demo/databases/(default)/documents/{document}"
    attributes = {
        "type": "google.cloud.firestore.document.v1.written",
        "source": "//firestore.googleapis.com/projects/demo/databases/(default)",
        "subject": f"documents/{document}",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "datacontenttype": "application/json",
        "location": "eur3",
        "project": "demo",
        "namespace": "(default)",
        "database": "(default)",
        "document": document,
    }
    told = {
        key: {"name": name, "fields": {field: encoded(value) for field, value in fields.items()}}
        for key, fields in (("oldValue", before), ("value", after))
        if fields is not None
    }
    return CloudEvent(attributes, json.dumps(told))

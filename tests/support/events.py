"""Events of Firestore as the platform delivers them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from cloudevents.http import CloudEvent

from tests.rules.rest import encoded


def of_document(
    kind: str,
    document: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    written_at: datetime | None = None,
) -> CloudEvent:
    """A document was ``written``, ``created`` …; None where there was, or is, none.

    ``written_at`` is when it was last written before. Its path stands in a header as the platform has it.
    """
    name = f"projects/demo/databases/(default)/documents/{document}"
    attributes = {
        "type": f"google.cloud.firestore.document.v1.{kind}",
        "source": "//firestore.googleapis.com/projects/demo/databases/(default)",
        "subject": f"documents/{document}",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "datacontenttype": "application/json",
        "location": "eur3",
        "project": "demo",
        "namespace": "(default)",
        "database": "(default)",
        "document": unquote(document).strip(),
    }
    told: dict[str, dict[str, object]] = {
        key: {"name": name, "fields": {field: encoded(value) for field, value in fields.items()}}
        for key, fields in (("oldValue", before), ("value", after))
        if fields is not None
    }
    if before is not None and written_at is not None:
        told["oldValue"]["updateTime"] = written_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return CloudEvent(attributes, json.dumps(told))

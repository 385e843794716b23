"""What a Firestore client reads, as it is billed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lookout.cloud.firebase import google_private


class Reads:
    """Counts, from now on, the ``documents`` that come to the client ``db``, and the ``aggregations`` it asks for.

    An aggregation costs one read per thousand documents that it counts.
    """

    def __init__(self, db: Any) -> None:
        self.documents = self.aggregations = 0
        self._api: Any = google_private.firestore_api(db)
        google_private.replace_firestore_api(db, self)

    def run_query(self, *args: Any, **named: Any) -> Iterator[Any]:
        for answer in self._api.run_query(*args, **named):
            self.documents += bool(answer.document.name)
            yield answer

    def batch_get_documents(self, *args: Any, **named: Any) -> Iterator[Any]:
        for answer in self._api.batch_get_documents(*args, **named):
            # one that is not there costs as much
            self.documents += bool(answer.found.name or answer.missing)
            yield answer

    def run_aggregation_query(self, *args: Any, **named: Any) -> Any:
        self.aggregations += 1
        return self._api.run_aggregation_query(*args, **named)

    def commit(self, *args: Any, **named: Any) -> Any:
        return self._api.commit(*args, **named)

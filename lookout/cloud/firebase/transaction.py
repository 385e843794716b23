"""Changing several documents as one step, by trying again when somebody else was faster.

Google's transactions lock what they read: many events at once, that all read the gallery's version and then
want to write it, lock each other out for seconds and use up their tries. Here nothing is locked: a step is written
only if what it was decided by is still as it was read, and of several at once one always gets through.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.errors import Unavailable

if TYPE_CHECKING:
    from google.cloud.firestore import CollectionReference, DocumentReference

    from lookout.cloud.firebase.types import Snapshot

TRIES = 40
PAUSE = 0.02
"""Seconds; a try that failed waits for a random part of this times the number of tries."""

Result = TypeVar("Result")


class Transaction:
    """One try of a step: what was read for it, and what it will write."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._read_at: dict[str, Any] = {}
        self._written: set[str] = set()
        self.batch = stores.db.batch()

    def read(self, references: Sequence[DocumentReference]) -> list[dict[str, Any] | None]:
        """The documents as they were at one moment; None for one that is not there."""
        found = {
            one.reference.path: one
            for one in self._stores.db.get_all(list(references), **self._stores.options)
        }
        return [self._noted(found[reference.path]) for reference in references]

    def read_collection(self, collection: CollectionReference) -> dict[str, dict[str, Any]]:
        """All documents of a collection, by their ids."""
        return {one.id: self._noted(one) or {} for one in collection.stream(**self._stores.options)}

    def _noted(self, snapshot: Snapshot) -> dict[str, Any] | None:
        # what was decided by the first look must still hold, also when a document is looked at twice
        self._read_at.setdefault(snapshot.reference.path, snapshot.update_time)
        return snapshot.to_dict()

    def set(self, reference: DocumentReference, fields: Mapping[str, object]) -> None:
        """Write the fields of a document that was read, if nobody changed or deleted it since."""
        read_at = self._read_at[reference.path]
        self._written.add(reference.path)
        if read_at is None:
            self.batch.create(reference, dict(fields))
        else:
            self.batch.update(reference, dict(fields), self._stores.db.write_option(last_update_time=read_at))

    def hold(self, reference: DocumentReference, stored: Mapping[str, object]) -> None:
        """Have the step decided anew if a document that was read is deleted or changed before it is written.

        Firestore checks only what is written, so one of the ``stored`` fields is written as it is.
        """
        for name in sorted(stored)[:1]:
            self.set(reference, {name: stored[name]})

    def has_write(self, reference: DocumentReference) -> bool:
        """Whether the step writes fields of that document already."""
        return reference.path in self._written

    def remove(self, reference: DocumentReference) -> None:
        """Delete a document that was read, if nobody changed it since."""
        unchanged = self._stores.db.write_option(last_update_time=self._read_at[reference.path])
        self.batch.delete(reference, unchanged)

    def remove_first(self, reference: DocumentReference) -> None:
        """Delete a document that was read, at once and if nobody changed it since.

        What the step writes there is then a new one, with a time of its own at which it was made.
        """
        read_at = self._read_at[reference.path]
        if read_at is not None:
            reference.delete(self._stores.db.write_option(last_update_time=read_at), **self._stores.options)

    def write(self) -> None:
        """Write all of it, or nothing."""
        if len(self.batch):
            self.batch.commit(retry=None, timeout=self._stores.timeout)


def run(stores: Stores, step: Callable[[Transaction], Result]) -> Result:
    """Run ``step`` until what it wants to write is written, and return what it returned.

    Raises:
        Unavailable: Firestore did not answer, or others were faster every time.
    """
    from google.api_core.exceptions import Aborted, AlreadyExists, FailedPrecondition, NotFound

    for tried in range(1, TRIES + 1):
        with store_errors("Firestore"):
            transaction = Transaction(stores)
            try:
                result = step(transaction)
                transaction.write()
            except (Aborted, AlreadyExists, FailedPrecondition, NotFound):
                time.sleep(random.uniform(0, PAUSE * tried))  # noqa: S311 - so that they do not meet again
            else:
                return result
    raise Unavailable("Too many changes at once; try again.")

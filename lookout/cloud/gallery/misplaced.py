"""``misplaced_photos/{id}``: files below ``faces/`` in no person's folder, with what to do about each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import StoredPhoto
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.photos import UploadedPhoto
from lookout.documents.people import MisplacedPhoto
from lookout.domain.people.misplaced import misplaced

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

CAUGHT_UP = 50
"""Files that :meth:`MisplacedPhotos.catch_up` deals with at a time."""


class MisplacedPhotos:
    """Updates the list. Raises ``Unavailable`` when Firestore does not answer."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def note(self, path: str, stored: StoredPhoto) -> str:
        """Put a file that cannot be enrolled on the list. Returns what was done, for the log."""
        reason = misplaced(path)
        if reason is None:
            return "a folder"
        fields: MisplacedPhoto = {
            "path": path,
            "generation": stored.generation,
            "reason": reason,
            "createdAt": stored.created_at,
        }

        def change(transaction: Transaction) -> str:
            reference = self._reference(path)
            (found,) = transaction.read([reference])
            if found is None or _generation(found) < stored.generation:
                transaction.set(reference, fields)
            return f"misplaced: {reason}"

        return run(self._stores, change)

    def forget(self, path: str, generation: int) -> str:
        """Take a deleted file off the list. Returns what was done, for the log."""

        def change(transaction: Transaction) -> str:
            reference = self._reference(path)
            (found,) = transaction.read([reference])
            if found is None or _generation(found) > generation:
                return "nothing to forget"
            transaction.remove(reference)
            return "no longer misplaced"

        return run(self._stores, change)

    def catch_up(self, uploaded: Iterable[UploadedPhoto], before: datetime) -> int:
        """Correct the list where events were lost; for how many files, at most :data:`CAUGHT_UP`.

        ``uploaded`` are all objects below ``faces/``. The event of one that came after ``before`` may still
        arrive.
        """
        there = {one.path: one for one in uploaded if one.place is None}
        with store_errors("Firestore"):
            query = self._stores.db.collection("misplaced_photos").select(["path", "generation"])
            found = list(query.stream(**self._stores.options))
            entries = [one.to_dict() or {} for one in found]
            for one, entry in zip(found, entries, strict=True):
                if not isinstance(entry.get("path"), str):
                    # no program wrote it, and it tells nobody anything
                    one.reference.delete(**self._stores.options)
        listed = {
            entry["path"]: _generation(entry) for entry in entries if isinstance(entry.get("path"), str)
        }
        gone = [path for path in listed if path not in there]
        new = [
            one.path
            for one in there.values()
            if one.created_at <= before and listed.get(one.path, -1) < one.generation
        ]
        wrong = [*gone, *new][:CAUGHT_UP]
        for path in wrong:
            # asked again: it may have been uploaded or deleted after the others were listed
            stored = storage.photo(self._stores, path)
            if stored is None:
                self.forget(path, listed.get(path, 0))
            else:
                self.note(path, stored)
        return len(wrong)

    def forget_folder(self, folder: str) -> int:
        """Take the files below a folder, given as ``faces/{personId}/``, off the list; how many."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        after_all = folder.removesuffix("/") + "0"  # the character after the slash
        listed = self._stores.db.collection("misplaced_photos").where(
            filter=FieldFilter("path", ">=", folder)
        )
        listed = listed.where(filter=FieldFilter("path", "<", after_all))
        with store_errors("Firestore"):
            found = list(listed.stream(**self._stores.options))
            for one in found:
                one.reference.delete(**self._stores.options)
        return len(found)

    def _reference(self, path: str) -> DocumentReference:
        # a path may have more bytes than a document's id may
        return self._stores.db.collection("misplaced_photos").document(
            hashlib.sha256(path.encode()).hexdigest()[:32]
        )


def _generation(entry: Mapping[str, object]) -> int:
    """The generation that an entry names; -1, older than any, where it names none."""
    generation = entry.get("generation")
    return generation if isinstance(generation, int) else -1

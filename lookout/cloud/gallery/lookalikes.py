"""Look-alikes: updated after each change of a person, on both people, for ``detect`` and for the owner.

Changes may come in any order, and many at once. Who may be affected is looked up in memory; what is written is
computed from the stored documents, and refused if they changed since. Of two changes, the later update sees both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.gallery.person_document import from_document, lookalikes
from lookout.cloud.gallery.reader import GalleryReader
from lookout.cloud.gallery.state import GalleryChange, state_reference
from lookout.domain.people.person import Profile
from lookout.domain.recognition.confusion import closest_photo, confusable
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.errors import CorruptGallery
from lookout.log import Severity, log

AT_ONCE = 100
"""Others updated in one step: with a wide threshold everybody may be alike, and a step's size is limited."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A person as a step read it: the documents in ``gallery`` and ``people``, empty if there is none."""

    person_id: str
    gallery: dict[str, Any]
    person: dict[str, Any]

    @property
    def name(self) -> str:
        return Profile.read(self.person_id, self.person or self.gallery)[0].name

    @property
    def vectors(self) -> PersonVectors | None:
        if not self.gallery or self.gallery.get("deleted"):
            return None
        try:
            return from_document(self.person_id, self.gallery)
        except CorruptGallery:
            return None  # logged by the reader of the gallery

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        """The entries of the owner's list that can be read, by the other's id."""
        listed = self.person.get("lookalikes")
        entries = listed if isinstance(listed, list) else []
        return {
            entry["personId"]: entry
            for entry in entries
            if isinstance(entry, dict)
            and isinstance(entry.get("personId"), str)
            and isinstance(entry.get("distance"), int | float)
        }


class Lookalikes:
    """Updates look-alikes, for one model. One per warm instance."""

    def __init__(self, stores: Stores, model_id: str) -> None:
        self._stores = stores
        self._model_id = model_id
        self._everybody = GalleryReader(stores, model_id, 0.0)

    def follow(self, person_id: str, threshold: float) -> None:
        """Update the look-alikes of a person after a change, on the person and on everybody who is or was one.

        Raises:
            Unavailable: Firestore did not answer; it may be called again.
        """
        with store_errors("Firestore"):
            others = sorted(self._concerned(person_id, threshold) - {person_id})
        for start in range(0, len(others), AT_ONCE):
            some = others[start : start + AT_ONCE]

            def change(transaction: Transaction, some: Sequence[str] = some) -> dict[str, float | None]:
                return self._pairs(transaction, person_id, some, threshold)

            changed = run(self._stores, change)
            for other, distance in changed.items():
                if distance is None:
                    log(Severity.INFO, "look-alikes ended", person=person_id, other=other)
                else:
                    fields = {"person": person_id, "other": other, "distance": distance}
                    log(Severity.WARNING, "two people are hard to tell apart", **fields)

    def _concerned(self, person_id: str, threshold: float) -> set[str]:
        """Everybody who is a look-alike now, or is stored as one on either side."""
        from google.cloud.firestore_v1.base_query import FieldFilter
        from google.cloud.firestore_v1.field_path import FieldPath

        # the reader has only people who can be matched; a stored list may still name one who cannot
        entry = FieldPath("lookalikes", person_id).to_api_repr()
        naming = self._stores.db.collection("gallery").where(filter=FieldFilter(entry, ">=", 0)).select([])
        transaction = Transaction(self._stores)
        (own,) = self._read(transaction, [person_id])
        return (
            confusable(person_id, self._everybody.latest(), threshold).keys()
            | {one.id for one in naming.stream(**self._stores.options)}
            | lookalikes(own.gallery).keys()
            | own.shown.keys()
        )

    def _pairs(
        self, transaction: Transaction, person_id: str, others: Sequence[str], threshold: float
    ) -> dict[str, float | None]:
        """Update what is stored of each pair; the new distances of those that changed, None for one that ended."""
        # the version first: a change between the two reads then has the step refused
        (state,) = transaction.read([state_reference(self._stores.db)])
        own, *rest = self._read(transaction, [person_id, *others])
        change = GalleryChange(transaction, self._stores.db, state, self._model_id)
        matchable = [vectors for one in (own, *rest) if (vectors := one.vectors) is not None]
        gallery = Gallery(self._model_id, matchable).consenting(datetime.now(UTC))
        alike = confusable(person_id, gallery, threshold)
        entries = {one.person_id: _entry(own, one, alike.get(one.person_id)) for one in rest}
        self._note(transaction, change, own, entries)
        for one in rest:
            self._note(transaction, change, one, {person_id: _entry(one, own, alike.get(one.person_id))})
        if len(transaction.batch):
            # also when only an owner's list changes: the list depends on the gallery as it was read
            change.write_version()
        return dict(_differences(own, rest, alike))

    def _read(self, transaction: Transaction, ids: Sequence[str]) -> list[_Stored]:
        references = [
            self._stores.db.collection(name).document(one) for name in ("gallery", "people") for one in ids
        ]
        documents = [document or {} for document in transaction.read(references)]
        return [_Stored(*one) for one in zip(ids, documents, documents[len(ids) :], strict=False)]

    def _note(
        self,
        transaction: Transaction,
        change: GalleryChange,
        stored: _Stored,
        changed: Mapping[str, dict[str, Any] | None],
    ) -> None:
        """Write the ``changed`` entries, by the others' ids, to a person; None removes one."""
        holding = {other: entry for other, entry in changed.items() if entry is not None}
        if stored.gallery and not stored.gallery.get("deleted"):
            kept = {other: d for other, d in lookalikes(stored.gallery).items() if other not in changed}
            wanted = kept | {other: entry["distance"] for other, entry in holding.items()}
            if wanted != (stored.gallery.get("lookalikes") or {}):
                change.set(stored.person_id, {"lookalikes": wanted})
        if stored.person:
            entries = {
                other: entry for other, entry in stored.shown.items() if other not in changed
            } | holding
            shown = sorted(entries.values(), key=lambda entry: (entry["distance"], entry["personId"]))
            if shown != (stored.person.get("lookalikes") or []):
                reference = self._stores.db.collection("people").document(stored.person_id)
                transaction.set(reference, {"lookalikes": shown})


def _entry(of: _Stored, other: _Stored, distance: float | None) -> dict[str, Any] | None:
    if distance is None:
        return None
    entry: dict[str, Any] = {"personId": other.person_id, "name": other.name, "distance": distance}
    own, others = of.vectors, other.vectors
    if own is None or others is None:
        return entry
    return entry | {"photoId": closest_photo(own, others)}


def _differences(
    own: _Stored, others: Sequence[_Stored], alike: Mapping[str, float]
) -> Iterator[tuple[str, float | None]]:
    listed = lookalikes(own.gallery)
    for other in others:
        before = listed.get(other.person_id, lookalikes(other.gallery).get(own.person_id))
        now = alike.get(other.person_id)
        if before != now:
            yield other.person_id, now

"""Deletions as parts of a step: each returns how many things of each kind it deletes, none if there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.transaction import Transaction
from lookout.cloud.gallery.state import GalleryChange, gallery_reference, state_reference
from lookout.cloud.strangers.named import NamedStrangers
from lookout.domain.people import erasure

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference


def erase_alert(db: Client, alert_id: str, person_id: str, transaction: Transaction) -> Mapping[str, int]:
    """Erase an alert of the person, with its vector and its notices. Its pictures are deleted before."""
    reference = db.collection("alerts").document(alert_id)
    (alert,) = transaction.read([reference])
    if alert is None or alert.get("personId") != person_id:
        return {}
    transaction.set(reference, erasure.erased_alert(datetime.now(UTC)))
    transaction.batch.delete(db.collection("alert_vectors").document(alert_id))
    for state in ("new", "known"):
        transaction.batch.delete(db.collection("notices").document(f"{alert_id}_{state}"))
    return {"alerts": 1}


def remove_stranger(
    strangers: NamedStrangers, stranger_id: str, person_id: str, transaction: Transaction
) -> Mapping[str, int]:
    """Remove a stranger that is being named as the person, or vectors that are left of one."""
    return {"strangers": int(strangers.remove(transaction, stranger_id, person_id))}


def change(
    reference: DocumentReference,
    fields_of: Callable[[Mapping[str, Any]], dict[str, Any] | None],
    kind: str,
    transaction: Transaction,
) -> Mapping[str, int]:
    """Change a document by the fields that ``fields_of`` returns for it; None leaves it as it is."""
    (stored,) = transaction.read([reference])
    fields = None if stored is None else fields_of(stored)
    if fields is None:
        return {}
    transaction.set(reference, fields)
    return {kind: 1}


def remove(reference: DocumentReference, kind: str, transaction: Transaction) -> Mapping[str, int]:
    """Delete a document."""
    (stored,) = transaction.read([reference])
    if stored is None:
        return {}
    transaction.remove(reference)
    return {kind: 1}


def clear_frame(
    reference: DocumentReference, path: str | None, transaction: Transaction
) -> Mapping[str, int]:
    """Take the frame at ``path`` off an alert, unless it has a newer one. Its picture was counted already."""
    (alert,) = transaction.read([reference])
    if alert is not None and alert.get("imagePath") == path:
        transaction.set(reference, {"imagePath": None, "beside": []})
    return {}


def without_person(
    db: Client, owner_id: str, person_id: str, alert_ids: Collection[str], transaction: Transaction
) -> Mapping[str, int]:
    """Delete the person's faces and look-alikes from the gallery's document of ``owner_id``."""
    gallery, state = transaction.read([gallery_reference(db, owner_id), state_reference(db)])
    changes = None if gallery is None else erasure.without_person(gallery, person_id, alert_ids)
    if gallery is None or changes is None:
        return {}
    GalleryChange(transaction, db, state).set(owner_id, changes)
    negatives = gallery.get("negatives") or ()
    gone = len(negatives) - len(changes.get("negatives", negatives))
    return {"corrections": gone, "lookalikes": int("lookalikes" in changes)}

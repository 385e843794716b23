"""What is deleted with an alert: pictures, vector and notices, and the stranger if it has no other alert."""

from __future__ import annotations

from lookout.cloud.corrections.jobs import JobStore
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.strangers.documents import has_alerts
from lookout.cloud.strangers.records import Stranger
from lookout.cloud.strangers.removal import StrangerRemoval
from lookout.domain.people.requests import is_document_id
from lookout.errors import NotFound

PARTS = 16
"""A sweep looks at one part of the strangers: those whose ids begin with the same hexadecimal digit."""


def delete_alert(stores: Stores, alert_id: str) -> None:
    """Delete an alert that may be gone already; ``alert_deleted`` sees to what goes with it.

    Raises:
        NotFound: no alert can have that id.
        Unavailable: Firestore did not answer.
    """
    if not is_document_id(alert_id):
        raise NotFound(f"There is no alert {alert_id!r}.")
    with store_errors("Firestore"):
        stores.db.collection("alerts").document(alert_id).delete(**stores.options)


class UnseenStrangers:
    """Removes strangers that have no alert. Every method raises ``Unavailable`` when a store does not answer."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._removal = StrangerRemoval(stores)
        self._jobs = JobStore(stores)

    def remove(self, stranger_id: str, finishing: str | None = None) -> bool:
        """Remove the stranger if it has no alert; whether it was removed.

        A muted stranger stays until it expires: it makes no alerts, and would make them again. A stranger stays
        while a job is working on it, other than the job ``finishing``, which asks.
        """

        def is_unseen(stranger: Stranger) -> bool:
            # asked after the stranger was read: an alert that comes later changes the stranger
            return (
                not stranger.is_muted
                and not self._is_taken(f"strangers/{stranger_id}", finishing)
                and not has_alerts(self._stores, stranger_id)
            )

        return self._removal.remove_if(stranger_id, is_unseen)

    def sweep(self, number: int) -> int:
        """Remove the unseen strangers of one part; how many. ``number`` is that of the run, and picks the part."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        digit = f"{number % PARTS:x}"
        strangers = self._stores.db.collection("strangers")
        first, end = strangers.document(digit), strangers.document(f"{digit}g")
        wanted = strangers.where(filter=FieldFilter("__name__", ">=", first))
        wanted = wanted.where(filter=FieldFilter("__name__", "<", end)).select([])
        with store_errors("Firestore"):
            found = list(wanted.stream(**self._stores.options))
        return sum(self.remove(one.id) for one in found)

    def _is_taken(self, path: str, finishing: str | None) -> bool:
        return any(path in (*job.takes, *job.joins) for job in self._jobs.running() if job.id != finishing)


def forget_alert(stores: Stores, alert_id: str) -> int:
    """Delete what belonged to a deleted alert: its pictures, its face's vector and its notices.

    Returns how many pictures there were.

    Raises:
        Unavailable: a store did not answer; it may be called again.
    """
    batch = stores.db.batch()
    batch.delete(stores.db.collection("alert_vectors").document(alert_id))
    for state in ("new", "known"):
        batch.delete(stores.db.collection("notices").document(f"{alert_id}_{state}"))
    with store_errors("Firestore"):
        batch.commit(retry=None, timeout=stores.timeout)
    return storage.remove_folder(stores, f"alerts/{alert_id}/")

"""What goes with an alert: pictures, vector, notices; with the last one of a stranger, the stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookout.cloud.corrections.jobs import JobStore
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.records import StrangerRecords, has_alerts

if TYPE_CHECKING:
    from google.cloud.firestore import Client

    from lookout.cloud.firebase.types import Bucket

PARTS = 16
"""Strangers are looked through in one part of their ids at a time: those that begin with the same digit."""


class UnseenStrangers:
    """Lets strangers go of whom there is no alert. Every method raises ``Unavailable`` when a store is silent."""

    def __init__(self, db: Client, bucket: Bucket, timeout: float) -> None:
        self._db = db
        self._bucket = bucket
        self._strangers = StrangerRecords(db, timeout)
        self._book = JobStore(db, timeout)
        self._timeout = timeout

    def let_go(self, stranger_id: str, finishing: str | None = None) -> bool:
        """Delete the stranger, if there is no alert of it; whether it is gone by that.

        One whom an owner ignores stays until it expires: it makes no alerts any more, and would make them again.
        So does one on whom a job is at work, unless that is the one that is just ``finishing``.
        """

        def step(transaction: Transaction) -> bool:
            # in this order: an alert that comes after the look at the stranger changes it
            stranger = self._strangers.find(transaction, stranger_id)
            if stranger is None or stranger.is_being_named or stranger.fields.get("ignored"):
                return False
            if self._is_taken(f"strangers/{stranger_id}", finishing):
                return False
            if has_alerts(self._db, stranger_id, self._timeout):
                return False
            self._strangers.remove(transaction, stranger)
            return True

        gone = run(self._db, self._timeout, step)
        if gone:
            storage.remove_folder(self._bucket, f"strangers/{stranger_id}/", self._timeout)
        return gone

    def sweep(self, number: int) -> int:
        """Let those of one part go, of whom the last alert left unnoticed; how many. ``number``: of the run."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        digit = f"{number % PARTS:x}"
        strangers = self._db.collection("strangers")
        first, end = strangers.document(digit), strangers.document(f"{digit}g")
        wanted = strangers.where(filter=FieldFilter("__name__", ">=", first))
        wanted = wanted.where(filter=FieldFilter("__name__", "<", end)).select([])
        with store_errors("Firestore"):
            found = list(wanted.stream(**call_options(self._timeout)))
        return sum(self.let_go(one.id) for one in found)

    def _is_taken(self, path: str, finishing: str | None) -> bool:
        return any(path in (*job.takes, *job.joins) for job in self._book.running() if job.id != finishing)


def forget_alert(db: Client, bucket: Bucket, alert_id: str, timeout: float) -> int:
    """Delete what belongs to an alert that is gone: its pictures, its face's vector, its notices.

    Returns how many pictures there were.

    Raises:
        Unavailable: a store did not answer; it may be called again.
    """
    batch = db.batch()
    batch.delete(db.collection("alert_vectors").document(alert_id))
    for state in ("new", "known"):
        batch.delete(db.collection("notices").document(f"{alert_id}_{state}"))
    with store_errors("Firestore"):
        batch.commit(retry=None, timeout=timeout)
    return storage.remove_folder(bucket, f"alerts/{alert_id}/", timeout)

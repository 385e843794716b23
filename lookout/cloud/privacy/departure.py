"""A person was deleted: what still names the person, and would name a face in the next frame."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from lookout.cloud.alerts.closing import close_visits
from lookout.cloud.corrections.alert_removal import UnseenStrangers
from lookout.cloud.corrections.jobs import JobStore
from lookout.cloud.corrections.name_stranger import job_id
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.named import NamedStrangers


class Departure:
    """Takes the name from strangers and open visits. Every method raises ``Unavailable`` when Firestore does not
    answer, and may be called again.

    ``stale_seconds``: how long running instances may still recognise a deleted person.
    """

    def __init__(self, stores: Stores, stale_seconds: float) -> None:
        self._stores = stores
        self._stale_seconds = stale_seconds
        self._jobs = JobStore(stores)
        self._named = NamedStrangers(stores)
        self._unseen = UnseenStrangers(stores)

    def follow(self, person_id: str) -> Mapping[str, int]:
        """Unname the strangers and close the visits, and again once no instance knows the person any more; how
        many. A job that merges or erases the person does it itself."""
        counts = {"strangers": 0, "visits": 0}
        for again in (False, True):
            if again:
                time.sleep(self._stale_seconds)
            if not self._is_taken(person_id):
                counts["strangers"] += sum(self._unname(one, person_id) for one in self._named.of(person_id))
                counts["visits"] += close_visits(self._stores, person_id)
        return counts

    def _is_taken(self, person_id: str) -> bool:
        return any(f"people/{person_id}" in job.takes for job in self._jobs.running())

    def _unname(self, stranger_id: str, person_id: str) -> bool:
        done = run(self._stores, partial(self._step, stranger_id, person_id))
        if done:
            # the alerts that had the name already keep it, so the stranger may have none any more
            self._unseen.remove(stranger_id)
        return done

    def _step(self, stranger_id: str, person_id: str, transaction: Transaction) -> bool:
        naming = self._jobs.find(job_id(stranger_id))
        if naming is not None and self._jobs.is_about(naming, person_id):
            return False  # somebody of the same id was made meanwhile, and it is named as that one
        return self._named.unname(transaction, stranger_id, person_id)

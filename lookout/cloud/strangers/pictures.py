"""Strangers' pictures: the best crop of each, kept as long as the stranger has alerts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.documents import reference
from lookout.cloud.strangers.removal import StrangerRemoval
from lookout.domain.visits.judging import BETTER_BY
from lookout.domain.visits.shot import stranger_picture_path
from lookout.domain.visits.visit import Judgement, Sighting, Visit
from lookout.errors import Unavailable
from lookout.log import Severity, log

AT_ONCE = 4


class StrangerPictures:
    """Updates strangers after a frame. One per warm instance."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._removal = StrangerRemoval(stores)
        self._pool = ThreadPoolExecutor(AT_ONCE, "stranger-pictures")

    def settle(self, judgement: Judgement, face: Callable[[Sighting], bytes]) -> None:
        """Store better pictures of strangers from a frame, and take alerts from those who turned out to be known.

        ``face`` gives the JPEG of a sighting's face. The alert is stored already, so a store that does not answer
        is logged and raises nothing.
        """
        open_visits = judgement.visits
        jobs: list[Future[None]] = []
        for one in judgement.judged:
            outcome, sighting = one.outcome, one.sighting
            visit = open_visits.get(outcome.alert_id)
            if outcome.leaves_stranger is not None:
                lose = self._removal.lose_alert
                jobs.append(
                    self._pool.submit(lose, outcome.leaves_stranger, outcome.alert_id, outcome.person_id)
                )
            elif visit is None or visit.stranger_id is None:
                continue
            elif outcome.better_shot:
                offer = (visit, visit.stranger_id, sighting.shot, face(sighting))
                jobs.append(self._pool.submit(self._offer, *offer))
            elif judgement.doubled:
                # the instance that recorded the frame first may have been stopped before it stored a picture
                first = (visit, visit.stranger_id, sighting.shot, partial(face, sighting))
                jobs.append(self._pool.submit(self._offer_first, *first))
        for job in jobs:
            try:
                job.result()
            except Unavailable as error:
                log(Severity.WARNING, "stranger not updated", error=error.message)

    def _offer_first(self, visit: Visit, stranger_id: str, shot: str, jpeg: Callable[[], bytes]) -> None:
        """Store the picture if the stranger has none."""
        with store_errors("Firestore"):
            shown = reference(self._stores.db, stranger_id).get(["facePath"], **self._stores.options)
        if shown.exists and shown.get("facePath") is None:
            self._offer(visit, stranger_id, shot, jpeg())

    def _offer(self, visit: Visit, stranger_id: str, shot: str, jpeg: bytes) -> None:
        """Store the picture, make it the stranger's if it is clearly better, and delete the one not needed."""
        path = stranger_picture_path(stranger_id, visit.alert_id, shot)
        storage.store(self._stores, {path: jpeg})

        def change(transaction: Transaction) -> str | None:
            (shown,) = transaction.read([reference(self._stores.db, stranger_id)])
            if shown is None:
                return path
            before: str | None = shown["facePath"]
            if before == path:
                return None
            if visit.best_score <= shown["quality"] * BETTER_BY:
                return path
            picture = {"facePath": path, "faceAlertId": visit.alert_id, "quality": visit.best_score}
            transaction.set(reference(self._stores.db, stranger_id), picture)
            return before

        unneeded = run(self._stores, change)
        if unneeded is not None:
            storage.remove(self._stores, unneeded)

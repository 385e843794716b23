"""Strangers' pictures: the best crop of each, kept as long as there is any alert of the stranger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from lookout.cloud.firebase import storage
from lookout.cloud.strangers import visits
from lookout.domain.visits.shot import portrait_path
from lookout.domain.visits.visit import Judgement, Visit
from lookout.errors import Unavailable
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client

    from lookout.cloud.firebase.types import Bucket

AT_ONCE = 4


class StrangerPictures:
    """Keeps strangers' pictures in step with their visits. One per warm instance."""

    def __init__(self, db: Client, bucket: Bucket, timeout: float) -> None:
        self._db = db
        self._bucket = bucket
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(AT_ONCE, "portraits")

    def settle(self, judgement: Judgement, shots: Sequence[str], face: Callable[[int], bytes]) -> None:
        """Give strangers better pictures out of a frame, and take visits back from those who turned out to be
        somebody known. ``face`` gives the JPEG of the sighting with that index, ``shots`` has its shot's name.

        The alert stands already: what cannot be done is logged, not raised.
        """
        visits = {visit.alert_id: visit for visit in judgement.after.open}
        jobs: list[Future[None]] = []
        for index, outcome in enumerate(judgement.outcomes):
            visit = visits.get(outcome.alert_id)
            if outcome.leaves_stranger is not None:
                jobs.append(self._pool.submit(self._withdraw, outcome.leaves_stranger, outcome.alert_id))
            elif outcome.better_shot and visit is not None and visit.stranger_id is not None:
                offer = self._pool.submit(self._offer, visit, visit.stranger_id, shots[index], face(index))
                jobs.append(offer)
            elif judgement.doubled and visit is not None and visit.stranger_id is not None:
                # whoever recorded the frame first may have been stopped before this
                want = partial(face, index)
                jobs.append(
                    self._pool.submit(self._offer_first, visit, visit.stranger_id, shots[index], want)
                )
        for job in jobs:
            try:
                job.result()
            except Unavailable as error:
                log(Severity.WARNING, "a stranger's picture waits for the next", error=error.message)

    def _withdraw(self, stranger_id: str, alert_id: str) -> None:
        path = visits.withdraw(self._db, stranger_id, alert_id, self._timeout)
        if path is not None:
            storage.remove(self._bucket, path, self._timeout)

    def _offer_first(self, visit: Visit, stranger_id: str, shot: str, jpeg: Callable[[], bytes]) -> None:
        """Give the stranger a picture if there is none."""
        if visits.is_without_picture(self._db, stranger_id, self._timeout):
            self._offer(visit, stranger_id, shot, jpeg())

    def _offer(self, visit: Visit, stranger_id: str, shot: str, jpeg: bytes) -> None:
        path = portrait_path(stranger_id, visit.alert_id, shot)
        storage.store(self._bucket, {path: jpeg}, self._timeout)
        unwanted = visits.offer_picture(
            self._db, stranger_id, visit.alert_id, path, visit.best_score, self._timeout
        )
        if unwanted is not None:
            storage.remove(self._bucket, unwanted, self._timeout)

"""Alerts' pictures on their way to Storage, while Firestore decides which of them are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from lookout.cloud import alerts, pictures
from lookout.domain.visit import Judgement, Outcome
from lookout.errors import Unavailable
from lookout.log import Severity, log

UPLOADS_AT_ONCE = 8

Picture = Callable[[int], tuple[bytes, bytes]]
"""Frame and face, as JPEG bytes, of the sighting with that index; called only for what is to be stored."""


class Shots:
    """The pictures of one frame's alerts: uploaded in parallel with the Firestore work, and cleared up after.

    ``digest`` is the frame's; it names the shot.
    """

    def __init__(self, album: Album, digest: str, picture: Picture) -> None:
        self._album = album
        self._digest = digest
        self._picture = picture
        self._uploads: dict[str, Future[None]] = {}

    def begin(self, outcomes: Sequence[Outcome]) -> None:
        """Start to upload the pictures that ``outcomes`` ask for and that are not under way yet."""
        for index, outcome in enumerate(outcomes):
            if outcome.better_shot and outcome.alert_id not in self._uploads:
                frame, face = self._picture(index)
                upload = self._album.upload(outcome.alert_id, self._digest, frame, face)
                self._uploads[outcome.alert_id] = upload

    def settle(self, judgement: Judgement) -> list[Outcome]:
        """Bring Storage into line with the ``judgement`` that was recorded.

        What turned out unwanted is deleted, and so is a shot that a better one replaced. An alert whose picture
        cannot be stored stands all the same and says so. Returns the outcomes whose picture is lost.
        """
        self.begin(judgement.outcomes)
        wanted = {outcome.alert_id: outcome for outcome in judgement.outcomes if outcome.better_shot}
        # another instance may have recorded the same frame: then the files are those of its alert
        kept = {visit.alert_id for visit in judgement.after.open if visit.shot == self._digest}
        unwanted = [(alert_id, self._digest) for alert_id in self._uploads if alert_id not in kept]
        wait(self._uploads.values())
        lost = []
        for alert_id, outcome in wanted.items():
            error = self._uploads[alert_id].exception()
            if error is not None:
                self._album.say_missing(outcome, self._digest, error)
                unwanted.append((alert_id, self._digest))
                lost.append(outcome)
            elif outcome.replaces is not None:
                unwanted.append((alert_id, outcome.replaces))
        self._album.remove(unwanted)
        return lost

    def abandon(self) -> None:
        """Delete everything again: the frame could not be recorded."""
        wait(self._uploads.values())
        self._album.remove((alert_id, self._digest) for alert_id in self._uploads)


class Album:
    """Where shots are kept. One per warm instance."""

    def __init__(self, db: Any, bucket: Any, timeout: float) -> None:
        self._db = db
        self._bucket = bucket
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(UPLOADS_AT_ONCE, "shots")

    def shots(self, digest: str, picture: Picture) -> Shots:
        """The shots of one frame, none stored yet."""
        return Shots(self, digest, picture)

    def upload(self, alert_id: str, digest: str, frame: bytes, face: bytes) -> Future[None]:
        """Store both pictures of a shot, in the background."""
        frame_path, face_path = pictures.shot_paths(alert_id, digest)
        shot = {frame_path: frame, face_path: face}
        return self._pool.submit(pictures.store, self._bucket, shot, self._timeout)

    def remove(self, shots: Iterable[tuple[str, str]]) -> None:
        """Delete shots, each given by its alert and digest."""
        paths = [path for alert_id, digest in shots for path in pictures.shot_paths(alert_id, digest)]
        wait([self._pool.submit(pictures.remove, self._bucket, path, self._timeout) for path in paths])

    def say_missing(self, outcome: Outcome, digest: str, error: BaseException) -> None:
        """Let the alert say that its new shot, from the frame of ``digest``, could not be stored."""
        log(Severity.ERROR, "an alert goes without its picture", alert=outcome.alert_id, error=str(error))
        try:
            alerts.without_shot(self._db, outcome, digest, self._timeout)
        except Unavailable as worse:
            log(Severity.ERROR, "and could not be told so", alert=outcome.alert_id, error=worse.message)

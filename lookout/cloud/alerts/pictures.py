"""Alerts' pictures: stored before the alert that names them is written, so that none names what is not there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lookout.cloud.alerts import alert_document
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.domain.visits.shot import is_from, shot_paths
from lookout.domain.visits.visit import Judgement, Outcome
from lookout.errors import Unavailable
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client

    from lookout.cloud.firebase.types import Bucket

UPLOADS_AT_ONCE = 8

PATIENCE = 2.0
"""Seconds for which an alert waits for its picture; one that takes longer is given to it afterwards."""

Picture = Callable[[int], tuple[bytes, bytes]]
"""Frame and face, as JPEG bytes, of the sighting with that index; called only for what is to be stored."""


class FramePictures:
    """The pictures of one frame's alerts. ``names``: those of the shots that its sightings give, one each."""

    def __init__(
        self, album: AlertPictures, camera_id: str, digest: str, names: Sequence[str], picture: Picture
    ) -> None:
        self._album = album
        self._camera_id = camera_id
        self._digest = digest
        self._names = names
        self._picture = picture
        self._uploads: dict[tuple[str, int], Future[None]] = {}
        self._patient_until: float | None = None

    def begin(self, outcomes: Sequence[Outcome]) -> None:
        """Start to upload the pictures that ``outcomes`` ask for and that are not under way yet."""
        for index, outcome in enumerate(outcomes):
            if outcome.better_shot:
                self._upload(outcome.alert_id, index)

    def lost(self, outcomes: Sequence[Outcome]) -> frozenset[int]:
        """Which of the pictures that ``outcomes`` ask for are not stored, by index, after some patience."""
        if self._patient_until is None:
            self._patient_until = time.monotonic() + PATIENCE
        self.begin(outcomes)
        wanted = {i: self._upload(one.alert_id, i) for i, one in enumerate(outcomes) if one.better_shot}
        wait(wanted.values(), max(0.0, self._patient_until - time.monotonic()))
        return frozenset(i for i, upload in wanted.items() if not upload.done() or upload.exception())

    def settle(self, judgement: Judgement, scores: Sequence[float]) -> Judgement:
        """Bring Storage into line with the ``judgement`` that was recorded. ``scores``: quality of each sighting.

        What was stored in vain is deleted, and so is a shot that a better one replaced. An alert without its
        picture gets it: it took too long, or the instance that recorded the frame first was stopped. Returns the
        judgement with what was brought so.
        """
        visits = {visit.alert_id: visit for visit in judgement.after.open}
        outcomes = list(judgement.outcomes)
        needed: set[tuple[str, int]] = set()
        replaced: list[tuple[str, str]] = []
        seen: set[str] = set()
        for index, outcome in enumerate(judgement.outcomes):
            key, visit = (outcome.alert_id, index), visits.get(outcome.alert_id)
            first = outcome.alert_id not in seen
            seen.add(outcome.alert_id)
            is_late = key in self._uploads and visit is not None and not visit.shot
            if outcome.better_shot and (visit is None or visit.shot == self._names[index]):
                needed.add(key)
                if visit is not None and outcome.replaces is not None:
                    replaced.append((outcome.alert_id, outcome.replaces))
            elif not outcome.is_silent and (is_late or (judgement.doubled and first)):
                is_needed, is_new = self._bring(*key, scores[index])
                outcomes[index] = replace(outcome, better_shot=is_new)
                if is_needed:
                    needed.add(key)
                if is_new and visit is not None:
                    visits[outcome.alert_id] = replace(visit, best_score=scores[index])
        self._remove_all_but(needed)
        self._album.remove(replaced)
        after = replace(judgement.after, open=tuple(visits.values()))
        return replace(judgement, after=after, outcomes=tuple(outcomes))

    def abandon(self) -> None:
        """Delete everything again: the frame was certainly not recorded."""
        self._remove_all_but(set())

    def _upload(self, alert_id: str, index: int) -> Future[None]:
        key = alert_id, index
        if key not in self._uploads:
            frame, face = self._picture(index)
            self._uploads[key] = self._album.upload(alert_id, self._names[index], frame, face)
        return self._uploads[key]

    def _bring(self, alert_id: str, index: int, score: float) -> tuple[bool, bool]:
        """Give an alert its picture, if it is without. Whether it needs this shot, and whether it is new to it."""
        name = self._names[index]
        try:
            alert = self._album.alert(alert_id) or {}
            if alert.get("picture") == alert_document.PICTURE_MISSING:
                self._upload(alert_id, index).result()
                given = self._album.give(self._camera_id, alert_id, name, score)
                return given, given
            stored = alert.get("shot")
            if stored is not None and stored != name and is_from(stored, self._digest):
                return False, self._album.restore(self._camera_id, alert_id, stored, *self._picture(index))
        except Unavailable as error:
            log(Severity.ERROR, "an alert may be without its picture", alert=alert_id, error=error.message)
            return True, False  # nobody knows what was written
        return stored == name, False

    def _remove_all_but(self, needed: set[tuple[str, int]]) -> None:
        wait(self._uploads.values())
        for (alert_id, _), upload in self._uploads.items():
            if error := upload.exception():
                log(Severity.ERROR, "a picture could not be stored", alert=alert_id, error=str(error))
        unneeded = self._uploads.keys() - needed
        self._album.remove((alert_id, self._names[index]) for alert_id, index in unneeded)


class AlertPictures:
    """Where shots are kept. One per warm instance."""

    def __init__(self, db: Client, bucket: Bucket, timeout: float) -> None:
        self._db = db
        self._bucket = bucket
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(UPLOADS_AT_ONCE, "shots")

    def shots(self, camera_id: str, digest: str, names: Sequence[str], picture: Picture) -> FramePictures:
        """The shots of one frame, none stored yet."""
        return FramePictures(self, camera_id, digest, names, picture)

    def upload(self, alert_id: str, shot: str, frame: bytes, face: bytes) -> Future[None]:
        """Store both pictures of a shot, in the background."""
        return self._pool.submit(self._store, alert_id, shot, frame, face)

    def remove(self, shots: Iterable[tuple[str, str]]) -> None:
        """Delete shots, each given by its alert and name."""
        paths = [path for alert_id, shot in shots for path in shot_paths(alert_id, shot)]
        wait([self._pool.submit(storage.remove, self._bucket, path, self._timeout) for path in paths])

    def alert(self, alert_id: str) -> dict[str, Any] | None:
        """What the alert says of its picture; None when it is gone.

        Raises:
            Unavailable: Firestore did not answer.
        """
        with store_errors("Firestore"):
            wanted = ["picture", "shot"]
            found = alert_document.reference(self._db, alert_id).get(wanted, **call_options(self._timeout))
        stored: dict[str, Any] | None = found.to_dict()
        return stored

    def give(self, camera_id: str, alert_id: str, shot: str, score: float) -> bool:
        """Let an alert without a picture have the ``shot``. False when it has one meanwhile, or is gone.

        Raises:
            Unavailable: Firestore did not answer.
        """
        return alert_document.give_shot(self._db, camera_id, alert_id, shot, score, self._timeout)

    def restore(self, camera_id: str, alert_id: str, shot: str, frame: bytes, face: bytes) -> bool:
        """Store the shot that an alert names where it is not there; where that fails, the alert says so.

        Raises:
            Unavailable: Storage did not say what is there, or Firestore did not answer.
        """
        if storage.are_stored(self._bucket, shot_paths(alert_id, shot), self._timeout):
            return False
        try:
            self._store(alert_id, shot, frame, face)
        except Unavailable as error:
            log(Severity.ERROR, "an alert goes without its picture", alert=alert_id, error=error.message)
            alert_document.take_shot(self._db, camera_id, alert_id, shot, self._timeout)
            return False
        return True

    def _store(self, alert_id: str, shot: str, frame: bytes, face: bytes) -> None:
        frame_path, face_path = shot_paths(alert_id, shot)
        storage.store(self._bucket, {frame_path: frame, face_path: face}, self._timeout)

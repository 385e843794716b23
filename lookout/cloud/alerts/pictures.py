"""Alerts' pictures: stored before the alert that names them is written, so that none names what is not there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from lookout.cloud.alerts import alert_document
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.domain.visits.shot import is_from, shot_paths
from lookout.domain.visits.visit import Judgement, Sighting
from lookout.errors import Unavailable
from lookout.log import Severity, log

UPLOADS_AT_ONCE = 8

UPLOAD_SECONDS = 2.0
"""For so long an alert waits for its picture; one that takes longer is given to it afterwards."""

Picture = Callable[[Sighting], tuple[bytes, bytes]]
"""Frame and face of a sighting, as JPEG bytes; called only for what is to be stored."""


class FramePictures:
    """The pictures that one frame gives to alerts."""

    def __init__(self, pictures: AlertPictures, camera_id: str, digest: str, picture: Picture) -> None:
        self._pictures = pictures
        self._camera_id = camera_id
        self._digest = digest
        self._picture = picture
        self._uploads: dict[tuple[str, str], Future[None]] = {}
        self._wait_until: float | None = None

    def begin(self, judgement: Judgement) -> None:
        """Start to upload the pictures that the judgement wants and that are not under way yet."""
        self._begin(judgement)

    def lost(self, judgement: Judgement) -> frozenset[str]:
        """The shots that the judgement wants as pictures and that are not stored, after some waiting."""
        if self._wait_until is None:
            self._wait_until = time.monotonic() + UPLOAD_SECONDS
        wanted = self._begin(judgement)
        wait(wanted.values(), max(0.0, self._wait_until - time.monotonic()))
        return frozenset(shot for shot, upload in wanted.items() if not upload.done() or upload.exception())

    def settle(self, judgement: Judgement) -> Judgement:
        """Bring Storage into line with the ``judgement`` that was recorded.

        Uploads that are not needed are deleted, and so is a shot that a better one replaced. An alert without its
        picture gets it: its upload took too long, or the instance that recorded the frame first was stopped.
        Returns the judgement with the pictures that were given so.
        """
        visits = judgement.visits
        judged = list(judgement.judged)
        needed: set[tuple[str, str]] = set()
        replaced: list[tuple[str, str]] = []
        seen: set[str] = set()
        for index, one in enumerate(judgement.judged):
            sighting, outcome = one.sighting, one.outcome
            key, visit = (outcome.alert_id, sighting.shot), visits.get(outcome.alert_id)
            first = outcome.alert_id not in seen
            seen.add(outcome.alert_id)
            is_late = key in self._uploads and visit is not None and not visit.shot
            if outcome.better_shot and (visit is None or visit.shot == sighting.shot):
                needed.add(key)
                if visit is not None and outcome.replaces is not None:
                    replaced.append((outcome.alert_id, outcome.replaces))
            elif outcome.has_alert and (is_late or (judgement.doubled and first)):
                is_needed, is_new = self._complete(outcome.alert_id, sighting)
                judged[index] = replace(one, outcome=replace(outcome, better_shot=is_new))
                if is_needed:
                    needed.add(key)
                if is_new and visit is not None:
                    visits[outcome.alert_id] = replace(visit, best_score=sighting.face.picture_score)
        self._remove_all_but(needed)
        self._pictures.remove(replaced)
        after = replace(judgement.after, open=tuple(visits.values()))
        return replace(judgement, after=after, judged=tuple(judged))

    def abandon(self) -> None:
        """Delete everything again: the frame was certainly not recorded."""
        self._remove_all_but(set())

    def _begin(self, judgement: Judgement) -> dict[str, Future[None]]:
        """The uploads of the pictures that the judgement wants, by their shots."""
        return {
            one.sighting.shot: self._upload(one.outcome.alert_id, one.sighting)
            for one in judgement.judged
            if one.outcome.better_shot
        }

    def _upload(self, alert_id: str, sighting: Sighting) -> Future[None]:
        key = alert_id, sighting.shot
        if key not in self._uploads:
            frame, face = self._picture(sighting)
            self._uploads[key] = self._pictures.upload(alert_id, sighting.shot, frame, face)
        return self._uploads[key]

    def _complete(self, alert_id: str, sighting: Sighting) -> tuple[bool, bool]:
        """Give an alert its picture if it has none. Whether it needs this shot, and whether it did not have it."""
        name, score = sighting.shot, sighting.face.picture_score
        try:
            alert = self._pictures.alert(alert_id) or {}
            if alert.get("picture") == alert_document.PICTURE_MISSING:
                self._upload(alert_id, sighting).result()
                given = self._pictures.give(self._camera_id, alert_id, name, score)
                return given, given
            stored = alert.get("shot")
            if stored is not None and stored != name and is_from(stored, self._digest):
                pictures = self._picture(sighting)
                return False, self._pictures.restore(self._camera_id, alert_id, stored, *pictures)
        except Unavailable as error:
            log(Severity.ERROR, "alert picture unconfirmed", alert=alert_id, error=error.message)
            return True, False  # it may have been written all the same
        return stored == name, False

    def _remove_all_but(self, needed: set[tuple[str, str]]) -> None:
        wait(self._uploads.values())
        for (alert_id, _), upload in self._uploads.items():
            if error := upload.exception():
                log(Severity.ERROR, "alert picture not stored", alert=alert_id, error=str(error))
        self._pictures.remove(self._uploads.keys() - needed)


class AlertPictures:
    """Stores the pictures of alerts. One per warm instance."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._pool = ThreadPoolExecutor(UPLOADS_AT_ONCE, "alert-pictures")

    def of_frame(self, camera_id: str, digest: str, picture: Picture) -> FramePictures:
        """The pictures of one frame, none stored yet."""
        return FramePictures(self, camera_id, digest, picture)

    def upload(self, alert_id: str, shot: str, frame: bytes, face: bytes) -> Future[None]:
        """Store both pictures of a shot, in the background."""
        return self._pool.submit(self._store, alert_id, shot, frame, face)

    def remove(self, shots: Iterable[tuple[str, str]]) -> None:
        """Delete shots, each given by its alert and name."""
        paths = [path for alert_id, shot in shots for path in shot_paths(alert_id, shot)]
        wait([self._pool.submit(storage.remove, self._stores, path) for path in paths])

    def alert(self, alert_id: str) -> dict[str, Any] | None:
        """What the alert says of its picture; None when it is gone.

        Raises:
            Unavailable: Firestore did not answer.
        """
        with store_errors("Firestore"):
            wanted = ["picture", "shot"]
            found = alert_document.reference(self._stores.db, alert_id).get(wanted, **self._stores.options)
        stored: dict[str, Any] | None = found.to_dict()
        return stored

    def give(self, camera_id: str, alert_id: str, shot: str, score: float) -> bool:
        """Let an alert without a picture have the ``shot``. False when it has one meanwhile, or is gone.

        Raises:
            Unavailable: Firestore did not answer.
        """
        return alert_document.give_shot(self._stores, camera_id, alert_id, shot, score)

    def restore(self, camera_id: str, alert_id: str, shot: str, frame: bytes, face: bytes) -> bool:
        """Store the shot that an alert names where it is not there; where that fails, the alert says so.

        Raises:
            Unavailable: Storage did not say what is there, or Firestore did not answer.
        """
        if storage.are_stored(self._stores, shot_paths(alert_id, shot)):
            return False
        try:
            self._store(alert_id, shot, frame, face)
        except Unavailable as error:
            log(Severity.ERROR, "alert picture missing", alert=alert_id, error=error.message)
            alert_document.take_shot(self._stores, camera_id, alert_id, shot)
            return False
        return True

    def _store(self, alert_id: str, shot: str, frame: bytes, face: bytes) -> None:
        frame_path, face_path = shot_paths(alert_id, shot)
        storage.store(self._stores, {frame_path: frame, face_path: face})

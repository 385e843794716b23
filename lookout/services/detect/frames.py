"""From a camera's frame to its alert: see, match, judge the visit, store, answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from lookout.cloud.alerts import debug_frames
from lookout.cloud.alerts.pictures import AlertPictures
from lookout.cloud.alerts.visits import SeenFrame, Visits
from lookout.cloud.cameras.heartbeats import Heartbeats
from lookout.cloud.cameras.keys import suggest_rotation
from lookout.cloud.cameras.live import LivePictures
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery.reader import GalleryReader
from lookout.cloud.site.settings import site_reader
from lookout.cloud.strangers.pictures import StrangerPictures
from lookout.cloud.strangers.reader import StrangerReader
from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.face import Box, Face, GoodFace, good_faces
from lookout.domain.recognition.gallery import Gallery
from lookout.domain.recognition.matching import Match, match, one_face_each
from lookout.domain.recognition.reason import Reason
from lookout.domain.recognition.rule import Rule
from lookout.domain.site.site import Site
from lookout.domain.site.treatment import Policy, Treatment
from lookout.domain.visits.shot import shot_name
from lookout.domain.visits.visit import Change, Judgement, Outcome, Rules, Sighting
from lookout.errors import Unavailable, Unconfirmed
from lookout.log import Severity, log
from lookout.services.detect.answer import JudgedFace, frame_answer, frame_name, frame_reason
from lookout.settings import Settings
from lookout.vision.image.frame import Frame, crop, decode, encode_jpeg
from lookout.vision.mounting import Mountings
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import recogniser


@dataclass(frozen=True, slots=True)
class _Posted:
    """A frame as it arrived: from which camera, its bytes and their digest, when, its pixels."""

    camera: Camera
    data: bytes
    digest: str
    at: datetime
    frame: Frame

    def jpeg(self) -> bytes:
        """The whole picture as it is kept: as it came, if that is an upright JPEG."""
        as_it_came = self.frame.kind == "jpeg" and not self.camera.rotation
        return self.data if as_it_came else encode_jpeg(self.frame.pixels)


class FrameService:
    """Judges frames. One per warm instance, shared by its threads."""

    def __init__(self, settings: Settings, stores: Stores) -> None:
        self._settings = settings
        self._stores = stores
        self._card = installed(settings).card
        self._gallery = GalleryReader(stores, self._card.model_id, settings.limits.gallery_refresh_seconds)
        self._site = site_reader(settings, stores)
        strangers = StrangerReader(
            stores,
            self._card.model_id,
            self._card.rule,
            settings.visits.max_strangers * 3 // 2,
            settings.limits.gallery_refresh_seconds,
        )
        self._visits = Visits(stores, strangers)
        self._alert_pictures = AlertPictures(stores)
        self._stranger_pictures = StrangerPictures(stores)
        self._heartbeats = Heartbeats(stores, settings.limits.heartbeat_seconds)
        self._mountings = Mountings()
        self._live = LivePictures(stores)

    def judge(self, camera: Camera, data: bytes) -> Mapping[str, object]:
        """The answer to a frame; its alerts and pictures are stored when this returns.

        Raises:
            NotAnImage: the bytes are no image.
            BrokenImage: the image cannot be decoded.
            Unavailable: Firestore did not answer. If it stored the frame all the same, the same frame posted again
                gets its alert.
        """
        started = time.perf_counter()
        frame = decode(data, self._settings.recognition.max_frame_side, camera.rotation or 0)
        posted = _Posted(camera, data, hashlib.sha256(data).hexdigest(), datetime.now(UTC), frame)
        decoded = time.perf_counter()
        live = self._keep_live(posted)
        seen = recogniser(self._settings).see(frame)
        matched = time.perf_counter()
        faces = self._record(posted, seen.faces)
        reason = frame_reason(faces)
        milliseconds = round((time.perf_counter() - started) * 1000)
        self._beat(posted, reason, milliseconds)
        stages = {"decode": (decoded - started) * 1000, **seen.milliseconds}
        stages["store"] = (time.perf_counter() - matched) * 1000
        log(
            Severity.INFO,
            "frame judged",
            camera=camera.id,
            reason=reason,
            milliseconds=milliseconds,
            stages={stage: round(spent, 1) for stage, spent in stages.items()},
            faces=len(faces),
            alerts=sorted({face.alert_id for face in faces if face.alert_id is not None}),
        )
        if self._settings.visits.debug_frames and self._site.current().is_armed(camera.rules, posted.at):
            self._keep_debug_frame(posted, faces)
        self._suggest_mounting(posted, faces)
        self._live.settle(live)
        return frame_answer(camera, [_as_posted(face, frame) for face in faces], seen.skipped, frame.size)

    def _record(self, posted: _Posted, faces: Sequence[Face]) -> list[JudgedFace]:
        """Match the faces and make or change their alerts; a frame without a good face touches no store."""
        good = good_faces(faces)
        if not good:
            return [JudgedFace(face) for face in faces]
        site, own = self._site.current(), posted.camera.rules
        if not site.is_armed(own, posted.at):
            return [JudgedFace(face, unmatched=Reason.DISARMED) for face in faces]
        rule = self._card.rule_for(site)
        gallery = self._gallery.current()
        policy = site.policy(own, posted.at)
        sightings = _sightings(posted, good, gallery, rule, site.margin, policy)
        rules = Rules(
            own.visit_seconds or site.visit_seconds,
            rule.same_face,
            policy,
            lambda vector: match([vector], gallery, rule, site.margin)[0],
        )
        judgement = self._store(posted, sightings, rules, site)
        # the match with people: the judged sighting may have that with a stranger who is being named
        match_of = {one.face: one.match for one in sightings}
        answers = {
            one.sighting.face: _answer(one.sighting.face, match_of[one.sighting.face], one.outcome)
            for one in judgement.judged
        }
        return [answers[face] if isinstance(face, GoodFace) else JudgedFace(face) for face in faces]

    def _store(self, posted: _Posted, sightings: Sequence[Sighting], rules: Rules, site: Site) -> Judgement:
        def picture(sighting: Sighting) -> tuple[bytes, bytes]:
            return posted.jpeg(), encode_jpeg(crop(posted.frame.pixels, sighting.face.box))

        frame = SeenFrame(posted.camera, posted.digest, posted.at, sightings)
        pictures = self._alert_pictures.of_frame(posted.camera.id, posted.digest, picture)
        pictures.begin(self._visits.predict(frame, rules))
        try:
            judgement = self._visits.record(frame, rules, site, pictures.lost)
        except Unconfirmed as error:
            # an alert may name the pictures; if none does, the housekeeping deletes them
            raise Unavailable(error.message, error.retry_after) from error
        except Unavailable:
            pictures.abandon()
            raise
        judgement = pictures.settle(judgement)
        self._stranger_pictures.settle(judgement, lambda sighting: picture(sighting)[1])
        return judgement

    def _keep_live(self, posted: _Posted) -> Future[None] | None:
        """Begin to keep the frame for those who watch the camera. A disarmed one shows nobody anything."""
        self._live.forget_old(posted.at)
        camera, until = posted.camera, posted.camera.watched_until
        if until is None or until < posted.at or not self._site.current().is_armed(camera.rules, posted.at):
            return None
        return self._live.keep(camera.id, posted.at, posted.jpeg)

    def _keep_debug_frame(self, posted: _Posted, faces: Sequence[JudgedFace]) -> None:
        """Keep the frame under a name that says what was seen in it."""
        path = debug_frames.debug_path(frame_name(faces), posted.at)
        people = {face.outcome.person_id for face in faces if face.outcome and face.outcome.person_id}
        alerts = {face.alert_id for face in faces if face.alert_id is not None}
        debug_frames.keep_debug_frame(self._stores, path, posted.jpeg(), people, alerts)

    def _suggest_mounting(self, posted: _Posted, faces: Sequence[JudgedFace]) -> None:
        """Suggest a rotation to the owner, where the camera has none and its frames look turned."""
        camera = posted.camera
        if camera.rotation is not None or any(face.is_known for face in faces):
            self._mountings.forget(camera.id)
            return
        pixels, looks_like_faces = posted.frame.pixels, bool(faces)
        rotation = self._mountings.guess(camera.id, recogniser(self._settings), pixels, looks_like_faces)
        if rotation is None:
            return
        log(Severity.INFO, "camera mounting suggested", camera=camera.id, rotation=rotation)
        try:
            suggest_rotation(self._stores, camera.id, rotation)
        except Unavailable as error:
            self._mountings.forget(camera.id)
            log(Severity.WARNING, "camera mounting not suggested", camera=camera.id, error=error.message)

    def _beat(self, posted: _Posted, reason: Reason, milliseconds: int) -> None:
        def day() -> str:
            return self._site.current().day(posted.at)

        try:
            self._heartbeats.beat(posted.camera, posted.digest, reason, posted.at, day, milliseconds)
        except Unavailable as error:
            # the frame is judged and stored: a late heartbeat is no reason to have it posted again
            log(Severity.WARNING, "heartbeat not written", camera=posted.camera.id, error=error.message)


def _place(box: Box, frame: Frame) -> tuple[float, ...]:
    height, width = frame.pixels.shape[:2]
    return tuple(
        round(part, 4) for part in (box.x / width, box.y / height, box.width / width, box.height / height)
    )


def _as_posted(judged: JudgedFace, frame: Frame) -> JudgedFace:
    return replace(judged, face=replace(judged.face, box=frame.as_posted(judged.face.box)))


def _sightings(
    posted: _Posted, faces: Sequence[GoodFace], gallery: Gallery, rule: Rule, margin: float, policy: Policy
) -> list[Sighting]:
    """The faces with the people that they are, each person one face of the frame.

    Nobody wants to hear of the mirror either of somebody nobody wants to hear of.
    """
    matches = match([face.embedding for face in faces], gallery, rule, margin)
    distinct = one_face_each(matches, [face.box for face in faces])
    return [
        Sighting(
            face,
            found,
            new_alert_id=uuid4().hex,
            shot=shot_name(posted.digest, uuid4().hex[:8]),
            muted=gallery.is_muted(alone.person_id) or (alone.is_known and policy.known is Treatment.IGNORE),
            place=_place(face.box, posted.frame),
        )
        for face, alone, found in zip(faces, matches, distinct, strict=True)
    ]


def _answer(face: GoodFace, match: Match, outcome: Outcome) -> JudgedFace:
    if outcome.change is Change.PASSED:
        return JudgedFace(face, match, unmatched=outcome.reason)
    return JudgedFace(face, match, outcome)

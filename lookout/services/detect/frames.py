"""From a camera's frame to its alert: see, match, judge the visit, store, answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

from lookout.cloud.alerts import debug_frames
from lookout.cloud.alerts.pictures import AlertPictures
from lookout.cloud.alerts.visits import SeenFrame, Visits
from lookout.cloud.cameras.heartbeats import Heartbeats
from lookout.cloud.cameras.keys import suggest_rotation
from lookout.cloud.cameras.live import LivePictures
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery.reader import GalleryReader
from lookout.cloud.site.settings import SiteReader, site_reader
from lookout.cloud.strangers.pictures import StrangerPictures
from lookout.cloud.strangers.reader import StrangerReader
from lookout.domain.cameras.camera import Camera
from lookout.domain.cameras.steering import WATCHING_MS, idle_interval
from lookout.domain.recognition.face import Face, GoodFace, good_faces
from lookout.domain.recognition.matching import Match, match
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.site import Site
from lookout.domain.visits.visit import Change, Judgement, Outcome, Rules, Sighting
from lookout.errors import Unavailable, Unconfirmed
from lookout.log import Severity, log
from lookout.services.detect.answer import JudgedFace, frame_answer, frame_name, frame_reason
from lookout.services.detect.budget import FrameBudget
from lookout.services.detect.posted import Posted, sightings_of
from lookout.settings import Settings
from lookout.vision.image.frame import Frame, crop, decode, encode_jpeg
from lookout.vision.mounting import Mountings
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import recogniser


class FrameService:
    """Judges frames. One per warm instance, shared by its threads."""

    def __init__(self, settings: Settings, stores: Stores, site: SiteReader | None = None) -> None:
        self._settings = settings
        self._stores = stores
        self._card = installed(settings).card
        self._site = known = site or site_reader(settings, stores)
        refresh_seconds = settings.limits.gallery_refresh_seconds
        self._gallery = GalleryReader(
            stores, self._card.model_id, refresh_seconds, lambda: known.look(refresh_seconds).people
        )
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
        self._budget = FrameBudget(stores, self._heartbeats)
        self._pauses: dict[str, int] = {}

    def admit(self, camera: Camera) -> None:
        """Go on only while the day's budget of frames lasts.

        Raises:
            OverBudget: the camera, or the site, has had as many frames today as its owner wants to pay for.
        """
        site = self._site.current(self._settings.limits.empty_look_seconds)
        self._budget.admit(camera, site, datetime.now(UTC))

    def judge(
        self, camera: Camera, data: bytes, again: Callable[[], Camera] | None = None
    ) -> Mapping[str, object]:
        """The answer to a frame; its alerts and pictures are stored when this returns.

        ``again`` authorises the camera by a look that is younger: before anything of the frame is kept, or told
        of a face. What it raises is raised.

        Raises:
            NotAnImage: the bytes are no image.
            BrokenImage: the image cannot be decoded.
            Unavailable: Firestore did not answer. If it stored the frame all the same, the same frame posted again
                gets its alert.
        """
        started = time.perf_counter()
        at = datetime.now(UTC)
        if again is not None and camera.is_watched(at):
            camera, again = again(), None
        wanted = self._settings.recognition
        # of DeepFace's detectors nobody has measured what they miss in half of a frame
        halved = wanted.detector == "rfb"
        frame = decode(data, wanted.max_frame_side, camera.rotation or 0, halved=halved)
        posted = Posted(camera, data, hashlib.sha256(data).hexdigest(), at, frame)
        decoded = time.perf_counter()
        live = self._keep_live(posted)
        seen = recogniser(self._settings).see(frame)
        if again is not None and seen.faces:
            camera = again()
            posted = replace(posted, camera=camera)
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
        told = [_as_posted(face, frame) for face in faces]
        return frame_answer(camera, told, seen.skipped, frame.size, self._pause(posted, faces))

    def _pause(self, posted: Posted, faces: Sequence[JudgedFace]) -> int:
        """Milliseconds until the camera's next frame; longer and longer while nobody comes and nobody watches."""
        camera = posted.camera
        if faces or camera.is_watched(posted.at):
            self._pauses.pop(camera.id, None)
            return WATCHING_MS
        site = self._site.current(self._settings.limits.empty_look_seconds)
        pause = idle_interval(self._pauses.get(camera.id), site.idle_seconds)
        self._pauses[camera.id] = pause
        return pause

    def _record(self, posted: Posted, faces: Sequence[Face]) -> list[JudgedFace]:
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
        sightings = sightings_of(posted, good, gallery, rule, site.margin, policy)
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

    def _store(self, posted: Posted, sightings: Sequence[Sighting], rules: Rules, site: Site) -> Judgement:
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

    def _keep_live(self, posted: Posted) -> Future[None] | None:
        """Begin to keep the frame for those who watch the camera. A disarmed one shows nobody anything."""
        self._live.forget_old(posted.at)
        camera = posted.camera
        if not camera.is_watched(posted.at) or not self._site.current().is_armed(camera.rules, posted.at):
            return None
        return self._live.keep(camera.id, posted.at, posted.jpeg)

    def _keep_debug_frame(self, posted: Posted, faces: Sequence[JudgedFace]) -> None:
        """Keep the frame under a name that says what was seen in it."""
        path = debug_frames.debug_path(frame_name(faces), posted.at)
        people = {face.outcome.person_id for face in faces if face.outcome and face.outcome.person_id}
        alerts = {face.alert_id for face in faces if face.alert_id is not None}
        debug_frames.keep_debug_frame(self._stores, path, posted.jpeg(), people, alerts)

    def _suggest_mounting(self, posted: Posted, faces: Sequence[JudgedFace]) -> None:
        """Suggest a rotation to the owner, where the camera has none and its frames look turned."""
        camera = posted.camera
        if camera.rotation is not None or any(face.is_known for face in faces):
            self._mountings.forget(camera.id)
            return
        pixels, looks_like_faces = posted.frame.first, bool(faces)
        rotation = self._mountings.guess(camera.id, recogniser(self._settings), pixels, looks_like_faces)
        if rotation is None:
            return
        log(Severity.INFO, "camera mounting suggested", camera=camera.id, rotation=rotation)
        try:
            suggest_rotation(self._stores, camera.id, rotation)
        except Unavailable as error:
            self._mountings.forget(camera.id)
            log(Severity.WARNING, "camera mounting not suggested", camera=camera.id, error=error.message)

    def _beat(self, posted: Posted, reason: Reason, milliseconds: int) -> None:
        def day() -> str:
            return self._site.current(self._settings.limits.empty_look_seconds).day(posted.at)

        try:
            self._heartbeats.beat(posted.camera, posted.digest, reason, posted.at, day, milliseconds)
        except Unavailable as error:
            # the frame is judged and stored: a late heartbeat is no reason to have it posted again
            log(Severity.WARNING, "heartbeat not written", camera=posted.camera.id, error=error.message)


def _as_posted(judged: JudgedFace, frame: Frame) -> JudgedFace:
    return replace(judged, face=replace(judged.face, box=frame.as_posted(judged.face.box)))


def _answer(face: GoodFace, match: Match, outcome: Outcome) -> JudgedFace:
    if outcome.change is Change.PASSED:
        return JudgedFace(face, match, unmatched=outcome.reason)
    return JudgedFace(face, match, outcome)

"""From an uploaded photo to a vector in the gallery, and back out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lookout.cloud.firebase import download_tokens, storage
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.firebase.triggers import handle_event
from lookout.cloud.gallery import photos
from lookout.cloud.gallery.enrolment import Enrolment
from lookout.cloud.gallery.lookalikes import Lookalikes
from lookout.cloud.gallery.misplaced import MisplacedPhotos
from lookout.cloud.gallery.photo_document import Photo
from lookout.cloud.privacy.departure import Departure
from lookout.cloud.site.settings import site_reader
from lookout.domain.people.enrolment import main_face
from lookout.domain.people.person import PLAIN_FIELDS
from lookout.domain.people.photo import PhotoPath
from lookout.domain.recognition.face import GoodFace
from lookout.errors import PhotoRejected
from lookout.lazy import Lazy
from lookout.services.jobs import STALE_FACTOR
from lookout.settings import Settings, current_settings

PHOTOS = "faces/"
"""Where people's photos lie."""


class EnrolmentService:
    """Follows the events of photos and people. One per warm instance.

    Events come at least once and in any order, so Storage is always asked what is there now.
    Raises ``Unavailable`` when a store does not answer; the event is then delivered again.
    """

    def __init__(self, settings: Settings, stores: Stores) -> None:
        # pixels are heavy to import, and this module is loaded at deployment too
        from lookout.vision.networks.models import installed

        self._settings = settings
        self._stores = stores
        self._card = installed(settings).card
        limits = settings.limits
        self._enrolment = Enrolment(
            stores, self._card.model_id, limits.max_photos_per_person, limits.max_people
        )
        self._misplaced = MisplacedPhotos(stores)
        self._departure = Departure(stores, limits.gallery_refresh_seconds * STALE_FACTOR)
        self._lookalikes = Lookalikes(stores, self._card.model_id)
        self._site = site_reader(settings, stores)

    def photo_arrived(self, path: str, generation: int) -> str:
        """Enrol the photo, or say on it why not. Returns what was done, for the log."""
        place = PhotoPath.parse(path)
        stored = storage.photo(self._stores, path)
        if stored is None or stored.generation != generation:
            return "gone or replaced already"
        if place is None:
            return self._misplaced.note(path, stored)
        photo = Photo(place, generation, stored.created_at, stored.by_job)
        done = self._left_behind(photo) or self._moved(place, generation) or self._enrol(photo, stored.size)
        # also when it was done already: the event comes again when only this was left to do
        self._find_lookalikes(place.person_id)
        return done

    def _enrol(self, photo: Photo, size: int) -> str:
        if not self._enrolment.begin(photo):
            return "done already"
        try:
            face = self._face(str(photo.place), size)
            if face is None:
                self._enrolment.forget(photo.place, photo.generation)
                return "gone meanwhile"
            done = self._enrolment.enrol(photo, face)
            outcome = "enrolled"
        except PhotoRejected as rejection:
            done = self._enrolment.reject(photo, rejection.message)
            outcome = f"rejected: {rejection.message}"
        if done:
            return outcome
        return self._left_behind(photo) or self._moved(photo.place, photo.generation) or "gone meanwhile"

    def _left_behind(self, photo: Photo) -> str | None:
        """Delete a photo that a job brought for somebody who was deleted meanwhile: it would make the person
        again. None for any other."""
        if not photo.by_job or self._enrolment.is_there(photo.place.person_id):
            return None
        storage.remove(self._stores, str(photo.place))
        self._enrolment.forget(photo.place, photo.generation)
        return "deleted, as its person was"

    def _moved(self, place: PhotoPath, generation: int) -> str | None:
        """Move a photo into the folder of the person whose name looks like its folder's, where it is enrolled like
        any other. None when it lies in the right folder."""
        owner = self._enrolment.owner(place.person_id)
        if owner == place.person_id:
            return None
        path = photos.move(self._stores, str(place), generation, f"faces/{owner}/")
        self._enrolment.forget(place, generation)
        return "gone or replaced already" if path is None else f"moved to {path}: the names look alike"

    def photo_left(self, path: str, generation: int) -> str:
        """Drop the vector of a photo that was deleted. Returns what was done, for the log."""
        place = PhotoPath.parse(path)
        if place is None:
            return self._misplaced.forget(path, generation)
        forgotten = self._enrolment.forget(place, generation)
        self._find_lookalikes(place.person_id)
        return "forgotten" if forgotten else "nothing to forget"

    def person_left(self, person_id: str, at: datetime, written_at: datetime | None = None) -> str:
        """Drop all photos and vectors of a person who was deleted ``at`` a moment, and the name that strangers and
        open visits have.

        ``written_at`` is when the deleted document was last written: one that is older than that is still there.
        """
        if written_at is not None and self._enrolment.is_there(person_id, written_at):
            return "still there: nothing is forgotten"
        vectors = self._enrolment.forget_person(person_id, at)
        count = storage.remove_photos(self._stores, person_id, at)
        self._find_lookalikes(person_id)
        named = self._departure.follow(person_id)
        done = f"forgotten with {count} photos and {vectors} of their documents"
        more = [f"{number} {kind}" for kind, number in named.items() if number]
        return f"{done}; {' and '.join(more)} had the name" if more else done

    def person_changed(self, person_id: str) -> str:
        """Let the gallery have what an owner changed of a person: the name, muting, the end of the consent."""
        synced = self._enrolment.sync_profile(person_id)
        self._find_lookalikes(person_id)
        return "profile synced" if synced else "profile unchanged"

    def _find_lookalikes(self, person_id: str) -> None:
        rule = self._card.rule_for(self._site.current())
        self._lookalikes.follow(person_id, rule.threshold)

    def _face(self, path: str, size: int) -> GoodFace | None:
        from lookout.vision.image.photo import decode_photo
        from lookout.vision.recogniser import recogniser

        limit = self._settings.limits.max_upload_bytes
        if size > limit:
            raise PhotoRejected(f"larger than {limit // 1024 // 1024} MB: upload a smaller copy")
        data = storage.photo_bytes(self._stores, path)
        if data is None:
            return None
        photo = decode_photo(data, self._settings.recognition.max_frame_side)
        return main_face(recogniser(self._settings).see(photo).faces)

    def without_token(self, path: str) -> str:
        """Take the download token off a picture. Returns what was done, for the log."""
        taken = download_tokens.strip(self._stores, path)
        return "taken off" if taken else "none there"


service = Lazy(lambda: EnrolmentService(current_settings(), firebase_stores()))


def object_arrived(path: str, generation: int, metadata: Mapping[str, str]) -> None:
    """Act on the event that an object was stored."""
    if download_tokens.TOKENS in metadata and path.startswith(download_tokens.FOLDERS):
        handle_event("download token", path, lambda: service().without_token(path))
    if path.startswith(PHOTOS):
        handle_event("photo arrived", path, lambda: service().photo_arrived(path, generation))


def object_left(path: str, generation: int) -> None:
    """Act on the event that an object was deleted or overwritten."""
    if path.startswith(PHOTOS):
        handle_event("photo left", path, lambda: service().photo_left(path, generation))


def person_written(person_id: str, before: Any, after: Any, at: datetime) -> None:
    """Act on the event that a person's document was written ``at`` a moment; None where there is none."""
    if after is None:
        written_at = before.update_time
        handle_event("person left", person_id, lambda: service().person_left(person_id, at, written_at))
    elif _plain_fields(before) != _plain_fields(after):
        handle_event("person changed", person_id, lambda: service().person_changed(person_id))


def _plain_fields(person: Any) -> list[object]:
    # the snapshot's own get() raises for a field that is not there, and the event would come again for days
    fields = person.to_dict() if person is not None else {}
    return [fields.get(name) for name in PLAIN_FIELDS]

"""Photos of people: enrolled when they land in Storage, forgotten when they or their person go."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from firebase_functions import firestore_fn, options, storage_fn
from firebase_functions.core import Change, CloudEvent

from lookout.cloud.firebase.download_tokens import FOLDERS, TOKENS, strip
from lookout.cloud.firebase.triggers import end_of, handle_event, named_by_payload, retried
from lookout.domain.people.person import PLAIN_FIELDS
from lookout.settings import REGION, Settings

if TYPE_CHECKING:
    from lookout.services.enrol import EnrolmentService

settings = Settings.from_environment()
options.set_global_options(region=REGION, memory=options.MemoryOption.GB_1, timeout_sec=120)
_lock = threading.Lock()
_desks: list[EnrolmentService] = []


def desk() -> EnrolmentService:
    """What every event needs, made at the first: this file is loaded at deployment too, and must be quick."""
    # several events may meet a cold instance at once; one of them does the work
    with _lock:
        if not _desks:
            from lookout.cloud.firebase.clients import bucket, firestore_client
            from lookout.services.enrol import EnrolmentService

            _desks.append(EnrolmentService(settings, firestore_client(), bucket()))
        return _desks[0]


def without_token(path: str) -> str:
    """Take the download token off a picture. Returns what was done, for the log."""
    from lookout.cloud.firebase.clients import bucket

    return "taken off" if strip(bucket(), path, settings.store_timeout_seconds) else "none there any more"


@retried
@storage_fn.on_object_finalized()
def enroll(event: CloudEvent[storage_fn.StorageObjectData]) -> None:
    """A photo landed under ``faces/{personId}/``. No picture keeps the token that an upload puts on it."""
    path, generation = event.data.name, int(event.data.generation)
    if TOKENS in (event.data.metadata or {}) and path.startswith(FOLDERS):
        handle_event("download token", path, lambda: without_token(path))
    if path.startswith("faces/"):
        handle_event("photo arrived", path, lambda: desk().photo_arrived(path, generation))


@retried
@storage_fn.on_object_deleted()
def forget_photo(event: CloudEvent[storage_fn.StorageObjectData]) -> None:
    """A photo was deleted, or overwritten by a newer one."""
    path, generation = event.data.name, int(event.data.generation)
    if path.startswith("faces/"):
        handle_event("photo left", path, lambda: desk().photo_left(path, generation))


def _plain(person: Any) -> list[object]:
    # the snapshot's own get() raises for a field that is not there, and the event would come again for days
    fields = person.to_dict() if person is not None else {}
    return [fields.get(name) for name in PLAIN_FIELDS]


@retried
@named_by_payload
@firestore_fn.on_document_written(document="people/{personId}")
def person_changed(event: firestore_fn.Event[Change[Any]]) -> None:
    """A person was made, changed or deleted; by the server too, which counts photos and lists look-alikes."""
    person_id, before, after = event.params["personId"], event.data.before, event.data.after
    if after is None:
        at, written_at = end_of(event.time), before.update_time
        handle_event("person left", person_id, lambda: desk().person_left(person_id, at, written_at))
    elif _plain(before) != _plain(after):
        handle_event("person changed", person_id, lambda: desk().person_changed(person_id))

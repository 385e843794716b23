"""Photos of people: enrolled when they land in Storage, forgotten when they or their person go."""

from typing import Any

from firebase_functions import firestore_fn, storage_fn
from firebase_functions.core import Change, CloudEvent

from lookout.cloud.firebase.triggers import end_of, named_by_payload, retried
from lookout.deployment import options, photo_bucket
from lookout.services import enrol


@retried
@storage_fn.on_object_finalized(bucket=photo_bucket(), **options("enroll"))
def enroll(event: CloudEvent[storage_fn.StorageObjectData]) -> None:
    """A picture landed: a photo under ``faces/{personId}/`` is enrolled, and none keeps a download token."""
    enrol.object_arrived(event.data.name, int(event.data.generation), event.data.metadata or {})


@retried
@storage_fn.on_object_deleted(bucket=photo_bucket(), **options("forget_photo"))
def forget_photo(event: CloudEvent[storage_fn.StorageObjectData]) -> None:
    """A photo was deleted, or overwritten by a newer one."""
    enrol.object_left(event.data.name, int(event.data.generation))


@retried
@named_by_payload
@firestore_fn.on_document_written(document="people/{personId}", **options("person_changed"))
def person_changed(event: firestore_fn.Event[Change[Any]]) -> None:
    """A person was made, changed or deleted; by the server too, which counts photos and lists look-alikes."""
    enrol.person_written(event.params["personId"], event.data.before, event.data.after, end_of(event.time))

"""Verifying an erasure: looks for the person in everything that is stored.

It does not depend on how people are erased, so it finds what the erasure missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores

if TYPE_CHECKING:
    from google.cloud.firestore import CollectionReference

    from lookout.cloud.firebase.types import Blob

AT_ONCE = 16
PAGE = 100

TOMBSTONE = {"version", "deleted", "deletedAt", "expireAt"}
"""The fields of a tombstone in ``gallery``, which is kept for a day and says nothing else of the person."""

NAMES = ("name", "person")
"""Fields with the name of the person whose ``personId`` is beside them."""


def find_traces(stores: Stores, person_id: str, name: str | None) -> list[str]:
    """The documents and pictures that name the person by id or by ``name``: their paths, each with the place.

    Raises:
        Unavailable: a store did not answer.
    """
    words = {person_id, name or person_id}
    with store_errors("Firestore"), ThreadPoolExecutor(AT_ONCE) as pool:
        found = [
            f"{path}: {where}"
            for path, fields in _documents(stores.db.collections(**stores.options), pool, stores)
            for where in _in_document(path, fields, person_id, words)
        ]
    with store_errors("Storage"):
        for blob in stores.bucket.list_blobs(timeout=stores.timeout):
            found += [f"{blob.name}: {where}" for where in _in_picture(blob, person_id, words)]
    return found


def _documents(
    collections: Iterable[CollectionReference], pool: ThreadPoolExecutor, stores: Stores
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document below ``collections``, also those that exist only through collections below them."""
    for collection in collections:
        references = list(collection.list_documents(PAGE, **stores.options))
        for snapshot in pool.map(lambda one: one.get(**stores.options), references):
            yield snapshot.reference.path, snapshot.to_dict() or {}
        for below in pool.map(lambda one: list(one.collections(**stores.options)), references):
            yield from _documents(below, pool, stores)


def _in_document(path: str, fields: dict[str, Any], person_id: str, words: set[str]) -> Iterator[str]:
    collection, *rest = path.split("/")
    if (collection, *rest) == ("gallery", person_id) and fields.keys() <= TOMBSTONE:
        return
    if any(part == person_id or part.endswith(f"_{person_id}") for part in rest):
        yield "its id"
    # the person's own document has no id beside the name
    whose = rest[0] if collection in ("people", "gallery") else None
    yield from _in_fields(fields, whose, person_id, words)


def _in_fields(value: object, whose: object, person_id: str, words: set[str], at: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        whose = value.get("personId") or whose
        for key, inner in value.items():
            here = f"{at}.{key}" if at else str(key)
            if key == person_id:
                yield here
            if isinstance(inner, str):
                somebody_else = key in NAMES and whose not in (None, person_id)
                if not somebody_else and _says(inner, words):
                    yield here
            else:
                yield from _in_fields(inner, whose, person_id, words, here)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _in_fields(inner, whose, person_id, words, f"{at}[{index}]")
    elif isinstance(value, str) and _says(value, words):
        yield at


def _in_picture(blob: Blob, person_id: str, words: set[str]) -> Iterator[str]:
    parts = blob.name.split("/")
    labels = tuple(f"FACE_{word}_" for word in words)
    if person_id in parts or (parts[0] == "debug" and parts[-1].startswith(labels)):
        yield "its name"
    for key, value in (blob.metadata or {}).items():
        if any(f'"{word}"' in str(value) or word == value for word in words):
            yield f"metadata {key}"


def _says(text: str, words: set[str]) -> bool:
    """Whether a text is one of the words, or a path with one."""
    return any(part in words for part in (text, *text.split("/")))

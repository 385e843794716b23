"""Putting a backup back: documents first, so that no photo is taken for a new one, then what is in Storage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import storage_options
from lookout.cloud.firebase.stores import Stores
from stack.console import fail
from stack.keeping.backup import DOCUMENTS, MANIFEST, OBJECTS, VERSION, Kept, Progress, digest, kept_documents
from stack.keeping.plain import from_json

AT_ONCE = 200
"""Documents written as one batch; Firestore allows 500."""

BATCH_BYTES = 4_000_000
"""And no more of their JSON; Firestore allows 10 MiB."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is whole."""

    folder: Path
    manifest: dict[str, Any]
    objects: tuple[Kept, ...]

    def documents(self) -> Iterator[tuple[int, str, Any]]:
        """Of each document its size as JSON, its path and its fields as JSON."""
        with (self.folder / DOCUMENTS).open(encoding="utf-8") as file:
            for line in file:
                read = json.loads(line)
                yield len(line), read["path"], read["fields"]


def opened(folder: Path) -> Backup:
    """The backup in a folder, every file of which was looked at.

    Raises:
        SystemExit: it is none, or not all of it is there; the line says what to do.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        version, told = manifest["version"], manifest["sha256"]
    except FileNotFoundError:
        raise fail(
            f"{folder} is no backup, or one that was interrupted: there is no {MANIFEST}. "
            "Run scripts/backup with this folder again; it goes on where it stopped."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise fail(f"{folder / MANIFEST} is damaged: take another backup, or make one anew.") from None
    if version != VERSION:
        raise fail(f"{folder} is a backup of version {version}; this program reads version {VERSION}.")
    for name in (DOCUMENTS, OBJECTS):
        if not (folder / name).is_file() or digest(folder / name) != told.get(name):
            raise fail(f"{folder / name} is damaged or cut short: take another backup, or copy it anew.")
    lines = (folder / OBJECTS).read_text().splitlines()
    objects = tuple(Kept(**json.loads(line)) for line in lines)
    broken = [one for one in objects if not one.is_whole(folder)]
    if broken:
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        raise fail(
            f"{folder / broken[0].file} ({broken[0].name}){more} is damaged or missing: take another backup, or "
            "copy it anew."
        )
    return Backup(folder, manifest, objects)


def is_empty(stores: Stores) -> bool:
    """Whether nothing is there of what a backup has.

    Raises:
        Unavailable: a store did not answer.
    """
    if next(kept_documents(stores), None) is not None:
        return False
    with store_errors("Storage"):
        return next(iter(stores.bucket.list_blobs(**storage_options(stores))), None) is None


def restore(stores: Stores, backup: Backup, progress: Progress) -> tuple[int, int]:
    """Write all of it; how many documents and objects. It may be run again: the end is the same.

    What has the same path is replaced, what the backup does not have stays. An object that is there already, byte
    for byte, is not written again.

    Raises:
        Unavailable: a store did not answer; run it again.
    """
    documents, size = 0, 0
    waiting: list[tuple[str, Any]] = []

    def write() -> None:
        batch = stores.db.batch()
        for path, fields in waiting:
            batch.set(stores.db.document(path), fields)
        with store_errors("Firestore"):
            batch.commit(**stores.options)
        waiting.clear()

    for length, path, plain in backup.documents():
        if waiting and (len(waiting) >= AT_ONCE or size + length > BATCH_BYTES):
            write()
            progress(f"{documents} documents")
            size = 0
        waiting.append((path, from_json(plain, stores.db.document)))
        size += length
        documents += 1
    if waiting:
        write()
    progress(f"{documents} documents")
    for number, one in enumerate(backup.objects, 1):
        _put(stores, backup.folder, one)
        if number % 100 == 0:
            progress(f"{number} of {len(backup.objects)} objects")
    return documents, len(backup.objects)


def _put(stores: Stores, folder: Path, one: Kept) -> None:
    with store_errors("Storage"):
        there = stores.bucket.get_blob(one.name, **storage_options(stores))
        if there is not None and there.md5_hash == one.md5:
            return
        blob = stores.bucket.blob(one.name)
        blob.metadata = one.metadata or None
        data = (folder / one.file).read_bytes()
        blob.upload_from_string(data, one.kind or "application/octet-stream", **storage_options(stores))

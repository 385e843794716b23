"""A backup is a folder: all documents, all of Storage, and a manifest that is written last.

``documents.jsonl`` has a line per document, ``objects.jsonl`` one per object. The bytes of an object are in
``objects/``, under the SHA-256 of its name. A folder without ``manifest.json`` is a backup that was interrupted.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import storage_options
from lookout.cloud.firebase.stores import Stores
from stack.keeping.plain import to_json

VERSION = 1
MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
OBJECTS = "objects.jsonl"
FOLDER = "objects"

NOT_KEPT = ("notices", "commands")
"""What is only on its way: restored, a notice would be sent and a command carried out once more."""

PAGE = 300

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """An object of Storage in a backup: its name there, and what was known of its bytes."""

    name: str
    kind: str | None
    metadata: dict[str, str]
    size: int
    md5: str

    @property
    def file(self) -> str:
        """The name of the file that holds it, below the backup's folder."""
        return f"{FOLDER}/{hashlib.sha256(self.name.encode()).hexdigest()}"

    def is_whole(self, folder: Path) -> bool:
        """Whether its file is there with all of its bytes."""
        path = folder / self.file
        return path.is_file() and path.stat().st_size == self.size and md5(path) == self.md5


def back_up(stores: Stores, folder: Path, project: str, progress: Progress) -> dict[str, Any]:
    """Write a backup; its manifest. What an interrupted one has already is not fetched again.

    Documents are read before the objects that they name, so that each picture that is named is there.

    Raises:
        Unavailable: a store did not answer; run it again.
        OSError: the folder cannot be written.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    documents = _write(folder / DOCUMENTS, kept_documents(stores))
    progress(f"{documents} documents")
    kept: list[Kept] = []
    with store_errors("Storage"):
        for blob in stores.bucket.list_blobs(**storage_options(stores)):
            one = _kept(stores, blob, folder)
            if one is not None:
                kept.append(one)
            if kept and len(kept) % 100 == 0:
                progress(f"{len(kept)} objects")
    _write(folder / OBJECTS, map(asdict, kept))
    files = {one.file for one in kept}
    for path in (folder / FOLDER).iterdir():
        if f"{FOLDER}/{path.name}" not in files:
            path.unlink()
    manifest = {
        "version": VERSION,
        "project": project,
        "madeAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "documents": documents,
        "objects": len(kept),
        "bytes": sum(one.size for one in kept),
        "sha256": {name: digest(folder / name) for name in (DOCUMENTS, OBJECTS)},
    }
    unfinished = folder / (MANIFEST + ".part")
    unfinished.write_text(json.dumps(manifest, indent=2) + "\n")
    unfinished.replace(folder / MANIFEST)
    return manifest


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def md5(path: Path) -> str:
    """The MD5 of a file as Storage tells it."""
    with path.open("rb") as file:
        made = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(made.digest()).decode()


def _kept(stores: Stores, blob: Any, folder: Path) -> Kept | None:
    """The object, its bytes in the folder; None when it was deleted since it was listed."""
    from google.api_core.exceptions import NotFound

    one = Kept(blob.name, blob.content_type, dict(blob.metadata or {}), int(blob.size), blob.md5_hash or "")
    if one.is_whole(folder):
        return one
    path = folder / one.file
    unfinished = path.with_name(path.name + ".part")
    try:
        # by its bytes: it may have been replaced since it was listed
        data = blob.download_as_bytes(**storage_options(stores))
    except NotFound:
        return None
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return Kept(one.name, one.kind, one.metadata, len(data), md5(path))


def kept_documents(stores: Stores) -> Iterator[dict[str, Any]]:
    """All documents that a backup has, each its path and its fields as JSON.

    Raises:
        Unavailable: Firestore did not answer.
    """
    with store_errors("Firestore"):
        yield from _below(stores, stores.db.collections(**stores.options))


def _below(stores: Stores, collections: Any) -> Iterator[dict[str, Any]]:
    for collection in collections:
        if collection.id in NOT_KEPT:
            continue
        # also documents that exist only through what is below them
        for reference in collection.list_documents(PAGE, **stores.options):
            fields = reference.get(**stores.options).to_dict()
            if fields is not None:
                yield {"path": reference.path, "fields": to_json(fields)}
            yield from _below(stores, reference.collections(**stores.options))


def _write(path: Path, lines: Iterator[dict[str, Any]] | Any) -> int:
    unfinished = path.with_name(path.name + ".part")
    count = 0
    with unfinished.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=True) + "\n")
            count += 1
    unfinished.replace(path)
    return count

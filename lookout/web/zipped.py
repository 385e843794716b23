"""Files as one zip file, made while it is sent: it is never whole in memory or on disk."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from zipstream import ZIP_DEFLATED, ZIP_STORED, ZipStream

from lookout.log import Severity, log

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif")
"""Compressed already."""


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The zip file of ``files``, each a path and its bytes, one after another.

    The first file is read at once, so that an error in it can still be answered as one.
    """
    waiting = iter(files)
    return _zipped(itertools.chain(list(itertools.islice(waiting, 1)), waiting))


def _zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    stream = ZipStream()
    try:
        for path, data in files:
            kind = ZIP_STORED if path.lower().endswith(PICTURES) else ZIP_DEFLATED
            stream.add(data, path, compress_type=kind)
            yield from stream.all_files()
        yield from stream.finalize()
    except Exception as error:
        log(Severity.ERROR, "zip file broken off", error=repr(error))
        raise

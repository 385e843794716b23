"""A multipart body cut into its parts, by the boundary that the body itself begins with.

Sketches write these bodies by hand. They forget to name the boundary in the header, name another, end lines with a
bare LF, or leave out the last two dashes; Flask's parser refuses all of that, and copies what it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.http import parse_options_header

from lookout.domain.cameras.signature import MAX_PADDING, PADDING
from lookout.errors import BadRequest, TooLarge

MAX_PARTS = 64
"""Parts of one body; a frame and a few fields take less than ten."""

HEAD_BYTES = 8 * 1024
"""Room for the headers of one part."""

_FIRST_LINE = re.compile(PADDING + b"{0,%d}?" % MAX_PADDING + rb"--([^\r\n]{1,200}?)[ \t]*\r?\n")
_LATER_LINE = re.compile(rb"\n--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_AFTER_BOUNDARY = re.compile(rb"(--)|[ \t]*(\r?\n|\Z)")

_BROKEN = (
    "The multipart body is broken: each part needs a blank line before its content and the boundary behind it, "
    "and the body ends with it (`--boundary--`)."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what its headers say in lower case, but for the names, and its content as it was sent."""

    name: str
    filename: str
    content_type: str
    encoding: str
    content: bytes


def boundary(body: bytes, declared: str) -> bytes | None:
    """What separates the parts of ``body``; None when it is no multipart body.

    That is its first line. Where text comes before the first part, it is what the header says, ``declared``, or
    the first such line that a part's headers follow.
    """
    found = _FIRST_LINE.match(body)
    if found is not None:
        return found[1]
    named = declared.encode("latin-1", "ignore")
    if named and body.find(b"\n--" + named, 0, HEAD_BYTES) >= 0:
        return named
    later = _LATER_LINE.search(body, 0, HEAD_BYTES)
    return None if later is None else later[1]


def parts(body: bytes, separator: bytes) -> Iterator[Part]:
    """The parts of ``body`` between the lines of ``separator``.

    Raises:
        BadRequest: a part has no end, or its headers have none.
        TooLarge: it has more parts than make sense.
    """
    line = b"\n--" + separator
    at = body.find(line[1:]) + len(line) - 1
    for _ in range(MAX_PARTS):
        after = _AFTER_BOUNDARY.match(body, at)
        if after is None:
            raise BadRequest(_BROKEN)
        at = after.end()
        if after[1] or at == len(body):
            return
        start, head = _head(body, at)
        end, at = _end(body, start, line)
        yield _part(head, body[start:end])
    raise TooLarge(f"More than {MAX_PARTS} parts in one body: send the frame and the camera's id only.")


def _head(body: bytes, at: int) -> tuple[int, bytes]:
    """Where the content of the part begins whose headers begin ``at``, and those headers."""
    # a part without headers begins with its blank line, which is a line's end behind the boundary's own
    found = _BLANK_LINE.search(body, at - 1 if body[at - 2 : at] != b"\r\n" else at - 2, at + HEAD_BYTES)
    if found is None:
        raise BadRequest(_BROKEN)
    return found.end(), body[at : found.start()]


def _end(body: bytes, start: int, line: bytes) -> tuple[int, int]:
    """Where the content that begins at ``start`` ends, and where the boundary behind it does."""
    # an empty content may share its line's end with the blank line before it
    at = start - 1
    for _ in range(MAX_PARTS):
        at = body.find(line, at)
        if at < 0:
            break
        if _AFTER_BOUNDARY.match(body, at + len(line)):
            end = at - 1 if body[at - 1 : at] == b"\r" else at
            return max(start, end), at + len(line)
        at += 1
    raise BadRequest(_BROKEN)


def _part(head: bytes, content: bytes) -> Part:
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    _, options = parse_options_header(headers.get("content-disposition", ""))
    return Part(
        options.get("name", ""),
        options.get("filename", ""),
        headers.get("content-type", "").lower(),
        headers.get("content-transfer-encoding", "").lower(),
        content,
    )

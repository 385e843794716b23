"""A request's body, read within fixed times, so that a slow or unfinished one holds no thread for long.

gunicorn waits for a body without end, and has few threads: 40 slow connections kept frames from being read.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from wsgiref.types import WSGIEnvironment

from werkzeug.wsgi import get_content_length

from lookout.errors import BadRequest

SILENCE_SECONDS = 4.0
"""Longest wait for the next bytes. Sketches give up after 5 s and would not see the answer any more."""

BODY_SECONDS = 30.0
"""Longest time for a whole body."""

NAMELESS_SECONDS = 6.0
"""The same where only the body says whose it is."""

NAMELESS_AT_ONCE = 3
"""So many of those are read at once, one thread fewer than there are."""

CROWDED_SECONDS = 0.05
"""What any further ones get: time for what has arrived already."""

REST_SECONDS = 1.0
"""Longest time for the rest of a body: a client that is still sending does not see its answer."""

RESTS_AT_ONCE = 2
"""Clients waited for in this way at once; the connections of others are cut."""

REST_BYTES = 32 * 1024 * 1024
"""As many bytes as Cloud Run lets through; of more than that nothing is read."""

PIECE = 64 * 1024

_LATE = "The body took too long: send all of its Content-Length, and a smaller frame or from nearer by."
_SHORT = "The body ended before its Content-Length: send all of it."
_BROKEN = "The body's chunks make no sense, or their end is missing: send it with a Content-Length."

_rests = threading.BoundedSemaphore(RESTS_AT_ONCE)
_nameless = threading.BoundedSemaphore(NAMELESS_AT_ONCE)


class TimedBody:
    """Stands in for ``wsgi.input``: the same bytes, or BadRequest where they come too late or make no sense."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._source = environ["wsgi.input"]
        self._socket: socket.socket | None = environ.get("gunicorn.socket")
        self._left = get_content_length(environ)
        if self._left is None and self._socket is not None and "HTTP_TRANSFER_ENCODING" not in environ:
            self._left = 0
        self._late = False
        self._failed = False
        self._timer: threading.Timer | None = None

    @property
    def has_ended(self) -> bool:
        """Whether no more is to come."""
        return self._left == 0

    def allow(self, seconds: float) -> None:
        """Give what is left of the body so many seconds from now on."""
        self._stop()
        if self._socket is not None and not self.has_ended:
            # the server reads on as long as anything comes; only the connection can end that
            self._timer = threading.Timer(seconds, self._cut_late)
            self._timer.daemon = True
            self._timer.start()

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes of the body, all that is left without it; empty at its end.

        Raises:
            BadRequest: they did not come in time, or are not framed as HTTP wants it.
        """
        if self._left == 0 or self._failed:
            return b""
        if self._timer is None:
            self.allow(BODY_SECONDS)
        try:
            data = self._read(size)
        # each server has its own errors for a body that it cannot read, down to plain ValueErrors
        except Exception as error:
            self._fail()
            raise BadRequest(_why(error, self._late)) from None
        if self._left is not None:
            self._left -= len(data)
        if not data and size != 0:
            if self._left:
                self._fail()
                raise BadRequest(_LATE if self._late else _SHORT)
            self._left = 0
        if self._left == 0:
            self._stop()
        return data

    def _read(self, size: int) -> bytes:
        if self._socket is None:
            return bytes(self._source.read(size))
        self._socket.settimeout(SILENCE_SECONDS)
        try:
            return bytes(self._source.read(size))
        finally:
            self._socket.settimeout(None)

    def finish(self) -> None:
        """Read what was not needed, for a second at most, and cut the connection if there is more."""
        if not self.has_ended and not self._failed and _rests.acquire(blocking=False):
            try:
                self.allow(REST_SECONDS)
                left = REST_BYTES
                with suppress(BadRequest):
                    while left > 0 and (data := self.read(PIECE)):
                        left -= len(data)
            finally:
                _rests.release()
        self._stop()
        if not self.has_ended:
            # else gunicorn waits for it once more, in the thread that takes the connections of all
            self._cut()

    def _fail(self) -> None:
        self._failed = True
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut_late(self) -> None:
        self._late = True
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RD)


@contextmanager
def nameless(body: object) -> Iterator[None]:
    """Within it, ``body`` is read to find the camera's id. Many at once leave a thread to those that name it."""
    has_place = _nameless.acquire(blocking=False)
    try:
        if isinstance(body, TimedBody):
            body.allow(NAMELESS_SECONDS if has_place else CROWDED_SECONDS)
        yield
    finally:
        if has_place:
            _nameless.release()


def _why(error: Exception, late: bool) -> str:
    if late or isinstance(error, TimeoutError):
        return _LATE
    return _SHORT if isinstance(error, OSError) else _BROKEN

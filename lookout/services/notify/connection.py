"""A line to a server that somebody else runs: to an address that was looked at, and for a limited time in all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import TypeVar

from lookout.domain.cameras.address import Address
from lookout.errors import NotDelivered

Result = TypeVar("Result")


def within(seconds: float, act: Callable[[], Result]) -> Result:
    """What ``act`` returns or raises, if that takes no longer; it goes on by itself where it does.

    Raises:
        TimeoutError: it takes longer.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(act())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(max(seconds, 0.0))


@contextmanager
def line(host: str, port: int, seconds: float, check: Callable[[Address], None]) -> Iterator[socket.socket]:
    """A connection to ``host``, which is hung up on after ``seconds``, whatever is going on by then.

    The name is looked up once, ``check`` may refuse any of its addresses by raising, and one of these very
    addresses is called: nobody can answer with another one in between.

    Raises:
        NotDelivered: nobody answers there, or what is done on the line takes too long.
    """
    deadline = time.monotonic() + seconds
    silent = NotDelivered(f"{host} did not answer within {seconds:.0f} s.")
    try:
        addresses = within(seconds, lambda: _addresses(host, port))
    except TimeoutError as error:
        raise silent from error
    except (OSError, UnicodeError) as error:
        raise NotDelivered(f"{host} has no address; is the name right?") from error
    for address in addresses:
        check(address)
    try:
        connection = _connection(addresses, port, deadline)
    except TimeoutError as error:
        raise silent from error
    except OSError as error:
        raise NotDelivered(f"{host} does not take calls at port {port} ({_cause(error)}).") from error
    with connection, _hung_up_at(deadline, connection) as hung_up:
        try:
            yield connection
        except Exception as error:
            # the socket's own patience may end a moment before it is hung up on
            late = time.monotonic() >= deadline
            if late or hung_up.is_set() or isinstance(error, TimeoutError):
                raise silent from error
            raise
        if hung_up.is_set():
            # what was read may look whole, and end where the line did
            raise silent


def _addresses(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(place[4][0]) for place in found))


def _connection(addresses: Sequence[Address], port: int, deadline: float) -> socket.socket:
    for last, address in enumerate(addresses, 1 - len(addresses)):
        try:
            left = max(deadline - time.monotonic(), 0.01)
            # the number, not the name: there is nothing left to look up
            return socket.create_connection((str(address), port), left)
        except OSError:
            if last == 0:
                raise
    raise OSError("no address")


@contextmanager
def _hung_up_at(deadline: float, connection: socket.socket) -> Iterator[threading.Event]:
    hung_up = threading.Event()
    # TLS takes the first handle for itself; a second one ends the connection all the same
    handle = connection.dup()

    def hang_up() -> None:
        hung_up.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    # a server that says a little every second never runs into the socket's own timeout
    timer = threading.Timer(max(deadline - time.monotonic(), 0.0), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield hung_up
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _cause(error: OSError) -> str:
    return error.strerror or type(error).__name__

"""A connection to somebody else's server: to a checked address, and for a limited time in all."""

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
    """What ``act`` returns or raises within ``seconds``. Where it takes longer, it goes on in its thread.

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
def open_connection(
    host: str, port: int, seconds: float, check: Callable[[Address], None]
) -> Iterator[socket.socket]:
    """A connection to ``host``, which is closed after ``seconds`` in any case.

    The name is looked up once. ``check`` refuses an address by raising. One of the checked addresses is called, so
    a second answer of the name server changes nothing.

    Raises:
        NotDelivered: the server does not answer, or the exchange takes too long.
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
    with connection, _closed_at(deadline, connection) as closed:
        try:
            yield connection
        except Exception as error:
            # the socket's own timeout may end a moment before the deadline
            late = time.monotonic() >= deadline
            if late or closed.is_set() or isinstance(error, TimeoutError):
                raise silent from error
            raise
        if closed.is_set():
            # what was read may look complete although the connection was closed
            raise silent


def _addresses(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(place[4][0]) for place in found))


def _connection(addresses: Sequence[Address], port: int, deadline: float) -> socket.socket:
    for last, address in enumerate(addresses, 1 - len(addresses)):
        try:
            left = max(deadline - time.monotonic(), 0.01)
            # the number, not the name: nothing is looked up again
            return socket.create_connection((str(address), port), left)
        except OSError:
            if last == 0:
                raise
    raise OSError("no address")


@contextmanager
def _closed_at(deadline: float, connection: socket.socket) -> Iterator[threading.Event]:
    closed = threading.Event()
    # TLS takes over the first handle; a second one can still end the connection
    handle = connection.dup()

    def close() -> None:
        closed.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    # a server that sends a byte every second never runs into the socket's own timeout
    timer = threading.Timer(max(deadline - time.monotonic(), 0.0), close)
    timer.daemon = True
    timer.start()
    try:
        yield closed
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _cause(error: OSError) -> str:
    return error.strerror or type(error).__name__

"""One small GET to a camera: few headers, no redirects, a limit to the bytes and to the time as a whole."""

from __future__ import annotations

import io
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any

from lookout_agent.camera.addresses import HTTP, Address
from lookout_agent.clock import monotonic
from lookout_agent.errors import CameraFailed, CameraSilent
from lookout_agent.text import plain

TEXT_LIMIT = 16 * 1024
IMAGE_LIMIT = 2 * 1024 * 1024

REASON_CHARACTERS = 60
"""Longest reason phrase of an error status that is passed on."""

HEAD_LIMIT = 64 * 1024
"""Bytes of headers at most. The framing of chunks may be as long as the body itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a 200. Names in ``headers`` are in lower case."""

    headers: Mapping[str, str]
    body: bytes


def get(address: Address, path: str, seconds: float, limit: int = TEXT_LIMIT) -> Answer:
    """Ask the camera at ``address`` for ``path``; all of it may take ``seconds`` and bring ``limit`` bytes.

    Raises:
        CameraSilent: it does not answer in time, refuses the connection or breaks it.
        CameraFailed: it answers with anything but a 200, or with more than ``limit`` bytes.
    """
    deadline = monotonic() + seconds
    try:
        with socket.create_connection((address.host, address.port), timeout=seconds) as connection:
            connection.sendall(_request(address, path))
            return _read(_LimitedReader(connection, deadline, 2 * limit + HEAD_LIMIT), limit)
    except TimeoutError:
        raise CameraSilent(
            f"The camera at {address.host} did not answer within {seconds:g} s: is it switched on?"
        ) from None
    except ConnectionRefusedError:
        raise CameraSilent(
            f"Nobody listens at {address.host}:{address.port}: does the camera have another address now?"
        ) from None
    except (HTTPException, ValueError) as error:  # ValueError: a chunk of negative length
        if isinstance(error, (ConnectionError, IncompleteRead)):
            raise CameraSilent(f"The camera at {address.host} broke off its answer; try again.") from None
        raise CameraFailed(
            f"The camera at {address.host} does not answer in HTTP; is it the camera?"
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CameraSilent(f"The camera at {address.host} cannot be reached ({reason}).") from None


def _request(address: Address, path: str) -> bytes:
    # an ESP32 refuses more than 512 bytes of headers: these two are all that HTTP/1.1 requires
    host = address.host if address.port == HTTP else f"{address.host}:{address.port}"
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii")


def _read(reader: _LimitedReader, limit: int) -> Answer:
    with HTTPResponse(reader) as response:  # type: ignore[arg-type]  # it only calls makefile
        response.begin()
        if response.status != 200:
            answered = f"{response.status} {plain(response.reason, REASON_CHARACTERS)}".rstrip()
            raise CameraFailed(f"The camera answered {answered}; does its firmware know this?")
        body = response.read(limit + 1)
        if len(body) > limit:
            raise CameraFailed(f"The camera answered with more than {limit // 1024} KB.")
        if response.length:
            raise ConnectionResetError("the body was cut short")
        return Answer({name.lower(): text for name, text in response.getheaders()}, body)


class _LimitedReader(io.RawIOBase):
    """Reads a connection until ``deadline`` or ``most`` bytes, all reads together.

    A limit to the body is not enough: for a chunk of -1 bytes ``http.client`` reads whatever comes.
    """

    def __init__(self, connection: socket.socket, deadline: float, most: int) -> None:
        self._connection, self._deadline, self._left = connection, deadline, most

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        received = self._connection.recv_into(buffer)
        self._left -= received
        if self._left < 0:
            raise CameraFailed("The camera answered with more than any camera's answer has.")
        return received

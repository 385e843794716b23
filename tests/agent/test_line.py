"""The line that the outages are played on: what it holds back arrives when it is thawed, and only then."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.agent.line import HomeLine


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize(("ends", "arrives"), [("cut", b""), ("thaw", b"meanwhile")])
def test_what_a_frozen_line_holds_back_arrives_only_if_it_is_thawed(
    ends: str, arrives: bytes, server: socket.socket
) -> None:
    host, port = server.getsockname()
    with HomeLine(f"{host}:{port}") as line:
        near_host, _, near_port = line.address.partition(":")
        with socket.create_connection((near_host, int(near_port))) as near:
            far, _ = server.accept()
            with far:
                near.sendall(b"before")
                assert far.recv(100) == b"before"
                line.freeze()
                near.sendall(b"meanwhile")
                time.sleep(0.1)
                getattr(line, ends)()
                assert far.recv(100) == arrives

"""A file that is made while it is stored, in chunks as Google takes them: the emulator knows only one."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import google_crc32c
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from lookout.cloud.firebase.storage import CHUNK, store_stream
from lookout.cloud.firebase.stores import Stores
from lookout.errors import Unavailable


@dataclass
class Upload:
    """What a resumable upload brought so far."""

    received: bytearray = field(default_factory=bytearray)
    largest: int = 0
    finished: bool = False
    given_up: bool = False


@pytest.fixture
def upload(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Upload, Stores]]:
    """Storage's resumable uploads on loopback, by Google's protocol, and stores that use them."""
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    state = Upload()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200, {}, Location=f"{address}/upload/one")

        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            state.largest = max(state.largest, len(data))
            state.received += data
            total = re.fullmatch(r"bytes .*/(\*|\d+)", self.headers["Content-Range"])
            assert total is not None
            if total[1] == "*":
                self._answer(308, None, Range=f"bytes=0-{len(state.received) - 1}")
            else:
                state.finished = True
                digest = base64.b64encode(
                    google_crc32c.value(bytes(state.received)).to_bytes(4, "big")
                ).decode()
                self._answer(200, {"name": "file", "size": total[1], "crc32c": digest})

        def do_DELETE(self) -> None:
            state.given_up = True
            self._answer(204, None)

        def _answer(self, status: int, told: Any, **headers: str) -> None:
            body = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    client = Client("my-house", nobody, client_options={"api_endpoint": address})
    db: Any = None
    try:
        yield state, Stores(db, client.bucket("b"), 5.0)
    finally:
        client.close()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.few(2)
@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_a_stream_of_any_size_is_stored_whole_and_is_never_whole_in_memory(
    size: int, upload: tuple[Upload, Stores]
) -> None:
    state, stores = upload
    piece = bytes(range(256)) * 300
    whole = (piece * (size // len(piece) + 1))[:size]
    pieces = (whole[at : at + 70_000] for at in range(0, size, 70_000))
    assert store_stream(stores, "file", pieces, "application/zip", "attachment") == size
    assert state.finished
    assert bytes(state.received) == whole
    assert state.largest <= CHUNK


def test_a_stream_that_breaks_off_is_given_up(upload: tuple[Upload, Stores]) -> None:
    state, stores = upload

    def broken() -> Iterator[bytes]:
        yield b"x" * (CHUNK + 1)
        raise Unavailable("Storage did not answer; try again.")

    with pytest.raises(Unavailable):
        store_stream(stores, "file", broken(), "application/zip", "attachment")
    assert len(state.received) == CHUNK
    assert state.given_up
    assert not state.finished

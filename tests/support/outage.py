"""Stores that fail as real ones do: cut off, silent, or answering nonsense."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


class StoreLine:
    """A TCP line to ``target`` ("host:port") that can be cut, or made to keep back one answer.

    ``kept_back`` counts the answers that came too late.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.partition(":")
        self._target = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._free = threading.Event()
        self._free.set()
        self.kept_back = 0
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def host(self) -> str:
        """Where it answers, as "host:port"."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def keep_back_an_answer(self) -> None:
        """Deliver what is sent, but hold the answers until the client loses its patience."""
        self._free.clear()

    def cut(self) -> None:
        """From now on nobody is reached."""
        self._free.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def join(self) -> None:
        """Wait until nothing of it runs."""
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._sockets += [client, server]
            asked = threading.Event()
            for run, args in ((self._ask, (client, server, asked)), (self._answer, (server, client, asked))):
                thread = threading.Thread(target=run, args=args)
                self._threads.append(thread)
                thread.start()

    def _ask(self, client: socket.socket, server: socket.socket, waiting: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if waiting.is_set() and _gives_up(data):
                    self._free.set()
                server.sendall(data)

    def _answer(self, server: socket.socket, client: socket.socket, waiting: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if not self._free.is_set():
                    waiting.set()
                    self._free.wait()
                    self.kept_back += 1
                    waiting.clear()
                client.sendall(data)


def _gives_up(data: bytes) -> bool:
    """Whether a client says in ``data`` that it waits for an answer no longer: RST_STREAM of HTTP/2 (RFC 9113)."""
    while len(data) >= 9:
        if data[3] == 0x3:
            return True
        data = data[9 + int.from_bytes(data[:3]) :]
    return False


@contextmanager
def storage_that_answers(status: int) -> Iterator[str]:
    """The address of a Storage that answers every request with ``status``."""

    @Request.application
    def answer(request: Request) -> Response:
        request.get_data()
        return Response("{}", status, mimetype="application/json")

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        return


@contextmanager
def storage_that_hangs() -> Iterator[str]:
    """The address of a Storage that takes every request and never answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port

"""A TCP line that can be cut and mended, as a home's line to the internet is."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType


class HomeLine:
    """Leads from a port of this machine (``address``) to ``target``, both ``host:port``."""

    def __init__(self, target: str) -> None:
        host, _, port = target.partition(":")
        self._target = host, int(port)
        self._port = 0
        self._ends: set[socket.socket] = set()
        self._flows = threading.Event()
        self.mend()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def mend(self) -> None:
        """Let everything through (again)."""
        self._flows.set()
        self._listener = socket.create_server(("127.0.0.1", self._port), reuse_port=False)
        self._port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._accepting.start()

    def freeze(self) -> None:
        """Swallow everything without a word, as a router does that has hung up; connections stay open."""
        self._flows.clear()

    def thaw(self) -> None:
        """Deliver what was held back, and all that follows."""
        self._flows.set()

    def cut(self) -> None:
        """Break every connection, and refuse new ones; what was held back is lost."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for end in list(self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        # last: what waits in a frozen line must find its way barred, not arrive
        self._flows.set()

    def __enter__(self) -> HomeLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            self._ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        source.close()
        self._ends.discard(source)

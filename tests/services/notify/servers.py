"""Real servers on loopback for what ``notify`` calls: a mail server, and a receiver of webhooks and pushes."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.support.outage import closed_port

USER, PASSWORD = "house@example.com", "correct horse battery"


@dataclass
class MailServer:
    """A mail server. ``refusals``: what it says, in turn, instead of taking a mail; ``unknown``: recipients that
    it does not have; ``slow``: seconds before it takes one."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    logins: list[bool] = field(default_factory=list)
    slow: float = 0.0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        await asyncio.sleep(self.slow)
        if self.refusals:
            return self.refusals.pop(0)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        return AuthResult(success=False, handled=False)

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        self.logins.append(right)
        return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    auth: bool = False,
    passwords: bool = True,
) -> Iterator[MailServer]:
    """A mail server on loopback, without TLS by default. With ``auth`` nobody sends without signing in; without
    ``passwords`` that needs something better."""
    server = MailServer(port=closed_port())
    options: dict[str, Any] = {}
    if auth:
        options = {"authenticator": server.authenticate, "auth_required": True, "auth_require_tls": False}
    if not passwords:
        options["auth_exclude_mechanism"] = ["LOGIN", "PLAIN"]
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        **options,
    )
    with warnings.catch_warnings():
        # it says that signing in without TLS is not safe, which is what some tests are about
        warnings.simplefilter("ignore")
        controller.start()
        try:
            yield server
        finally:
            controller.stop()


@dataclass
class Posted:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """An HTTP server. ``answers``: what it does in turn about a request; 204 once there is none left."""

    port: int = 0
    posted: list[Posted] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    for_ever: Answer | None = None
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Answers with that status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def silence(handler: BaseHTTPRequestHandler) -> None:
    """Answers nothing, for half a minute."""
    receiver: Receiver = handler.server.receiver  # type: ignore[attr-defined]
    receiver.closing.wait(30)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answers a byte at a time, for ever."""
    receiver: Receiver = handler.server.receiver  # type: ignore[attr-defined]
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not receiver.closing.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    """Answers, but not in HTTP."""
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")


def endless_body(handler: BaseHTTPRequestHandler) -> None:
    """Takes it, and then talks for ever."""
    receiver: Receiver = handler.server.receiver  # type: ignore[attr-defined]
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not receiver.closing.is_set():
            handler.wfile.write(b"x" * 65536)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            receiver.posted.append(Posted(self.path, dict(self.headers.items()), body))
            answer = receiver.for_ever or (receiver.answers.pop(0) if receiver.answers else status(204))
        with suppress(OSError):
            answer(self)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on loopback."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = made = Receiver(server.server_port)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mute_server(greeting: bytes = b"", every: float = 0.0) -> Iterator[int]:
    """The port of a server that takes calls and says nothing, or its ``greeting`` a byte at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def talk() -> None:
        held = []
        while not closing.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                held.append(connection)
                for byte in greeting:
                    if closing.is_set():
                        break
                    connection.send(bytes([byte]))
                    time.sleep(every)
        for connection in held:
            connection.close()

    listener.settimeout(0.05)
    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        closing.set()
        thread.join()
        listener.close()


@contextmanager
def talkative_server(first: bytes, then: bytes) -> Iterator[int]:
    """The port of a server that greets with ``first``, and answers the first word with ``then`` without end."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def talk() -> None:
        while not closing.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(5)
                    connection.sendall(first)
                    if first.endswith(b"220 ready\r\n"):
                        connection.recv(1000)
                    while not closing.is_set():
                        connection.sendall(then * (65536 // len(then) + 1))

    listener.settimeout(0.05)
    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        closing.set()
        thread.join()
        listener.close()

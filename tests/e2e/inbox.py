"""Where the site's mail and webhooks arrive: a real SMTP server and a real HTTP receiver, on this machine."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import json
import secrets
import socket
import threading
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OWNER = "owner@example.com"
SIGNED = ("Delivery", "Timestamp", "Signature")


def free_port() -> int:
    """A port that nobody listens at: aiosmtpd does not tell which one it was given."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class Inbox:
    """Keeps what arrives, in order: ``mails``, and the bodies of ``hooks`` that were signed as they should be."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.hooks: list[dict[str, Any]] = []
        self._secret = secrets.token_hex(16)
        self._smtp = Controller(self, hostname="127.0.0.1", port=free_port())
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._receiver())

    @property
    def environment(self) -> dict[str, str]:
        """The settings that bring mail and webhooks here."""
        return {
            "EMAIL_ENABLED": "true",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self._smtp.port),
            "EMAIL_TLS": "none",
            "EMAIL_FROM": "lookout@example.com",
            "EMAIL_TO": OWNER,
            "WEBHOOK_URL": f"http://127.0.0.1:{self._http.server_port}/hook",
            "WEBHOOK_SECRET": self._secret,
            "WEBHOOK_ALLOW_PRIVATE": "true",
        }

    def __enter__(self) -> Self:
        self._smtp.start()
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._smtp.stop()
        self._http.shutdown()
        self._http.server_close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, as aiosmtpd calls it."""
        assert envelope.rcpt_tos == [OWNER]
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 OK"

    def _receiver(self) -> type[BaseHTTPRequestHandler]:
        inbox = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox._take({name: self.headers[f"X-Lookout-{name}"] for name in SIGNED}, body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        return Receiver

    def _take(self, shown: dict[str, str], body: bytes) -> None:
        head = f"{shown['Delivery']}.{shown['Timestamp']}."
        signed = hmac.new(self._secret.encode(), head.encode() + body, hashlib.sha256)
        if hmac.compare_digest(shown["Signature"], f"sha256={signed.hexdigest()}"):
            self.hooks.append(json.loads(body))

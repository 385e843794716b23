"""A signed POST to an address that the owner chose."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from urllib.parse import quote, urlsplit

from lookout.domain.cameras.address import Address, is_public
from lookout.domain.notifications.notice import AlertMessage
from lookout.domain.notifications.rules import Channel
from lookout.errors import DeliveryRefused, NotDelivered, SettingsError
from lookout.services.notify.connection import open_connection
from lookout.setting_groups import WebhookSettings

SECONDS = 5.0
"""Longest time for the whole exchange."""

SECRET_CHARACTERS = 16

_LATER = frozenset({408, 425, 429})
"""4xx answers that are temporary."""


class Webhook:
    """Posts messages as JSON. Safe to use from several threads.

    Raises:
        SettingsError: the address or the secret cannot be used.
    """

    channel = Channel.WEBHOOK

    def __init__(self, settings: WebhookSettings, seconds: float = SECONDS) -> None:
        # the address is in no error message: that of a Home Assistant is a secret by itself
        address = settings.url or ""
        if not address.isascii() or not address.isprintable() or " " in address:
            raise SettingsError("WEBHOOK_URL has characters that must be percent-encoded.")
        try:
            url = urlsplit(address)
            port = url.port
        except ValueError:
            # an unclosed bracket, an impossible port
            url, port = urlsplit(""), None
        if url.scheme not in ("http", "https") or not url.hostname or port == 0 or url.username is not None:
            raise SettingsError("WEBHOOK_URL is no address such as https://example.com/hook.")
        if len(settings.secret or "") < SECRET_CHARACTERS:
            raise SettingsError(
                f"WEBHOOK_URL needs WEBHOOK_SECRET, a random text of {SECRET_CHARACTERS} characters or more."
            )
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._host = url.hostname
        self._port = port or (80 if self._tls is None else 443)
        self._path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        self._secret = (settings.secret or "").encode()
        self._allow_private = settings.allow_private
        self._seconds = seconds

    def send(self, message: AlertMessage, seconds: float) -> str:
        """Post it; what was done, for the log.

        Raises:
            NotDelivered: it was not accepted this time.
            DeliveryRefused: it will not be accepted, or may not be sent there.
        """
        body = json.dumps(message.payload(), ensure_ascii=False).encode()
        delivery, timestamp = quote(message.notice.id), str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Lookout",
            "Connection": "close",
            "X-Lookout-Delivery": delivery,
            "X-Lookout-Timestamp": timestamp,
            "X-Lookout-Signature": f"sha256={signature(self._secret, delivery, timestamp, body)}",
        }
        try:
            with open_connection(
                self._host, self._port, min(self._seconds, seconds), self._may_be_called
            ) as connection:
                status = self._post(connection, body, headers)
        except ssl.SSLCertVerificationError as error:
            raise DeliveryRefused(f"The certificate of {self._host} is not to be trusted.") from error
        except http.client.HTTPException as error:
            raise NotDelivered(f"{self._host} did not answer in HTTP ({type(error).__name__}).") from error
        except OSError as error:
            raise NotDelivered(f"{self._host} broke off ({type(error).__name__}).") from error
        if 200 <= status < 300:
            return "sent"
        if 300 <= status < 400:
            raise DeliveryRefused(
                f"{self._host} answers with a redirect ({status}), which is not followed: "
                "let WEBHOOK_URL be the address that it leads to."
            )
        kind = DeliveryRefused if 400 <= status < 500 and status not in _LATER else NotDelivered
        raise kind(f"{self._host} answers {status}.")

    def _post(self, connection: socket.socket, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer; its body is not read."""
        session: http.client.HTTPConnection
        if self._tls is None:
            session = http.client.HTTPConnection(self._host, self._port)
            session.sock = connection
        else:
            session = http.client.HTTPSConnection(self._host, self._port, context=self._tls)
            session.sock = self._tls.wrap_socket(connection, server_hostname=self._host)
        try:
            session.request("POST", self._path, body, headers)
            # closed by us: the connection alone stays open for as long as there is an answer
            with session.getresponse() as answer:
                return answer.status
        finally:
            session.close()

    def _may_be_called(self, address: Address) -> None:
        if self._allow_private:
            if self._tls is None and is_public(address):
                raise DeliveryRefused("WEBHOOK_URL would show names to the network: use https.")
            return
        if not is_public(address):
            raise DeliveryRefused(
                f"WEBHOOK_URL leads to {address}, a private address (WEBHOOK_ALLOW_PRIVATE)."
            )
        if self._tls is None:
            raise DeliveryRefused("WEBHOOK_URL would show names to the network: use https.")


def signature(secret: bytes, delivery: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256, in hex, of the delivery's id, the timestamp and the body, with dots between them."""
    return hmac.new(secret, f"{delivery}.{timestamp}.".encode() + body, hashlib.sha256).hexdigest()

"""E-mail by SMTP."""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage

from lookout.domain.cameras.address import Address
from lookout.domain.notifications.notice import AlertMessage
from lookout.domain.notifications.rules import Channel
from lookout.errors import DeliveryRefused, NotDelivered, SettingsError
from lookout.log import Severity, log
from lookout.services.notify.connection import open_connection
from lookout.services.notify.mail_message import MailPictures, mail_message
from lookout.setting_groups import EmailSettings

SECONDS = 15.0
"""Longest time for a mail server, from connecting to its acceptance of the mail."""

PROTECTIONS = ("starttls", "tls", "none")

REPLY_BYTES = 64 * 1024
"""Longest total of a mail server's replies; usual ones are a few hundred bytes."""

_ADDRESS = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*|[\w.!#$%&'*+/=?^`{|}~-]+@\[[0-9A-Za-z.:]+\]"
)
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+(%\w+)?")


class Mail:
    """Sends mails. ``pictures``: returns the pictures of an alert. Safe to use from several threads.

    Raises:
        SettingsError: a setting is missing, or makes no sense.
    """

    channel = Channel.EMAIL

    def __init__(
        self, settings: EmailSettings, pictures: Callable[[str], MailPictures], seconds: float = SECONDS
    ) -> None:
        self._host = settings.host or ""
        self._port = settings.port
        self._protection = settings.tls.lower()
        self._user = settings.user
        self._password = settings.password
        self._from = settings.sender or settings.user or ""
        self._to = [address.strip() for address in (settings.to or "").split(",") if address.strip()]
        self._pictures = pictures
        self._seconds = seconds
        self._check()
        # certificates are checked, against the name in EMAIL_HOST
        self._tls = None if self._protection == "none" else ssl.create_default_context()

    def send(self, message: AlertMessage, seconds: float) -> str:
        """Send the mail; what was done, for the log.

        Raises:
            NotDelivered: the server did not take it this time.
            DeliveryRefused: it will not take it.
        """
        began = time.monotonic()
        mail = mail_message(message, self._pictures(message.notice.alert_id), self._from, self._to)
        left = min(self._seconds, max(seconds - (time.monotonic() - began), 0.0))
        try:
            with open_connection(self._host, self._port, left, self._may_be_called) as connection:
                refused = self._hand_over(connection, mail, left)
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryRefused(
                f"{self._host} does not offer what EMAIL_USER or the addresses need."
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise _by_code(error.smtp_code)(
                f"{self._host} does not take EMAIL_USER and EMAIL_PASSWORD ({error.smtp_code})."
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            raise _by_code(codes[0])(
                f"{self._host} takes no mail for EMAIL_TO ({', '.join(map(str, codes))})."
            ) from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code)(
                f"{self._host} did not take the mail ({error.smtp_code})."
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise DeliveryRefused(f"The certificate of {self._host} is not to be trusted.") from error
        except (smtplib.SMTPException, OSError) as error:
            if type(error) is smtplib.SMTPException:  # smtplib raises it when no sign-in method fits
                raise DeliveryRefused(f"{self._host} lets nobody sign in with a password.") from error
            raise NotDelivered(f"{self._host} broke off ({type(error).__name__}).") from error
        if refused:
            log(Severity.WARNING, "mail partly refused", refused=len(refused), of=len(self._to))
        return "sent"

    def _hand_over(self, connection: socket.socket, mail: EmailMessage, seconds: float) -> dict[str, object]:
        session = _Session(self._host, connection, self._tls if self._protection == "tls" else None, seconds)
        try:
            code, _ = session.connect(self._host, self._port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, "")
            if self._protection == "starttls":
                self._protect(session)
            if self._user and self._password:
                session.login(self._user, self._password)
            refused: dict[str, object] = dict(session.send_message(mail, self._from, self._to))
            with suppress(smtplib.SMTPException, OSError):  # the mail was accepted: do not wait for more
                session.putcmd("quit")
            return refused
        finally:
            session.close()

    def _protect(self, session: smtplib.SMTP) -> None:
        try:
            session.starttls(context=self._tls)
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryRefused(f"{self._host} does not offer STARTTLS; look at EMAIL_TLS.") from error

    def _may_be_called(self, address: Address) -> None:
        if self._protection == "none" and self._password and not address.is_loopback:
            raise DeliveryRefused(
                "EMAIL_TLS=none would show EMAIL_PASSWORD to the network; use starttls or tls."
            )

    def _check(self) -> None:
        missing = [name for name, value in (("EMAIL_HOST", self._host), ("EMAIL_TO", self._to)) if not value]
        if missing:
            raise SettingsError(f"EMAIL_ENABLED needs {' and '.join(missing)}.")
        if not _HOST.fullmatch(self._host) or len(self._host) > 253:
            raise SettingsError(
                f"EMAIL_HOST={self._host!r} is no server's name such as smtp.example.com; its port is EMAIL_PORT."
            )
        if self._protection not in PROTECTIONS:
            raise SettingsError(f"EMAIL_TLS={self._protection!r} is none of {', '.join(PROTECTIONS)}.")
        if not _is_address(self._from):
            raise SettingsError("EMAIL_FROM, or EMAIL_USER without it, is no e-mail address.")
        for address in self._to:
            if not _is_address(address):
                raise SettingsError(f"EMAIL_TO has {address!r}, which is no e-mail address.")
        if self._password and not self._user:
            raise SettingsError("EMAIL_PASSWORD needs EMAIL_USER.")
        if not (self._user or "").isascii() or not (self._password or "").isascii():
            raise SettingsError("EMAIL_USER and EMAIL_PASSWORD must be of letters without accents.")


def _is_address(text: str) -> bool:
    # an address that looks like an encoded word would be decoded on its way
    return _ADDRESS.fullmatch(text) is not None and len(text) <= 254 and "=?" not in text


class _Replies(io.BufferedReader):
    """Reads a mail server's replies, up to :data:`REPLY_BYTES`: a reply has any number of lines."""

    def __init__(self, connection: socket.socket, host: str) -> None:
        super().__init__(connection.makefile("rb", buffering=0))
        self._host = host
        self._left = REPLY_BYTES

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise NotDelivered(f"{self._host} says more than any mail server has to say.")
        return line


class _Session(smtplib.SMTP):
    """SMTP on an open connection."""

    def __init__(
        self, host: str, connection: socket.socket, tls: ssl.SSLContext | None, seconds: float
    ) -> None:
        # given, so that smtplib does not look up this machine's name, which may take long
        super().__init__(local_hostname="[127.0.0.1]", timeout=max(seconds, 0.01))
        self._host = host
        self._connection = connection
        self._tls = tls

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock, self._host)
        return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._tls is None:
            return self._connection
        return self._tls.wrap_socket(self._connection, server_hostname=host)


def _by_code(code: int) -> type[NotDelivered]:
    """SMTP's 4xx are temporary, 5xx final."""
    return DeliveryRefused if 500 <= code < 600 else NotDelivered

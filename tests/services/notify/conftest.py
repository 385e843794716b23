"""``notify`` on the emulators, with alerts and notices as ``detect`` writes them."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lookout.services.notify import channels, deliveries
from lookout.settings import Settings
from tests.services.notify.servers import MailServer, Receiver, mail_server, receiver
from tests.support import documents
from tests.support.household import Household
from tests.support.settings import changed

SECRET = "a secret of the house"
FACE, FRAME = b"\xff\xd8 the face \xff\xd9", b"\xff\xd8 the frame \xff\xd9"
CAMERA = "cam_front"
DAY = "2026-05-31"


@dataclass
class NotifyStores(Household):
    """The stores of a house, and the function by which its people are told."""

    def service(
        self, pauses: Sequence[float] = (0.01, 0.01), notifiers: Sequence[Any] | None = None, **changes: Any
    ) -> Any:
        """A warm instance of its own, set up otherwise in the ``changes``."""
        settings, stores = self.changed(**changes)
        found = channels.notifiers(settings, stores) if notifiers is None else notifiers
        return deliveries.NotificationService(settings, stores, found, pauses)

    def alert(self, alert_id: str = "a1", pictures: bool = True, **changes: Any) -> str:
        """An alert of somebody unknown, with its pictures."""
        face, frame = f"alerts/{alert_id}/0/face.jpg", f"alerts/{alert_id}/0/frame.jpg"
        if pictures:
            self.bucket.blob(face).upload_from_string(FACE, "image/jpeg")
            self.bucket.blob(frame).upload_from_string(FRAME, "image/jpeg")
        now = datetime.now(UTC)
        paths = {"facePath": face if pictures else None, "imagePath": frame if pictures else None}
        seen = {"firstSeenAt": now, "lastSeenAt": now, "expireAt": now + timedelta(days=30), "day": DAY}
        made = documents.alert(
            alert_id, **({"strangerId": "s1", "confidence": 0.02} | paths | seen | changes)
        )
        self.db.document(f"alerts/{alert_id}").set(made)
        return alert_id

    def known(self, alert_id: str = "a1", **changes: Any) -> str:
        """An alert of Anna."""
        anna: dict[str, Any] = {"personId": "anna", "person": "Anna", "isKnown": True, "strangerId": None}
        anna |= {"reason": "known", "distance": 0.2}
        return self.alert(alert_id, **(anna | {"confidence": 0.97} | changes))

    def notice(self, alert_id: str = "a1", state: str = "new", at: datetime | None = None) -> str:
        """The notice that ``detect`` leaves of the alert: its id."""
        at = at or datetime.now(UTC)
        made = documents.notice(alert_id, state=state, createdAt=at, expireAt=at + timedelta(days=7))
        self.db.document(f"notices/{alert_id}_{state}").set(made)
        return f"{alert_id}_{state}"

    def record(self, notice_id: str, channel: str) -> dict[str, Any]:
        """What the notice says of a channel."""
        stored = self.db.document(f"notices/{notice_id}").get().to_dict() or {}
        record: dict[str, Any] = stored.get("channels", {}).get(channel, {})
        return record

    def undelivered(self, alert_id: str = "a1") -> dict[str, Any]:
        """What the alert says of people who were not told."""
        stored = self.db.document(f"alerts/{alert_id}").get().to_dict() or {}
        told: dict[str, Any] = stored.get("undelivered", {})
        return told


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """A mail server without TLS."""
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with receiver() as server:
        yield server


@pytest.fixture
def room(settings: Settings, db: Any, bucket: Any, smtp: MailServer, hook: Receiver) -> NotifyStores:
    """A house with mails and webhooks."""
    return NotifyStores(
        changed(
            settings,
            SITE_REFRESH_SECONDS=0.0,
            SITE_URL="https://house.example.com",
            EMAIL_ENABLED=True,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=smtp.port,
            EMAIL_TLS="none",
            EMAIL_FROM="house@example.com",
            EMAIL_TO="ann@example.com, bob@example.com",
            WEBHOOK_URL=f"{hook.url}/hook?id=7",
            WEBHOOK_SECRET=SECRET,
            WEBHOOK_ALLOW_PRIVATE=True,
        ),
        db,
        bucket,
    )


@dataclass(frozen=True)
class Certificates:
    """A server's certificate for ``localhost`` and 127.0.0.1, and the authority that made it."""

    authority: Path
    server: ssl.SSLContext

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process trust the authority."""
        monkeypatch.setenv("SSL_CERT_FILE", str(self.authority))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    loopback = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return Certificates(certificate, context)

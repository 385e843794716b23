"""A server in Lookout's place that answers as a test wants it to, by HTTP or by TLS."""

from __future__ import annotations

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Said:
    """One answer: its status, its JSON, further headers."""

    status: int = 200
    body: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def judged(**next_fields: object) -> Said:
    """An answer to a frame with nobody in it."""
    body = {
        "status": "success",
        "person": None,
        "reason": "no_face",
        "faces": list[object](),
        "next": next_fields,
    }
    return Said(200, dict(body))


@dataclass(frozen=True)
class Posted:
    """A frame as it arrived, when (seconds of the monotonic clock), and over which connection."""

    at: float
    connection: int
    path: str
    headers: dict[str, str]
    body: bytes


class Lookout:
    """Answers with ``said`` one after the other, with the last again and again, while a ``with`` block lasts."""

    def __init__(self, *said: Said, context: ssl.SSLContext | None = None) -> None:
        self.said = list(said)
        self.posted: list[Posted] = []
        handler = type("Handler", (_Handler,), {"lookout": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who leaves is no news
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where a camera without TLS posts to."""
        return f"http://127.0.0.1:{self.port}/detect"

    def answer(self) -> Said:
        """What is answered next."""
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]

    def __enter__(self) -> Lookout:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    lookout: Lookout

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        at, connection = time.monotonic(), self.client_address[1]
        self.lookout.posted.append(Posted(at, connection, self.path, headers, body))
        said = self.lookout.answer()
        text = json.dumps(said.body).encode()
        self.send_response(said.status)
        for name, value in {"Content-Length": str(len(text)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Stay quiet; what was posted is noted."""


def certificates(folder: Path, days: int = 30, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for ``name``, valid for so many days from yesterday on, and its root's file."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A root of the test")])
    began = datetime.now(UTC) - timedelta(days=1)

    def certificate(
        subject: x509.Name, of: ec.EllipticCurvePrivateKey, valid: int
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(root_name)
        builder = builder.public_key(of.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(began).not_valid_after(began + timedelta(days=valid))

    authority = x509.BasicConstraints(ca=True, path_length=None)
    root = (
        certificate(root_name, root_key, 30).add_extension(authority, critical=True).sign(root_key, SHA256())
    )
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    leaf = certificate(own_name, key, days).add_extension(names, critical=False).sign(root_key, SHA256())
    root_file, chain = folder / "root.pem", folder / "server.pem"
    root_file.write_bytes(root.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(private + leaf.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context, root_file

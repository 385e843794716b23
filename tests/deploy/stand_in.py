"""Serves the stand-in for Google's APIs on loopback, and says how the CLI and our scripts are sent there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from tests.deploy.answers import answer
from tests.deploy.project import Cloud

CLI_ORIGINS = """
    FIREBASE_AUTHPROXY_URL FIREBASE_CLOUDBILLING_URL FIREBASE_CLOUDLOGGING_URL
    ARTIFACT_REGISTRY_DOMAIN EVENTARC_URL FIREBASE_API_URL FIRESTORE_URL FIREBASE_FUNCTIONS_URL
    FIREBASE_FUNCTIONS_V2_URL CLOUD_RUN_URL FIREBASE_CLOUDBUILD_URL FIREBASE_CLOUDSCHEDULER_URL
    FIREBASE_CLOUD_TAKS_URL FIREBASE_PUBSUB_URL FIREBASE_TOKEN_URL FIREBASE_GOOGLE_URL
    FIREBASE_IDENTITY_URL FIREBASE_IAM_URL FIREBASE_RESOURCEMANAGER_URL FIREBASE_RULES_URL
    FIREBASE_RUNTIMECONFIG_URL FIREBASE_STORAGE_URL FIREBASE_FIREBASESTORAGE_URL
    FIREBASE_HOSTING_API_URL CLOUD_RUN_API_URL FIREBASE_SERVICE_USAGE_URL CLOUD_SECRET_MANAGER_URL
    COMPUTE_URL FIREBASE_AUTH_MANAGEMENT_URL CONTAINER_REGISTRY_DOMAIN FIREBASE_AUTH_URL
    LOOKOUT_BILLINGBUDGETS_URL CLOUD_MONITORING_URL
"""
"""The variables that name where Google's APIs are."""


@contextmanager
def stand_in(cloud: Cloud) -> Iterator[dict[str, str]]:
    """Within it, ``cloud`` answers; the environment that sends the CLI and our scripts there, signed in."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _handle(self) -> None:
            raw = self._body()
            path, _, query = self.path.partition("?")
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                body = f"<{len(raw)} bytes>"
            with lock:
                cloud.asked.append((self.command, self.path, body))
                status, told = answer(cloud, self.command, unquote(path), query, body, raw)
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            raw = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                raw += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return raw

        def __getattr__(self, name: str) -> object:
            # BaseHTTPRequestHandler asks for do_GET, do_POST and so on
            if name.startswith("do_"):
                return self._handle
            raise AttributeError(name)

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloud.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield {**dict.fromkeys(CLI_ORIGINS.split(), cloud.origin), "FIREBASE_TOKEN": "1//stand-in"}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

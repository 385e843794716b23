"""The process's Firebase app, Firestore client and Storage bucket, each made once.

Honours the emulators' environment variables. Nothing is imported from Google before it is needed: a module
is loaded at deployment to list its functions, and that has to be quick.
"""

from __future__ import annotations

import os
import threading
from typing import Any

_lock = threading.RLock()
_made: dict[str, Any] = {}


def firestore_client() -> Any:
    """The one ``google.cloud.firestore.Client`` of this process."""
    # Made under a lock: several requests that make their first Firestore call at once can freeze a cold
    # instance (firebase-functions-python issue 181).
    with _lock:
        if "firestore" not in _made:
            from firebase_admin import firestore

            _made["firestore"] = firestore.client(firebase_app())
        return _made["firestore"]


def bucket() -> Any:
    """The one ``google.cloud.storage.Bucket`` of this process: the project's default bucket."""
    with _lock:
        if "bucket" not in _made:
            from firebase_admin import storage

            _made["bucket"] = storage.bucket(os.environ.get("FIREBASE_STORAGE_BUCKET"), firebase_app())
        return _made["bucket"]


def firebase_app() -> Any:
    """The one ``firebase_admin.App`` of this process."""
    with _lock:
        if "app" not in _made:
            import firebase_admin

            # Behind `firebase` emulators there are no default credentials, and looking for them takes seconds.
            emulated = "FIRESTORE_EMULATOR_HOST" in os.environ
            credential = _emulator_credential() if emulated else None
            # firebase-functions makes the default app for its own triggers, so this one has a name of its own
            _made["app"] = firebase_admin.initialize_app(credential, name="lookout")
        return _made["app"]


def messaging_app(seconds: float) -> Any:
    """The one ``firebase_admin.App`` that calls Cloud Messaging. It waits ``seconds`` for each answer."""
    with _lock:
        if "messaging" not in _made:
            import firebase_admin

            app = firebase_app()
            # options of one's own replace those of the environment, so that the first app has none
            options = {"projectId": app.project_id, "httpTimeout": seconds}
            _made["messaging"] = firebase_admin.initialize_app(app.credential, options, "lookout-messaging")
        return _made["messaging"]


def _emulator_credential() -> Any:
    from firebase_admin import credentials
    from google.auth.credentials import AnonymousCredentials

    class EmulatorCredential(credentials.Base):  # type: ignore[misc]  # firebase_admin has no types
        def get_credential(self) -> Any:
            return AnonymousCredentials()  # type: ignore[no-untyped-call]

    return EmulatorCredential()

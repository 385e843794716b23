"""The process's Firebase app, Firestore client and Storage bucket, each made once.

Honours the emulators' environment variables. Nothing is imported from Google before it is needed: a module
is loaded at deployment to list its functions, and that has to be quick.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from lookout.lazy import Lazy

_given: list[Any] = []


def act_with(access_token: str, project: str) -> None:
    """Let this process act as a person does, with a token that is good for an hour: for scripts, before the first
    call. The calls are counted for ``project``."""
    from google.oauth2.credentials import Credentials

    _given[:] = [_credential(Credentials(access_token, quota_project_id=project))]  # type: ignore[no-untyped-call]


def _app() -> Any:
    import firebase_admin
    from google.auth.credentials import AnonymousCredentials

    credential = _given[0] if _given else None
    # Behind `firebase` emulators there are no default credentials, and looking for them takes seconds.
    if "FIRESTORE_EMULATOR_HOST" in os.environ:
        credential = _credential(AnonymousCredentials())  # type: ignore[no-untyped-call]
    # firebase-functions makes the default app for its own triggers, so this one has a name of its own
    return firebase_admin.initialize_app(credential, name="lookout")


def _firestore() -> Any:
    from firebase_admin import firestore

    return firestore.client(firebase_app())


def _bucket() -> Any:
    from firebase_admin import storage

    # no FIREBASE_… variable can be set for a function
    return storage.bucket(os.environ.get("STORAGE_BUCKET") or None, firebase_app())


firebase_app = Lazy(_app)
"""The one ``firebase_admin.App`` of this process."""

# Made under a lock: several requests that make their first Firestore call at once can freeze a cold instance
# (firebase-functions-python issue 181).
firestore_client = Lazy(_firestore)
"""The one ``google.cloud.firestore.Client`` of this process."""

bucket = Lazy(_bucket)
"""The one ``google.cloud.storage.Bucket`` of this process: that of ``STORAGE_BUCKET``, else the project's own."""

_messaging_lock = threading.Lock()


def messaging_app(seconds: float) -> Any:
    """The ``firebase_admin.App`` that calls Cloud Messaging. It waits ``seconds`` for each answer."""
    import firebase_admin

    app = firebase_app()
    with _messaging_lock:
        try:
            return firebase_admin.get_app("lookout-messaging")
        except ValueError:
            # options of one's own replace those of the environment, so that the first app has none
            options = {"projectId": app.project_id, "httpTimeout": seconds}
            return firebase_admin.initialize_app(app.credential, options, "lookout-messaging")


def _credential(credential: Any) -> Any:
    from firebase_admin import credentials

    class Given(credentials.Base):  # type: ignore[misc]  # firebase_admin has no types
        def get_credential(self) -> Any:
            return credential

    return Given()

"""Where a script works: the local stack, or a Firebase project in the cloud."""

from __future__ import annotations

import argparse
import json
import os

from stack.console import fail


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let the caller name a project in the cloud."""
    parser.add_argument("--project", metavar="ID", help="a Firebase project instead of the local stack")
    parser.add_argument("--bucket", metavar="NAME", help="its bucket (default: ID.firebasestorage.app)")


def aim(options: argparse.Namespace) -> None:
    """Send Google's and Firebase's libraries to what the ``options`` name: a project, with the sign-in of the CLI.

    Raises:
        SystemExit: no project was named and no local stack runs; or nobody is signed in to the project's cloud.
    """
    if options.project is not None:
        bucket = options.bucket or f"{options.project}.firebasestorage.app"
        if "FIREBASE_AUTH_EMULATOR_HOST" not in os.environ:
            from lookout.cloud.firebase.clients import act_with
            from stack.install.account.sign_in import require_access_token

            act_with(require_access_token(), options.project)
        config = {"projectId": options.project, "storageBucket": bucket}
        os.environ.update({"GOOGLE_CLOUD_PROJECT": options.project, "FIREBASE_CONFIG": json.dumps(config)})
        return
    from stack.local import emulators

    info = emulators.running()
    if info is None:
        raise fail("no local stack is running: start one with scripts/dev, or name a --project.")
    os.environ.update(info.environment)

"""How each function is run: one table, with the reasons. ``functions/*/main.py`` reads its options here.

Without ``cpu`` the platform gives the shares of first-generation functions: a sixth of a processor for 256 MB, one
request at a time. functions-framework serves with four threads per processor, so that more than eight requests at
once only wait in the instance instead of starting another one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

REGION = "europe-west1"
"""Where the functions run; the rewrites of ``firebase.json`` name the same region."""


SECRETS = ("EMAIL_PASSWORD", "WEBHOOK_SECRET", "WEBHOOK_URL")
"""Settings that Secret Manager keeps: they stand in no file that is uploaded, and in no configuration."""


@dataclass(frozen=True, slots=True)
class Instance:
    """What one function gets. ``memory`` in MiB, ``timeout`` in seconds, ``retry``: an event comes again after an
    error, for up to a day. ``secrets`` become variables of its environment."""

    memory: int
    concurrency: int
    max_instances: int
    timeout: int
    retry: bool = False
    cpu: int = 1
    min_instances: int = 0
    secrets: tuple[str, ...] = ()


INSTANCES = {
    # four threads share the networks; with a large one, four frames of many faces take two thirds of the memory
    "detect": Instance(memory=1024, concurrency=4, max_instances=10, timeout=60),
    # a command waits for the camera, seconds long and idle
    "control": Instance(memory=256, concurrency=8, max_instances=10, timeout=60),
    "stats": Instance(memory=256, concurrency=8, max_instances=4, timeout=60),
    # Hosting waits for 60 s; what takes longer is finished here all the same, and answered to the next call
    # it tries the ways of telling people, with their passwords
    "people": Instance(memory=256, concurrency=8, max_instances=4, timeout=300, secrets=SECRETS),
    "alert_deleted": Instance(memory=256, concurrency=8, max_instances=4, timeout=60, retry=True),
    # one at a time: two would do the same work twice
    "tidy": Instance(memory=256, concurrency=1, max_instances=1, timeout=300),
    # pictures of several mails at once would not fit; 60 s are less than the lease of a delivery
    "notify": Instance(memory=256, concurrency=4, max_instances=4, timeout=60, retry=True, secrets=SECRETS),
    # a photo of 50 megapixels is decoded alone; many photos at once come in through more instances
    "enroll": Instance(memory=1024, concurrency=1, max_instances=5, timeout=120, retry=True),
    "forget_photo": Instance(memory=1024, concurrency=1, max_instances=5, timeout=120, retry=True),
    "person_changed": Instance(memory=1024, concurrency=1, max_instances=5, timeout=120, retry=True),
    # 1,000 people are compared within seconds, and owners ask now and then
    "separation": Instance(memory=512, concurrency=4, max_instances=2, timeout=60),
}
"""By the name of the function."""


def options(function: str) -> dict[str, Any]:
    """The options of ``function`` for the decorators of firebase-functions, which have none for ``retry``."""
    instance = INSTANCES[function]
    return {
        "region": REGION,
        "memory": instance.memory,
        "cpu": instance.cpu,
        "concurrency": instance.concurrency,
        "min_instances": instance.min_instances,
        "max_instances": instance.max_instances,
        "timeout_sec": instance.timeout,
        # the emulator would ask Secret Manager; there, these settings are variables like all others
        "secrets": [] if os.environ.get("FUNCTIONS_EMULATOR") == "true" else list(instance.secrets),
    }


def photo_bucket() -> str | None:
    """The bucket whose objects ``enroll`` watches: that of ``STORAGE_BUCKET``, None for the project's own."""
    return os.environ.get("STORAGE_BUCKET") or None

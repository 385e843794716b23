"""Callers of every role, with real ID tokens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from stack.local import owner
from stack.local.info import StackInfo
from tests.rules.rest import ADMIN, Firestore, Storage
from tests.support.accounts import account_with, new_account, sign_up

CLAIMS = {
    "owner": {"role": "owner"},
    "viewer": {"role": "viewer"},
    "agent": {"role": "agent", "agentId": "pi"},
    "another agent": {"role": "agent", "agentId": "elsewhere"},
    "unheard-of role": {"role": "admin"},
}

CALLERS = (*CLAIMS, "nobody", "anonymous")
"""``nobody`` signed up and has no role; ``anonymous`` did not sign in."""


@dataclass(frozen=True)
class LivePicture:
    """A camera's latest picture, and when it was stored, by the monotonic clock."""

    name: str
    stored: float


@pytest.fixture(scope="session", autouse=True)
def live_picture(stack: StackInfo) -> LivePicture:
    """Stored before the first test, so that the last need not wait long until it is old."""
    name = "live/rules-old.jpg"
    assert Storage(stack).upload(name, b"a frame of before", "image/jpeg", ADMIN) == 200
    return LivePicture(name, time.monotonic())


@pytest.fixture(scope="session")
def tokens(stack: StackInfo) -> dict[str, str | None]:
    """The ID token of each caller; None for ``anonymous``."""
    made: dict[str, str | None] = {"anonymous": None}
    for caller, claims in CLAIMS.items():
        made[caller] = owner.sign_in(stack, account_with(stack, claims))
    made["nobody"] = sign_up(stack, new_account())
    return made


@pytest.fixture(scope="module")
def firestore(stack: StackInfo) -> Iterator[Firestore]:
    """The site's own Firestore: what a test leaves there would be the site's for all that come after."""
    made = Firestore(stack)
    yield made
    made.clear()


@pytest.fixture(scope="module")
def storage(stack: StackInfo) -> Iterator[Storage]:
    """The site's own Storage, likewise."""
    made = Storage(stack)
    yield made
    made.clear()

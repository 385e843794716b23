"""Callers of every role, with real ID tokens."""

from __future__ import annotations

import pytest

from stack.local import owner
from stack.local.info import StackInfo
from tests.rules.rest import Firestore, Storage
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


@pytest.fixture(scope="session")
def tokens(stack: StackInfo) -> dict[str, str | None]:
    """The ID token of each caller; None for ``anonymous``."""
    made: dict[str, str | None] = {"anonymous": None}
    for caller, claims in CLAIMS.items():
        made[caller] = owner.sign_in(stack, account_with(stack, claims))
    made["nobody"] = sign_up(stack, new_account())
    return made


@pytest.fixture(scope="session")
def firestore(stack: StackInfo) -> Firestore:
    return Firestore(stack)


@pytest.fixture(scope="session")
def storage(stack: StackInfo) -> Storage:
    return Storage(stack)

"""Callers of every role, with real ID tokens."""

from __future__ import annotations

import secrets

import pytest

from stack.local import seed
from stack.local.info import Account, StackInfo
from tests.rules.rest import Firestore, Storage, sign_in, sign_up

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
        account = Account(f"{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(12))
        seed.make_account(stack.urls["auth"], stack.project, account, claims)
        made[caller] = sign_in(stack, account.email, account.password)
    made["nobody"] = sign_up(stack, f"{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(12))
    return made


@pytest.fixture(scope="session")
def firestore(stack: StackInfo) -> Firestore:
    return Firestore(stack)


@pytest.fixture(scope="session")
def storage(stack: StackInfo) -> Storage:
    return Storage(stack)

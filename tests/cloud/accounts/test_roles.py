"""Roles of accounts, in the real Auth emulator."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

import pytest

from lookout.cloud.accounts import roles
from lookout.cloud.firebase.clients import firestore_client
from lookout.domain.site.caller import Role
from lookout.errors import NotFound
from stack.local import owner, seed
from stack.local.info import Account, StackInfo
from tests.rules.rest import Firestore
from tests.support.waiting import wait_until


@pytest.fixture
def email(stack: StackInfo) -> str:
    """Somebody who merely signed up."""
    account = Account(f"{secrets.token_hex(4)}@example.com", secrets.token_hex(8))
    seed.make_account(stack.urls["auth"], stack.project, account, {})
    return account.email


def role_of(email: str) -> tuple[Role, str | None] | None:
    return next(((one.role, one.agent_id) for one in roles.granted() if one.email == email), None)


def test_signing_up_gives_nothing(email: str) -> None:
    assert role_of(email) is None


def test_a_role_is_granted_changed_and_taken_away(email: str) -> None:
    roles.grant(email, Role.AGENT, "agent_007")
    assert role_of(email) == (Role.AGENT, "agent_007")
    roles.grant(email, Role.VIEWER, None)
    assert role_of(email) == (Role.VIEWER, None)
    roles.revoke(email)
    assert role_of(email) is None


def test_a_user_who_loses_the_role_is_notified_no_more(email: str) -> None:
    uid, db = roles._uid(email), firestore_client()
    mine, other = (db.document(f"devices/{secrets.token_hex(4)}") for _ in range(2))
    mine.set({"uid": uid, "token": "t"})
    other.set({"uid": "somebody else", "token": "t"})
    roles.grant(email, Role.VIEWER, None)
    assert mine.get().exists
    roles.revoke(email)
    assert (mine.get().exists, other.get().exists) == (False, True)
    other.delete()


def test_a_user_who_becomes_an_agent_is_notified_no_more(email: str) -> None:
    uid, db = roles._uid(email), firestore_client()
    mine = db.document(f"devices/{secrets.token_hex(4)}")
    mine.set({"uid": uid, "token": "t"})
    roles.grant(email, Role.OWNER, None)
    assert mine.get().exists
    roles.grant(email, Role.AGENT, "agent_007")
    assert not mine.get().exists


@pytest.mark.parametrize("is_revoked", [True, False], ids=["revoked", "an agent now"])
def test_a_token_from_before_the_role_was_taken_registers_no_device_and_a_newer_one_does(
    stack: StackInfo, is_revoked: bool
) -> None:
    account = Account(f"{secrets.token_hex(4)}@example.com", secrets.token_hex(8))
    uid = seed.make_account(stack.urls["auth"], stack.project, account, {})
    roles.grant(account.email, Role.VIEWER, None)
    store = Firestore(stack)

    def registered(token: str) -> int:
        device = {"token": "t", "uid": uid, "createdAt": datetime.now(UTC)}
        return store.create(f"devices/{secrets.token_hex(6)}", device, token)

    old = owner.sign_in(stack, account)
    assert registered(old) == 200
    since = int(time.time())
    wait_until(lambda: int(time.time()) > since, "the next second: tokens tell their time in whole ones")
    if is_revoked:
        roles.revoke(account.email)
    else:
        roles.grant(account.email, Role.AGENT, "pi")
    assert registered(old) == 403
    roles.grant(account.email, Role.VIEWER, None)
    assert registered(old) == 403
    assert registered(owner.sign_in(stack, account)) == 200


@pytest.mark.parametrize("nobody", ["nobody@example.com", "not an address"])
def test_a_role_for_nobody_is_refused_with_advice(stack: StackInfo, nobody: str) -> None:
    with pytest.raises(NotFound, match="sign up first"):
        roles.grant(nobody, Role.OWNER, None)

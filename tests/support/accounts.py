"""Accounts in the Auth emulator, made as an owner or anybody makes them."""

from __future__ import annotations

import secrets

import requests

from stack.local import seed
from stack.local.info import Account, StackInfo


def new_account() -> Account:
    """An e-mail address and a password that nobody used before."""
    return Account(f"{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(12))


def account_with(stack: StackInfo, claims: dict[str, str]) -> Account:
    """A new account with these custom ``claims``, such as its role."""
    made = new_account()
    seed.make_account(stack.urls["auth"], stack.project, made, claims)
    return made


def sign_up(stack: StackInfo, account: Account) -> str:
    """Make the account as anybody can make one, without a role; its ID token."""
    answer = requests.post(
        f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any",
        json={"email": account.email, "password": account.password, "returnSecureToken": True},
        timeout=20,
    )
    answer.raise_for_status()
    return str(answer.json()["idToken"])

"""Accounts with a role, as owners keep them: list, invite, take away."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lookout.cloud.accounts.id_token import UID_CHARACTERS
from lookout.cloud.accounts.roles import end_access
from lookout.cloud.firebase.clients import firebase_app
from lookout.domain.site.caller import Role, role_of
from lookout.errors import BadRequest, Conflict, NotFound, Unavailable

ACCOUNTS = 10_000
"""Accounts that are looked through for those with a role, at most."""

LAST_OWNER = "This is the last owner: make somebody else an owner first."


@dataclass(frozen=True, slots=True)
class Member:
    """An account with its role; ``agent_id`` is the one agent that an agent's account speaks for."""

    uid: str
    email: str
    role: Role
    agent_id: str | None


def members() -> list[Member]:
    """Every account that has a role, by address.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    from firebase_admin import auth

    with _auth_errors():
        users = list(islice(auth.list_users(app=firebase_app()).iterate_all(), ACCOUNTS))
    found = [member for user in users if not user.disabled and (member := _member(user)) is not None]
    return sorted(found, key=lambda member: (member.email, member.uid))


def invite(email: str, role: Role) -> tuple[Member, bool]:
    """Give the address the role of an owner or viewer, with a new account where nobody signed up with it.

    Returns the member, and whether a password has to be chosen by a mail to that address. It has to be also for an
    account whose address nobody confirmed, whose password and sessions end: anybody may have made it.

    Raises:
        BadRequest: it is no address.
        Conflict: it is an agent's account, or the last owner's, who would be one no more.
        Unavailable: Firebase Auth did not answer.
    """
    from firebase_admin import auth, exceptions

    app = firebase_app()
    with _auth_errors():
        try:
            user = _by_email(email) or auth.create_user(email=email, app=app)
        except auth.EmailAlreadyExistsError:
            user = auth.get_user_by_email(email, app)
        except (ValueError, exceptions.InvalidArgumentError):
            raise BadRequest(f"{email!r} is no e-mail address.") from None
        before = _member(user)
        if before is not None and before.role is Role.AGENT:
            raise Conflict(f"{email} is the account of an agent: invite another address.")
        unproven = before is None and not user.email_verified
        if unproven:
            auth.update_user(user.uid, password=secrets.token_urlsafe(32), app=app)
            auth.revoke_refresh_tokens(user.uid, app)
        _set_role(user.uid, before, {"role": role.value})
    return Member(user.uid, user.email or email, role, None), unproven


def remove(uid: str) -> Member:
    """Take the role from an account, end its sessions and remove its devices; who it was.

    Raises:
        NotFound: no account with that id has a role.
        Conflict: it is the last owner.
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    from firebase_admin import auth

    member = None
    if 0 < len(uid) <= UID_CHARACTERS:
        with _auth_errors():
            with suppress(auth.UserNotFoundError):
                member = _member(auth.get_user(uid, firebase_app()))
            if member is not None:
                _set_role(uid, member, None)
                end_access(uid)
    if member is None:
        raise NotFound(f"There is no member {uid!r}.")
    return member


def end_sessions(uid: str) -> None:
    """End every session of an account, and remove its devices. ID tokens that were issued last an hour at most.

    Raises:
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    with _auth_errors():
        end_access(uid)


def _set_role(uid: str, before: Member | None, claims: dict[str, Any] | None) -> None:
    from firebase_admin import auth

    leaves = before is not None and before.role is Role.OWNER and (claims or {}).get("role") != Role.OWNER
    if leaves and not _is_owner_besides(uid):
        raise Conflict(LAST_OWNER)
    auth.set_custom_user_claims(uid, claims, firebase_app())
    # two owners may take each other away at once: the one who finds none left takes it back
    if leaves and not _is_owner_besides(uid):
        auth.set_custom_user_claims(uid, {"role": Role.OWNER.value}, firebase_app())
        raise Conflict(LAST_OWNER)


def _is_owner_besides(uid: str) -> bool:
    return any(member.role is Role.OWNER and member.uid != uid for member in members())


def _by_email(email: str) -> Any:
    from firebase_admin import auth

    try:
        return auth.get_user_by_email(email, firebase_app())
    except auth.UserNotFoundError:
        return None


def _member(user: Any) -> Member | None:
    claims: dict[str, Any] = user.custom_claims or {}
    role = role_of(claims.get("role"))
    return None if role is None else Member(user.uid, user.email or user.uid, role, claims.get("agentId"))


@contextmanager
def _auth_errors() -> Iterator[None]:
    from firebase_admin import exceptions

    try:
        yield
    except exceptions.FirebaseError as error:
        raise Unavailable(f"Firebase Auth did not answer ({error.code}); try again.") from error

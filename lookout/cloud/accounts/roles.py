"""Roles of accounts: custom claims in Firebase Auth, which only the server can set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lookout.cloud.accounts.devices import remove_all_of
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.clients import firebase_app
from lookout.cloud.firebase.stores import firebase_stores
from lookout.domain.cameras.camera import is_camera_id
from lookout.domain.site.caller import READERS, Role, role_of
from lookout.errors import BadRequest, NotFound

STORE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Granted:
    """An account with its role; ``agent_id`` is the one agent that an agent's account speaks for."""

    email: str
    role: Role
    agent_id: str | None


def grant(email: str, role: Role, agent_id: str | None) -> None:
    """Give the account ``email`` a role; it holds from its next sign-in or token, within the hour. With a role
    that may not look, its devices are removed.

    Raises:
        NotFound: nobody signed up with that address.
        BadRequest: ``agent_id`` is of the wrong form.
        Unavailable: Firestore did not answer; the role holds, but the devices are still there.
    """
    from firebase_admin import auth

    # it is a document's id, and cameras refer to it
    if agent_id is not None and not is_camera_id(agent_id):
        raise BadRequest(
            f"{agent_id!r} cannot be an agent's id: use up to 64 letters, digits, _ and -, such as agent_home."
        )
    claims = {"role": role.value} | ({"agentId": agent_id} if agent_id else {})
    uid = _uid(email)
    auth.set_custom_user_claims(uid, claims, firebase_app())
    if role not in READERS:
        _remove_devices(uid)


def revoke(email: str) -> None:
    """Take the role from the account ``email`` and end its sessions; issued tokens last an hour at most. Its
    devices are removed.

    Raises:
        NotFound: nobody signed up with that address.
        Unavailable: Firestore did not answer; the role is gone, but not yet the devices.
    """
    from firebase_admin import auth

    uid = _uid(email)
    auth.set_custom_user_claims(uid, None, firebase_app())
    end_access(uid)


def end_access(uid: str) -> None:
    """End the sessions of an account that has no role any more, and remove its devices.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from firebase_admin import auth

    _remove_devices(uid)
    auth.revoke_refresh_tokens(uid, firebase_app())


def _remove_devices(uid: str) -> None:
    """Remove the account's devices, and refuse new ones from ID tokens that were issued before."""
    stores = firebase_stores(STORE_SECONDS)
    with store_errors("Firestore"):
        # in whole seconds, like the times in tokens
        stores.db.collection("revocations").document(uid).set({"at": int(time.time())}, **stores.options)
    remove_all_of(stores, uid)


def granted() -> Iterator[Granted]:
    """Every account that has a role."""
    from firebase_admin import auth

    for user in auth.list_users(app=firebase_app()).iterate_all():
        claims: dict[str, Any] = user.custom_claims or {}
        role = role_of(claims.get("role"))
        if role is not None:
            yield Granted(user.email or user.uid, role, claims.get("agentId"))


def _uid(email: str) -> str:
    from firebase_admin import auth

    try:
        return str(auth.get_user_by_email(email, firebase_app()).uid)
    except (auth.UserNotFoundError, ValueError) as error:
        raise NotFound(
            f"Nobody signed up as {email}: let them sign up first, then grant the role."
        ) from error

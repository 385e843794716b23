"""Owners say who may look and who may change things, on the real Auth emulator."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from firebase_admin import auth

from lookout.cloud.accounts import members
from lookout.cloud.firebase.clients import firebase_app, firestore_client
from lookout.domain.site.caller import Role
from stack.local import owner
from stack.local.info import StackInfo
from tests.services.people.conftest import House
from tests.support.accounts import account_with, new_account, sign_up


def address() -> str:
    return f"{secrets.token_hex(6)}@example.com"


def call(house: House, method: str, path: str, body: object = None, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {house.token if token is None else token}"}
    return house.client.open(path, method=method, headers=headers, json=body)


def listed(house: House) -> dict[str, dict[str, Any]]:
    return {one["email"]: one for one in call(house, "GET", "/members").json["members"]}


def invite(house: House, email: str, role: str) -> dict[str, Any]:
    return house.done("/members", {"email": email, "role": role})


@pytest.fixture
def alone(house: House) -> Iterator[str]:
    """The only owner there is, for a moment; the others are owners again afterwards."""
    mine = invite(house, address(), "owner")["member"]["uid"]
    others = [one.uid for one in members.members() if one.role is Role.OWNER and one.uid != mine]
    for uid in others:
        auth.set_custom_user_claims(uid, None, firebase_app())
    yield mine
    for uid in others:
        auth.set_custom_user_claims(uid, {"role": "owner"}, firebase_app())
    auth.set_custom_user_claims(mine, None, firebase_app())


def test_who_is_invited_is_listed_with_the_role_and_chooses_a_password_by_mail(
    house: House, stack: StackInfo
) -> None:
    email = address()
    told = invite(house, f" {email} ", "viewer")
    assert (told["choose_password"], told["member"]["role"]) == (True, "viewer")
    assert listed(house)[email] == told["member"]
    # as the page asks Firebase for it
    sent = requests.post(
        f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:sendOobCode?key=any",
        json={"requestType": "PASSWORD_RESET", "email": email},
        timeout=20,
    )
    assert sent.status_code == 200
    assert invite(house, email, "owner")["choose_password"] is False
    assert listed(house)[email]["role"] == "owner"


def test_an_account_whose_address_nobody_confirmed_loses_its_password(house: House, stack: StackInfo) -> None:
    squatter = new_account()
    sign_up(stack, squatter)
    assert invite(house, squatter.email, "viewer")["choose_password"] is True
    signed_in = requests.post(
        f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any",
        json={"email": squatter.email, "password": squatter.password},
        timeout=20,
    )
    assert signed_in.status_code == 400


def test_a_confirmed_account_keeps_its_password(house: House, stack: StackInfo) -> None:
    account = new_account()
    sign_up(stack, account)
    uid = auth.get_user_by_email(account.email, firebase_app()).uid
    auth.update_user(uid, email_verified=True, app=firebase_app())
    assert invite(house, account.email, "viewer")["choose_password"] is False
    assert owner.sign_in(stack, account)


def test_who_is_taken_away_has_no_role_no_devices_and_no_sessions(house: House) -> None:
    email = address()
    uid = invite(house, email, "viewer")["member"]["uid"]
    # accounts are the process's own, and so are the stores beside them
    device = firestore_client().document(f"devices/{secrets.token_hex(4)}")
    device.set({"uid": uid, "token": "t"})
    assert call(house, "DELETE", f"/members/{uid}").json == {"status": "success", "uid": uid}
    assert email not in listed(house)
    assert not device.get().exists
    assert firestore_client().document(f"revocations/{uid}").get().exists
    assert call(house, "DELETE", f"/members/{uid}").status_code == 404


def test_the_last_owner_can_neither_be_removed_nor_made_a_viewer(house: House, alone: str) -> None:
    (email,) = [one.email for one in members.members() if one.uid == alone]
    answer = call(house, "DELETE", f"/members/{alone}")
    assert (answer.status_code, answer.json["error"]) == (409, "conflict")
    assert call(house, "POST", "/members", {"email": email, "role": "viewer"}).status_code == 409
    assert listed(house)[email]["role"] == "owner"
    invite(house, email, "owner")
    second = invite(house, address(), "owner")["member"]["uid"]
    assert call(house, "DELETE", f"/members/{second}").status_code == 200


def test_an_agents_account_is_listed_and_not_invited_as_somebody_else(house: House, stack: StackInfo) -> None:
    agent = account_with(stack, {"role": "agent", "agentId": "agent_9"})
    shown = listed(house)[agent.email]
    assert (shown["role"], shown["agent_id"]) == ("agent", "agent_9")
    assert house.refused("/members", {"email": agent.email, "role": "viewer"})[0] == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"email": "a@example.com"},
        {"email": "a@example.com", "role": "agent"},
        {"email": "a@example.com", "role": None},
        {"email": 7, "role": "viewer"},
        {"email": "nobody", "role": "viewer"},
        {"email": "a b@example.com", "role": "viewer"},
        {"email": "@", "role": "viewer"},
        {"email": "a@" + "x" * 300, "role": "viewer"},
        {"email": "a@example.com", "role": "viewer", "agentId": "x"},
    ],
)
def test_what_is_no_invitation_is_refused(house: House, body: object) -> None:
    assert house.refused("/members", body)[0] == 400


@pytest.mark.parametrize("uid", ["nobody", "x" * 200, "%00"])
def test_nobody_of_that_id_is_told(house: House, uid: str) -> None:
    assert call(house, "DELETE", f"/members/{uid}").status_code == 404


def test_only_owners_may_see_and_change_the_members(house: House, stack: StackInfo) -> None:
    viewer = owner.sign_in(stack, account_with(stack, {"role": "viewer"}))
    invitation = {"email": address(), "role": "owner"}
    for method, path, body in (
        ("GET", "/members", None),
        ("POST", "/members", invitation),
        ("DELETE", "/members/x", None),
    ):
        codes = [call(house, method, path, body, token).status_code for token in (viewer, "", "a.b.c")]
        assert codes == [403, 401, 401]
    assert invitation["email"] not in listed(house)

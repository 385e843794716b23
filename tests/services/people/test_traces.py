"""An owner looks whether anything is left of somebody, and everybody ends the own sessions."""

from __future__ import annotations

import secrets
import time

import pytest
import requests

from lookout.cloud.firebase.clients import firestore_client
from stack.local import owner
from stack.local.info import StackInfo
from tests.services.people.conftest import House
from tests.services.people.test_erasing import live_with
from tests.support.accounts import account_with
from tests.support.documents import LATER
from tests.support.waiting import wait_until


def _goes_on(stack: StackInfo, session: str) -> bool:
    """Whether Firebase takes a session for one that goes on, by its ID token (the emulator renews all)."""
    url = f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:lookup?key=any"
    answer = requests.post(url, json={"idToken": session}, timeout=20)
    return answer.status_code == 200


def _wait_for_the_next_second() -> None:
    """Times in tokens are whole seconds: one of the second in which sessions were ended counts as after it."""
    now = int(time.time())
    wait_until(lambda: int(time.time()) > now, "the next second")


def test_somebody_is_found_in_all_that_is_stored_until_erased(house: House) -> None:
    live_with(house, "Anna")
    before = house.done("/people/Anna/traces", {"name": "Anna"})
    assert before["count"] > 5
    assert any(trace.startswith("people/Anna") for trace in before["traces"])
    house.done("/people/Anna/erase")
    assert house.done("/people/Anna/traces", {"name": "Anna"}) == {"count": 0, "traces": []}


def test_what_an_erasure_could_not_know_of_is_told(house: House) -> None:
    house.person("p1", "Anna")
    house.done("/people/p1/erase")
    house.alert("late", None, person="Anna", expireAt=LATER)
    assert house.done("/people/p1/traces", {"name": "Anna"})["traces"] == ["alerts/late: person"]


@pytest.mark.parametrize(
    "body", [None, {}, [], {"name": ""}, {"name": 7}, {"name": "x" * 101}, {"who": "Anna"}]
)
def test_without_a_name_nothing_is_searched(house: House, body: object) -> None:
    assert house.refused("/people/Anna/traces", body)[0] == 400


def test_only_an_owner_may_search_and_not_often(house: House, stack: StackInfo) -> None:
    viewer = owner.sign_in(stack, account_with(stack, {"role": "viewer"}))
    asked = [house.answer("/people/Anna/traces", {"name": "Anna"}, one) for one in (viewer, "", "a.b.c")]
    assert [answer.status_code for answer in asked] == [403, 401, 401]
    codes = [house.answer("/people/Anna/traces", {"name": "Anna"}).status_code for _ in range(8)]
    assert codes[-1] == 429


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_signing_out_everywhere_ends_all_own_sessions_and_nobody_elses(
    house: House, stack: StackInfo, role: str
) -> None:
    mine, other = (account_with(stack, {"role": role}) for _ in range(2))
    sessions = [owner.sign_in(stack, mine), owner.sign_in(stack, mine)]
    others = owner.sign_in(stack, other)
    token = owner.sign_in(stack, mine)
    _wait_for_the_next_second()
    answer = house.answer("/members/sign-out", None, token)
    uid = answer.json["uid"]
    assert answer.json == {"status": "success", "uid": uid}
    assert [_goes_on(stack, one) for one in sessions] == [False, False]
    assert _goes_on(stack, others)
    # the revocation keeps tokens of before from registering a browser
    assert firestore_client().document(f"revocations/{uid}").get().exists


def test_the_browsers_of_who_signs_out_everywhere_are_pushed_to_no_more(
    house: House, stack: StackInfo
) -> None:
    token = owner.sign_in(stack, account_with(stack, {"role": "viewer"}))
    uid = house.answer("/members/sign-out", None, token).json["uid"]
    mine, others = (firestore_client().document(f"devices/{secrets.token_hex(6)}") for _ in range(2))
    mine.set({"token": "t", "uid": uid, "createdAt": LATER})
    others.set({"token": "t", "uid": "other", "createdAt": LATER})
    house.answer("/members/sign-out", None, token)
    assert not mine.get().exists
    assert others.get().exists
    others.delete()


def test_who_has_no_role_or_no_session_ends_nothing(house: House, stack: StackInfo) -> None:
    agent = owner.sign_in(stack, account_with(stack, {"role": "agent", "agentId": "pi"}))
    nobody = account_with(stack, {})
    before = owner.sign_in(stack, nobody)
    asked = [
        house.answer("/members/sign-out", None, one)
        for one in (agent, owner.sign_in(stack, nobody), "", "a.b.c")
    ]
    assert [answer.status_code for answer in asked] == [403, 403, 401, 401]
    assert _goes_on(stack, before)


def test_signing_out_of_somebody_else_is_not_possible(house: House, stack: StackInfo) -> None:
    other = account_with(stack, {"role": "viewer"})
    session = owner.sign_in(stack, other)
    token = owner.sign_in(stack, account_with(stack, {"role": "owner"}))
    for body in ({"uid": other.email}, {"email": other.email}):
        house.answer("/members/sign-out", body, token)
    assert _goes_on(stack, session)

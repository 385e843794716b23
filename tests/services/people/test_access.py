"""Who may put things right, and how often."""

from __future__ import annotations

import json

import pytest
import requests

from lookout.cloud.accounts.id_token import verify
from lookout.services import people as people_service
from lookout.web.callers import Callers
from stack.local import owner
from stack.local.info import StackInfo
from tests.services.people.conftest import House
from tests.services.serving import served
from tests.support.accounts import account_with

CALLS = [
    ("/strangers/s1/name", {"name": "Postman"}),
    ("/strangers/s1/ignore", None),
    ("/strangers/s1/merge", {"into": "s2"}),
    ("/alerts/s1/correct", {"person_id": None}),
    ("/alerts/s1/delete", None),
    ("/alerts/s1/not-a-face", None),
    ("/people/Anna/merge", {"into": "Bob"}),
    ("/people/Anna/erase", None),
]


@pytest.fixture(scope="session")
def viewer(stack: StackInfo) -> str:
    """The token of somebody who may look."""
    return owner.sign_in(stack, account_with(stack, {"role": "viewer"}))


@pytest.mark.few(3)
@pytest.mark.parametrize(("path", "body"), CALLS)
def test_only_an_owner_may_put_things_right(house: House, viewer: str, path: str, body: object) -> None:
    house.person("Anna")
    house.person("Bob")
    house.stranger("s1", "s1")
    house.stranger("s2", "s2")
    before = house.all()
    refusals = [house.answer(path, body, token) for token in (viewer, "", "a.b.c")]
    assert [answer.status_code for answer in refusals] == [403, 401, 401]
    assert house.all() == before
    assert house.answer(path, body).status_code == 200


def test_only_an_owner_may_take_all_of_somebody_along(house: House, viewer: str) -> None:
    house.person("Anna")
    answers = [
        house.client.get("/people/Anna/export", headers={"Authorization": f"Bearer {token}"})
        for token in (viewer, "", "a.b.c", house.token)
    ]
    assert [answer.status_code for answer in answers] == [403, 401, 401, 200]


def test_an_owner_who_calls_too_often_is_told_when_to_come_back(house: House) -> None:
    house.stranger("s1", "s1")
    service = house.service()
    service._callers = Callers(verify, 8)
    people_service.service.replace(service)
    answers = [house.answer("/strangers/s1/ignore") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"]


@pytest.mark.parametrize(
    "path", ["/strangers/s1", "/strangers", "/people/a/b/merge", "/alerts//correct", "/"]
)
def test_other_paths_are_answered_in_json(house: House, path: str) -> None:
    assert house.refused(path)[0] == 404


def test_other_methods_are_answered_in_json(house: House) -> None:
    answer = house.client.get("/strangers/s1/name")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_body_that_is_no_json_or_too_large_is_told(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.token}"}
    for sent, status in (("{", 400), ("x" * 20_000, 413)):
        answer = house.client.post("/alerts/a/correct", data=sent, headers=headers)
        assert (answer.status_code, answer.json is not None) == (status, True)


@pytest.mark.parametrize("blanks", [b"", b" \r\n"])
@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_a_body_counts_whatever_declares_it(house: House, chunk: int, blanks: bytes) -> None:
    house.stranger("s1", "s1")

    def said(body: bytes, chunked: bool) -> object:
        chunks = (body[at : at + chunk] for at in range(0, len(body), chunk)) if chunked else body
        headers = {"Authorization": f"Bearer {house.token}"}
        answer = requests.post(f"{url}/strangers/s1/ignore", data=chunks, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        stored = house.read("strangers/s1")["ignored"]
        assert answer.json()["ignored"] == stored
        return stored

    with served(house.client.application) as url:
        for chunked in (True, False):
            for ignored in (True, False):
                sent = blanks + json.dumps({"ignored": ignored}).encode() + blanks
                assert said(sent, chunked) is ignored
            assert said(blanks, chunked) is True

"""Whatever a caller controls and a function reads is answered in JSON, and never as a failure of the function."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from stack.fuzzing.hostile import BODIES, HEADERS, SEGMENTS, TOKENS, objects
from stack.local import owner
from stack.local.info import StackInfo
from tests.services.control.test_access import calls, client

FUNCTIONS = ("control", "people", "stats")
QUICKLY = (*(pytest.param(name, marks=pytest.mark.long) for name in ("control", "people")), "stats")
"""Those of many calls, of which people has the most."""
SOME = {"control": 1, "people": 6, "stats": 6}
"""One of so many of the JSON objects is tried on each call; in people each takes several reads."""


def _is_refusal(answer: Any, *allowed: int) -> bool:
    assert answer.mimetype == "application/json", answer.text
    if answer.status_code in allowed:
        return True
    assert answer.json["status"] == "error", answer.text
    return bool(400 <= answer.status_code < 500)


@pytest.fixture
def token(stack: StackInfo, monkeypatch: pytest.MonkeyPatch) -> str:
    return owner.sign_in(stack)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_token_of_any_making_signs_nobody_in(
    function: str, stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, path = calls(function)[-1]
    site = client(monkeypatch, function)
    for made in TOKENS:
        answer = site.open(path, method=method, headers={"Authorization": f"Bearer {made}"})
        assert answer.status_code == 401, (made[:80], answer.text)
        assert answer.json["error"] == "unauthorised"


@pytest.mark.parametrize("function", QUICKLY)
def test_bodies_of_any_making_are_refused_in_json(
    function: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = calls(function)
    site = client(monkeypatch, function, USER_CALLS_PER_MINUTE="6000", STORE_TIMEOUT_SECONDS="20")
    headers = {"Authorization": f"Bearer {token}"}
    rng = random.Random(23)
    for method, path in known:
        if method == "GET":
            continue
        made = [body for body in objects() if rng.randrange(SOME[function]) == 0]
        for body in [*BODIES, *made]:
            answer = site.open(path, method=method, data=body, headers=headers)
            # a camera may be made with what is no harm
            assert _is_refusal(answer, 200), (method, path, body[:200], answer.text)


@pytest.mark.long
def test_a_camera_that_is_there_takes_no_values_that_it_cannot_have(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, "control", USER_CALLS_PER_MINUTE="6000", STORE_TIMEOUT_SECONDS="20")
    headers = {"Authorization": f"Bearer {token}"}
    site.post("/cameras", json={"id": "cam_hostile", "name": "Shed"}, headers=headers)
    for body in objects():
        answer = site.patch("/cameras/cam_hostile", data=body, headers=headers)
        assert _is_refusal(answer, 200), (body[:200], answer.text)
        if answer.status_code == 200:
            assert site.get("/cameras", headers=headers).status_code == 200, body[:200]
    assert site.delete("/cameras/cam_hostile", headers=headers).status_code == 200


@pytest.mark.parametrize("function", QUICKLY)
def test_paths_queries_and_headers_of_any_making_are_answered_in_json(
    function: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = calls(function)
    site = client(monkeypatch, function, USER_CALLS_PER_MINUTE="6000", STORE_TIMEOUT_SECONDS="20")
    signed_in = {"Authorization": f"Bearer {token}"}
    for method, path in known:
        for segment in SEGMENTS:
            for made in (path.replace("nobody", segment), f"/{segment}", f"{path}?camera_id={segment}&x"):
                answer = site.open(made, method=method, headers=signed_in)
                assert _is_refusal(answer, 200), (method, made[:100], answer.text)
        for extra in HEADERS:
            answer = site.open(path, method=method, headers=signed_in | extra)
            assert _is_refusal(answer, 200), (method, path, extra, answer.text)


def test_an_address_of_thousands_of_digits_is_no_cameras(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    site = client(monkeypatch, "control")
    for address in ("9" * 5000, "192.168.1.1:" + "9" * 5000, "192.168.1.1:" + "0" * 5000 + "80"):
        body = {"camera_ip": address, "action": "status"}
        answer = site.post("/control", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 404, answer.text


def test_a_key_and_an_id_of_any_making_are_those_of_no_camera(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, "detect")
    started = time.process_time()
    for made in TOKENS:
        for headers in ({"X-Camera-Key": made}, {"Authorization": f"Bearer {made}"}):
            for camera in (made, "cam_front"):
                answer = site.post("/detect", data=b"x", headers=headers | {"X-Camera-Id": camera})
                assert answer.status_code in (400, 401, 429), answer.text
    for segment in SEGMENTS:
        answer = site.post(f"/{segment}?camera_id={segment}", data=b"x", headers={"Token": "x"})
        assert answer.status_code in (400, 401, 429), answer.text
    for extra in HEADERS:
        assert _is_refusal(site.post("/detect", data=b"x", headers={"Token": "x"} | extra))
    assert time.process_time() - started < 60

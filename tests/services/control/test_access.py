"""Which pages may call ``control``, and how often a caller may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from lookout.services import control, people
from stack.local import owner
from stack.local.info import StackInfo
from tests.support import functions

OURS = "https://lookout.example.com"


def client(monkeypatch: pytest.MonkeyPatch, function: str = "control", **settings: str) -> Any:
    """``function`` with the given environment, as a client sees it."""
    for name, text in settings.items():
        monkeypatch.setenv(name, text)
    functions.start_anew()
    return functions.app(function).test_client()


@pytest.fixture(autouse=True)
def _own_settings() -> Iterator[None]:
    yield
    functions.start_anew()


def test_a_page_of_an_allowed_origin_may_call_and_no_other(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, ALLOWED_ORIGINS=f"{OURS}, https://other.example.com")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    allowed = site.options("/control", headers={"Origin": OURS, **asked})
    assert allowed.headers["Access-Control-Allow-Origin"] == OURS
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    answer = site.get("/cameras", headers={"Origin": OURS})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, OURS)
    for origin in ("https://evil.example.com", "https://lookout.example.com.evil.org", "null"):
        refused = site.options("/control", headers={"Origin": origin, **asked})
        assert "Access-Control-Allow-Origin" not in refused.headers, origin


def test_without_the_setting_no_page_of_another_origin_may_call(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client(monkeypatch, ALLOWED_ORIGINS="").get("/cameras", headers={"Origin": OURS})
    assert "Access-Control-Allow-Origin" not in answer.headers


def calls(function: str) -> list[tuple[str, str]]:
    """Every call of a signed-in user that ``function`` serves, about a thing that is not there."""
    if function == "stats":
        return [("GET", "/stats")]
    rules = {"control": control, "people": people}[function].routes._map.iter_rules()
    return sorted(
        (method, re.sub("<.*?>", "nobody", rule.rule)) for rule in rules for method in rule.methods - {"HEAD"}
    )


@pytest.mark.parametrize(("function", "least"), [("control", 8), ("people", 5), ("stats", 1)])
def test_a_user_who_calls_any_path_too_often_is_told_when_to_come_back(
    function: str, least: int, stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    known = calls(function)
    assert len(known) >= least
    for method, path in known:
        site = client(monkeypatch, function, USER_CALLS_PER_MINUTE="8")
        answers = [site.open(path, method=method, json={}, headers=headers) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True], path
        assert answers[2].json["error"] == "too_many"
        assert 1 <= int(answers[2].headers["Retry-After"]) <= 8


def test_a_user_who_calls_too_often_is_in_nobody_elses_way(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, USER_CALLS_PER_MINUTE="8")
    camera = {"X-Camera-Id": stack.camera.id, "X-Camera-Key": stack.camera.key}
    user = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    assert [site.get("/cameras", headers=user).status_code for _ in range(3)] == [200, 200, 429]
    asked = [site.get("/settings/flashlight", headers=camera) for _ in range(3)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert asked[2].headers["Retry-After"]


def test_an_unknown_camera_and_a_wrong_key_look_the_same(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch)
    refusals = [
        site.get("/settings/flashlight", headers={"X-Camera-Id": camera, "X-Camera-Key": key})
        for camera, key in (
            ("cam_nowhere", stack.camera.key),
            (stack.camera.id, "wrong"),
            (stack.camera.id, stack.cameras[1].key),
            ("../cam_001", "wrong"),
        )
    ]
    assert {answer.status_code for answer in refusals} == {401}
    assert len({answer.data for answer in refusals}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in refusals}) == 1


def test_a_camera_that_posts_too_often_is_told_when_to_come_back(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, "detect", CAMERA_FRAMES_PER_MINUTE="8")
    headers = {"X-Camera-Id": stack.camera.id, "X-Camera-Key": stack.camera.key, "Content-Type": "image/jpeg"}
    answers = [site.post("/", data=b"no image", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [415, 415, 429]
    assert answers[2].headers["Retry-After"]


@pytest.mark.parametrize("function", ["control", "detect"])
def test_an_address_that_guesses_keys_is_refused_whatever_it_claims_and_the_camera_beside_it_is_not(
    function: str, stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, function)

    def asked(camera: str, key: str, address: str) -> Any:
        headers = {"X-Camera-Id": camera, "X-Camera-Key": key, "X-Forwarded-For": address}
        if function == "control":
            return site.get("/settings/flashlight", headers=headers)
        return site.post("/", data=b"no image", headers=headers)

    guessed = [asked(f"guess-{number}", "x", f"192.0.2.{number}, 203.0.113.9") for number in range(60)]
    assert guessed[0].status_code == 401
    assert guessed[-1].status_code == 429
    assert int(guessed[-1].headers["Retry-After"]) >= 1
    same = [asked(camera, "x", "203.0.113.9") for camera in ("nowhere", stack.camera.id)]
    assert [answer.status_code for answer in same] == [429, 429]
    assert asked(stack.camera.id, stack.camera.key, "203.0.113.9").status_code in (200, 415)
    assert asked("nowhere", "x", "203.0.113.10").status_code == 401

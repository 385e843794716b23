"""Which pages may call ``control``, and how often a caller may."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from stack import owner
from stack.info import StackInfo
from tests.functions.loading import serve

OURS = "https://lookout.example.com"


def client(monkeypatch: pytest.MonkeyPatch, function: str = "control", **settings: str) -> Any:
    """``function`` with the given environment, as a client sees it."""
    for name, text in settings.items():
        monkeypatch.setenv(name, text)
    modules, app = serve(function)
    for name, module in modules.items():
        # imported by the first request
        monkeypatch.setitem(sys.modules, name, module)
    return app.test_client()


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


def test_a_user_who_calls_too_often_is_told_when_to_come_back(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, USER_CALLS_PER_MINUTE="8")
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    answers = [site.get("/cameras", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json["error"] == "too_many"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 8


def test_a_camera_that_posts_too_often_is_told_when_to_come_back(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = client(monkeypatch, "detect", CAMERA_FRAMES_PER_MINUTE="8")
    headers = {"X-Camera-Id": stack.camera.id, "X-Camera-Key": stack.camera.key, "Content-Type": "image/jpeg"}
    answers = [site.post("/", data=b"no image", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [415, 415, 429]
    assert answers[2].headers["Retry-After"]

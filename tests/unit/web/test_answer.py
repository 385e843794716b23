"""Every answer is JSON with a length, and tells the caller what to do but nothing of the inside."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from lookout.web.answer import STATUS


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("BadRequest", 400, "bad_request"),
        ("Unauthorised", 401, "unauthorised"),
        ("Forbidden", 403, "forbidden"),
        ("TooLarge", 413, "too_large"),
        ("NotAnImage", 415, "not_an_image"),
        ("BrokenImage", 422, "broken_image"),
        ("Unavailable", 503, "unavailable"),
    ],
)
def test_an_error_is_answered_with_its_status_and_code(
    framework: FlaskClient, error: str, status: int, code: str
) -> None:
    answer = framework.post(f"/error/{error}", data=b"anything")
    assert answer.status_code == status
    assert answer.json == {"status": "error", "error": code, "message": "Do this."}
    assert answer.content_type == "application/json"
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_every_status_is_of_one_kind_of_error_only() -> None:
    kinds = [
        kind for kind in STATUS if not any(kind is not other and issubclass(kind, other) for other in STATUS)
    ]
    assert len(set(STATUS.values())) == len(kinds)
    assert all(
        STATUS[kind] == STATUS[other] for kind in STATUS for other in STATUS if issubclass(kind, other)
    )


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_another_method_is_told_which_to_use(framework: FlaskClient, method: str) -> None:
    answer = framework.open("/", method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, PUT"
    assert answer.json is not None
    assert answer.json["error"] == "method_not_allowed"
    assert "POST or PUT" in answer.json["message"]


def test_a_head_request_is_refused_without_a_body(framework: FlaskClient) -> None:
    answer = framework.head("/")
    assert (answer.status_code, answer.data) == (405, b"")


def test_a_silent_store_is_answered_with_the_seconds_to_wait(framework: FlaskClient) -> None:
    answer = framework.post("/unavailable", data=b"x")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize("path", ["/unexpected", "/settings"])
def test_an_unexpected_error_is_told_to_the_log_alone(
    framework: FlaskClient, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    answer = framework.post(path, data=b"x", headers={"X-Camera-Key": "the-key"})
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["error"] == "internal"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    line = json.loads(capfd.readouterr().out)
    assert line["severity"] == "ERROR"
    assert "a secret of the inside" in line["cause"]


@pytest.mark.parametrize("header", ["X-Camera-Key", "Token", "Authorization"])
@pytest.mark.parametrize("path", ["/", "/unexpected", "/unavailable", "/error/Unauthorised"])
def test_a_key_is_never_logged(
    framework: FlaskClient, capfd: pytest.CaptureFixture[str], path: str, header: str
) -> None:
    key = "Bearer very-secret" if header == "Authorization" else "very-secret"
    framework.post(path, data=b"x" * 9_000_000, headers={"X-Camera-Id": "cam_1", header: key})
    captured = capfd.readouterr()
    assert "very-secret" not in captured.out + captured.err
    assert captured.out.count("\n") == 1  # what was logged is one JSON object in one line
    assert json.loads(captured.out)["camera"] == "cam_1"


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_the_platforms_question_whether_it_is_up_runs_no_handler(framework: FlaskClient, method: str) -> None:
    assert framework.open("/__/health", method=method).status_code == 200


def test_names_are_answered_as_they_are_written(framework: FlaskClient) -> None:
    answer = framework.post("/umlaut")
    assert answer.data.decode() == '{"status": "success", "person": "Zoë Ångström"}'
    assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize("hostile", ["\r\nX-Evil: 1", "<script>", '","status":"success', "\x00"])
def test_hostile_input_does_not_break_the_answer(framework: FlaskClient, hostile: str) -> None:
    answer = framework.post("/", query_string={"camera_id": hostile}, headers={"Token": "k"})
    assert answer.json is not None
    assert answer.json["status"] == "error"
    assert "X-Evil" not in answer.headers

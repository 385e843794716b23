"""Frames are read in every form that sketches send them, and from nobody who hides who it is."""

from __future__ import annotations

import gc
import hashlib
import io

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

JPEG = b"\xff\xd8" + bytes(range(256)) * 40 + b"\xff\xd9"
CALLER = {"X-Camera-Id": "cam_1", "X-Camera-Key": "the-key"}
MEGABYTE = 1024 * 1024

half_read_files_close_themselves = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
"""werkzeug leaves the temporary file of a form that breaks off to the garbage collector."""


def _file(data: bytes = JPEG, name: str = "esp32-cam.jpg") -> FileStorage:
    return FileStorage(io.BytesIO(data), name, content_type="image/jpeg")


def _multipart(*parts: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    return b"".join(
        b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
        for head, data in parts
    ) + (end)


def _post_multipart(framework: FlaskClient, body: bytes, boundary: str = "b") -> TestResponse:
    kind = f"multipart/form-data; boundary={boundary}"
    return framework.post("/", data=body, content_type=kind, headers=CALLER)


def _chunked(framework: FlaskClient, body: bytes, kind: str = "image/jpeg") -> TestResponse:
    """A body without a Content-Length, as the server hands on ``Transfer-Encoding: chunked``."""
    environ = {"wsgi.input_terminated": True}
    stream = io.BytesIO(body)
    return framework.post(
        "/", input_stream=stream, headers=CALLER, content_type=kind, environ_overrides=environ
    )


def _arrived(answer: TestResponse, data: bytes = JPEG) -> bool:
    return bool(
        answer.status_code == 200
        and answer.json
        and answer.json["camera"] == "cam_1"
        and answer.json["key"] == "the-key"
        and answer.json["sha256"] == hashlib.sha256(data).hexdigest()
    )


def _refused(answer: TestResponse, status: int, code: str, *words: str) -> bool:
    assert answer.status_code == status, answer.text
    assert answer.json is not None
    assert answer.headers["Content-Length"] == str(len(answer.data))
    said = str(answer.json["message"])
    return bool(answer.json["error"] == code and all(word in said for word in words))


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("field", ["image", "imageFile", "file", "img", "whatever"])
def test_a_multipart_file_of_any_name_is_the_frame(framework: FlaskClient, field: str, method: str) -> None:
    assert _arrived(framework.open("/", method=method, data={field: _file()}, headers=CALLER))


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "kind",
    [
        "image/jpeg",
        "image/jpg",
        "application/octet-stream",
        None,
        "application/x-www-form-urlencoded",
        "junk",
    ],
)
def test_a_raw_body_of_any_type_is_the_frame(framework: FlaskClient, kind: str | None, method: str) -> None:
    assert _arrived(framework.open("/", method=method, data=JPEG, content_type=kind, headers=CALLER))


def test_a_large_body_of_the_type_that_curl_gives_is_the_frame(framework: FlaskClient) -> None:
    frame = bytes(7 * MEGABYTE)
    kind = "application/x-www-form-urlencoded"
    assert _arrived(framework.post("/", data=frame, content_type=kind, headers=CALLER), frame)


def test_a_chunked_body_is_the_frame(framework: FlaskClient) -> None:
    assert _arrived(_chunked(framework, JPEG))


@pytest.mark.parametrize("name", ["camera_id", "cameraId"])
def test_the_camera_is_named_in_the_query_or_in_the_form(framework: FlaskClient, name: str) -> None:
    key = {"X-Camera-Key": "the-key"}
    assert _arrived(framework.post("/", data=JPEG, query_string={name: "cam_1"}, headers=key))
    assert _arrived(framework.post("/", data={"image": _file(), name: "cam_1"}, headers=key))


def test_the_camera_is_named_in_the_form_after_the_file_too(framework: FlaskClient) -> None:
    body = _multipart(('name="img"; filename="a.jpg"', JPEG), ('name="cameraId"', b"cam_1"))
    kind = "multipart/form-data; boundary=b"
    assert _arrived(framework.post("/", data=body, content_type=kind, headers={"Token": "the-key"}))


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer the-key"},
        {"Authorization": "bearer   the-key "},
        {"X-Camera-Key": "the-key"},
        {"Token": "the-key"},
        {"Authorization": "Basic dXNlcg==", "Token": "the-key"},
    ],
)
def test_the_key_comes_in_one_of_three_headers(framework: FlaskClient, header: dict[str, str]) -> None:
    assert _arrived(framework.post("/", data=JPEG, headers={"X-Camera-Id": "cam_1", **header}))


@pytest.mark.parametrize("name", ["key", "token", "Token", "X-Camera-Key", "camera_key", "Authorization"])
def test_a_key_in_the_url_or_the_form_is_no_key(framework: FlaskClient, name: str) -> None:
    headers = {"X-Camera-Id": "cam_1"}
    in_url = framework.post("/", data=JPEG, query_string={name: "the-key"}, headers=headers)
    in_form = framework.post("/", data={"image": _file(), name: "the-key"}, headers=headers)
    assert _refused(in_url, 401, "unauthorised", "No key")
    assert _refused(in_form, 401, "unauthorised", "No key")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic dXNlcg==", "the-key"])
def test_an_authorization_without_a_key_is_no_key(framework: FlaskClient, authorization: str) -> None:
    headers = {"X-Camera-Id": "cam_1", "Authorization": authorization}
    assert _refused(framework.post("/", data=JPEG, headers=headers), 401, "unauthorised", "No key")


def test_a_frame_that_names_no_camera_is_told_how(framework: FlaskClient) -> None:
    key = {"X-Camera-Key": "the-key"}
    assert _refused(framework.post("/", data=JPEG, headers=key), 400, "bad_request", "X-Camera-Id")
    assert _refused(
        framework.post("/", data={"img": _file()}, headers=key), 400, "bad_request", "X-Camera-Id"
    )


def test_no_body_and_an_empty_file_are_refused(framework: FlaskClient) -> None:
    assert _refused(framework.post("/", headers=CALLER), 400, "bad_request", "empty")
    assert _refused(
        framework.post("/", data={"img": _file(b"")}, headers=CALLER), 400, "bad_request", "empty"
    )
    assert _refused(_chunked(framework, b""), 400, "bad_request", "empty")


@pytest.mark.parametrize("names", [("image", "image"), ("image", "file")])
def test_two_files_are_refused(framework: FlaskClient, names: tuple[str, str]) -> None:
    body = _multipart(*((f'name="{name}"; filename="a.jpg"', JPEG) for name in names))
    assert _refused(_post_multipart(framework, body), 400, "bad_request", "2 files", "one frame")


def test_a_form_without_a_file_is_refused(framework: FlaskClient) -> None:
    answer = framework.post("/", data={"note": "x"}, content_type="multipart/form-data", headers=CALLER)
    assert _refused(answer, 400, "bad_request", "No file")


@pytest.mark.parametrize("boundary", ["other", "", '"', "\xe9", "b" * 500])
def test_the_boundary_is_the_one_in_the_body_whatever_the_header_says(
    framework: FlaskClient, boundary: str
) -> None:
    body = _multipart(('name="image"; filename="a.jpg"', JPEG))
    assert _arrived(_post_multipart(framework, body, boundary))


@half_read_files_close_themselves
def test_a_body_without_its_last_boundary_is_refused(framework: FlaskClient) -> None:
    body = _multipart(('name="image"; filename="a.jpg"', JPEG), end=b"")
    assert _refused(_post_multipart(framework, body), 400, "bad_request", "ends with it")
    gc.collect()


@pytest.mark.parametrize("size", [1, 700_000])
def test_a_part_that_looks_like_no_picture_is_none_of_whatever_size(
    framework: FlaskClient, size: int
) -> None:
    body = _multipart(('name="note"', bytes(size)))
    assert _refused(_post_multipart(framework, body), 400, "bad_request", "filename")


def test_nine_megabytes_are_refused_in_every_form(framework: FlaskClient) -> None:
    data = bytes(9 * MEGABYTE)
    body = _multipart(('name="image"; filename="a.jpg"', data))
    too_large = (413, "too_large", "8 MB", "smaller")
    assert _refused(framework.post("/", data=data, headers=CALLER), *too_large)
    assert _refused(_chunked(framework, data), *too_large)
    assert _refused(_post_multipart(framework, body), *too_large)
    assert _refused(_chunked(framework, body, "multipart/form-data; boundary=b"), *too_large)
    unnamed = framework.post("/", data={"image": _file(data)}, headers={"Token": "the-key"})
    assert _refused(unnamed, *too_large)


def test_the_limit_is_that_of_the_image_not_of_what_is_around_it(framework: FlaskClient) -> None:
    whole, more = bytes(8 * MEGABYTE), bytes(8 * MEGABYTE + 1)
    assert _arrived(framework.post("/", data={"image": _file(whole)}, headers=CALLER), whole)
    assert _arrived(framework.post("/", data=whole, headers=CALLER), whole)
    assert _arrived(_chunked(framework, whole), whole)
    for answer in (
        framework.post("/", data={"image": _file(more)}, headers=CALLER),
        framework.post("/", data=more, headers=CALLER),
        _chunked(framework, more),
    ):
        assert _refused(answer, 413, "too_large")


@half_read_files_close_themselves
@pytest.mark.parametrize("kind", ["image/jpeg", "multipart/form-data; boundary=b"])
def test_a_body_that_breaks_off_is_refused_without_an_alarm(
    framework: FlaskClient, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    body = _multipart(('name="image"; filename="a.jpg"', JPEG))
    answer = framework.post(
        "/",
        input_stream=io.BytesIO(body[:500]),
        content_type=kind,
        headers=CALLER,
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
    )
    assert _refused(answer, 400, "bad_request", "ended before")
    assert "ERROR" not in capfd.readouterr().out
    gc.collect()


@pytest.mark.parametrize("length", ["-5", "many", "1e3"])
def test_a_content_length_that_is_none_is_refused(framework: FlaskClient, length: str) -> None:
    environ = {"CONTENT_LENGTH": length}
    answer = framework.post(
        "/", input_stream=io.BytesIO(JPEG), headers=CALLER, environ_overrides=environ, content_type=None
    )
    assert _refused(answer, 400, "bad_request", "empty")


def test_a_form_of_thousands_of_parts_is_refused(framework: FlaskClient) -> None:
    body = _multipart(*[('name="a"', b"x")] * 5000)
    assert _refused(_post_multipart(framework, body), 413, "too_large", "parts")

"""The first bytes decide what was posted: in every form and under every type it comes out as the same bytes."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import random
import time
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from stack.fuzzing.upload_forms import CONTENT_TYPES, FORMS, PADDINGS, Form, disposition, multipart

CALLER = {"X-Camera-Id": "cam_1", "X-Camera-Key": "the-key"}
KEY = {"Token": "the-key"}
LINES = (b"\r\n", b"\n")
RAW = ("image/jpeg", None)


def jpeg(seed: int) -> bytes:
    """Bytes that begin and end as a JPEG does, with everything between that could be taken for something else."""
    rng = random.Random(seed)
    traps = [b"\r\n", b"\n\n", b"--", b"\r\n--b", b"\n------ESP32Cam", b"\x00", b"\xff\xd8", b"{", b"=", b"&"]
    return b"\xff\xd8\xff" + b"".join(rng.randbytes(40) + rng.choice(traps) for _ in range(40)) + b"\xff\xd9"


def sent(framework: FlaskClient, body: bytes, kind: str | None, **more: object) -> TestResponse:
    return framework.post("/", data=body, content_type=kind, headers=CALLER, **more)


def came_as(answer: TestResponse, picture: bytes) -> bool:
    assert answer.status_code == 200, answer.text
    return bool(answer.json and answer.json["sha256"] == hashlib.sha256(picture).hexdigest())


def refused(answer: TestResponse, status: int, *words: str) -> bool:
    assert answer.status_code == status, answer.text
    assert answer.json is not None
    return all(word in answer.json["message"] for word in words)


@pytest.mark.few(6)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_frame_comes_out_of_every_form_under_every_type_and_padding(
    framework: FlaskClient, form: Form
) -> None:
    for number, (kind, padding, line) in enumerate(itertools.product(CONTENT_TYPES, PADDINGS, LINES)):
        picture = jpeg(number)
        answer = sent(framework, padding + form.wrap(picture, line), kind)
        expected = picture + line if form.name == "raw, line end behind" else picture
        assert came_as(answer, expected), (kind, padding, line)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_padding_within_what_is_wrapped_is_no_matter(framework: FlaskClient, form: Form) -> None:
    for padding, line in itertools.product(PADDINGS, LINES):
        picture = jpeg(len(padding))
        answer = sent(framework, form.wrap(padding + picture, line), f"multipart/form-data{line!r}")
        expected = picture + line if form.name == "raw, line end behind" else picture
        assert came_as(answer, expected), (padding, line)


@pytest.mark.parametrize("padding", [b"\x00" * 64, b"\xff" * 64, b"\r\n" * 32])
def test_up_to_64_bytes_before_a_picture_are_passed_over(framework: FlaskClient, padding: bytes) -> None:
    for form in FORMS[:3]:
        picture = jpeg(0) + b"\r\n" * ("behind" in form.name)
        assert came_as(sent(framework, form.wrap(padding + jpeg(0), b"\r\n"), "image/jpeg"), picture)


def test_text_before_the_first_part_is_passed_over_where_the_boundary_is_named(
    framework: FlaskClient,
) -> None:
    body = b"This is a multi-part message.\r\n" + FORMS[2].wrap(jpeg(0), b"\r\n")
    assert came_as(sent(framework, body, CONTENT_TYPES[11]), jpeg(0))


@pytest.mark.parametrize("named", ["", "; boundary=frontier", "; boundary=another"])
@pytest.mark.parametrize("line", LINES)
def test_text_before_the_first_part_is_passed_over_whatever_the_header_says(
    framework: FlaskClient, named: str, line: bytes
) -> None:
    parts = (((disposition("note"),), b"hello"), ((disposition("image", "a.jpg"),), jpeg(1)))
    body = b"This is a message in MIME format." + line * 2 + multipart(*parts, line=line, boundary="FronTier")
    assert came_as(sent(framework, body, f"multipart/form-data{named}"), jpeg(1))


def test_a_picture_is_found_in_a_multipart_body_within_another(framework: FlaskClient) -> None:
    inner = multipart((('Content-Disposition: attachment; filename="a.jpg"',), jpeg(2)), boundary="inner")
    head = (disposition("files"), "Content-Type: multipart/mixed; boundary=inner")
    assert came_as(sent(framework, multipart((head, inner), boundary="outer"), None), jpeg(2))


@pytest.mark.parametrize("name", ["file", "img", "photo", "data", "picture"])
def test_the_name_of_a_file_beside_a_picture_is_no_picture(framework: FlaskClient, name: str) -> None:
    text = base64.b64encode(jpeg(4))
    fields = {name: "esp32-cam.jpg", "mimetype": "image/jpeg", "image": text.decode()}
    turned = dict(reversed(fields.items()))
    for some in (fields, turned):
        assert came_as(sent(framework, json.dumps(some).encode(), None), jpeg(4))
        assert came_as(sent(framework, urlencode(some).encode(), None), jpeg(4))
    meta = ((disposition("meta"), "Content-Type: application/json"), b'{"file": "esp32-cam.jpg"}')
    body = multipart(meta, ((disposition("image", "a.jpg"),), jpeg(4)))
    assert came_as(sent(framework, body, None), jpeg(4))


@pytest.mark.parametrize(
    "start", ["data:image/jpeg; base64,", "data:image/jpeg;base64 , ", "DATA:;BASE64,\n"]
)
def test_blanks_in_a_data_uri_are_no_matter(framework: FlaskClient, start: str) -> None:
    body = json.dumps({"image": start + base64.b64encode(jpeg(5)).decode()}).encode()
    assert came_as(sent(framework, body, "application/json"), jpeg(5))


def test_a_camera_whose_id_is_a_number_or_encoded_is_found(framework: FlaskClient) -> None:
    body = json.dumps({"camera_id": 7, "image": base64.b64encode(jpeg(6)).decode()}).encode()
    answer = framework.post("/", data=body, headers=KEY)
    assert answer.json is not None
    assert answer.json["camera"] == "7"
    head = (disposition("camera_id"), "Content-Transfer-Encoding: base64")
    body = multipart((head, base64.b64encode(b"cam_7")), ((disposition("image", "a.jpg"),), jpeg(6)))
    answer = framework.post("/", data=body, headers=KEY)
    assert answer.json is not None
    assert answer.json["camera"] == "cam_7"


@pytest.mark.parametrize("padding", [b"\x00" * 65, b"\xff" * 65, b"GIF89a", b"OK\r\n", b"\r\n" * 33])
def test_more_padding_or_another_is_what_it_looks_like(framework: FlaskClient, padding: bytes) -> None:
    # handed on as it is, for the decoder to say that it is no picture
    assert came_as(sent(framework, padding + jpeg(0), "image/jpeg"), padding + jpeg(0))


@pytest.mark.parametrize("kind", ["png", "webp", "heic"], ids=["a PNG", "a WebP", "a HEIC"])
def test_other_pictures_are_known_by_their_first_bytes_too(framework: FlaskClient, kind: str) -> None:
    start = {
        "png": b"\x89PNG\r\n\x1a\n",
        "webp": b"RIFF\x10\x00\x00\x00WEBP",
        "heic": b"\x00\x00\x00\x18ftypheic",
    }[kind]
    picture = start + random.Random(kind).randbytes(500)
    for form, padding in itertools.product(FORMS, (b"", b"\r\n", b"\x00")):
        if form.name != "raw, line end behind":
            assert came_as(sent(framework, form.wrap(padding + picture, b"\r\n"), None), picture)


def test_a_form_cut_anywhere_is_refused_or_gives_a_picture_cut_short(framework: FlaskClient) -> None:
    picture = jpeg(3)
    for form in FORMS:
        whole = form.wrap(picture, b"\r\n")
        for at in sorted(random.Random(form.name).sample(range(1, len(whole) - 4), 40)):
            answer = sent(framework, whole[:at], "multipart/form-data")
            # what is left is a shorter picture, which the decoder refuses, or no form at all
            assert answer.status_code in (200, 400), (form.name, at, answer.text)
            if answer.status_code == 200 and at < len(whole) * 9 // 10:
                assert not came_as(answer, picture), (form.name, at)


@pytest.mark.few(6)
@pytest.mark.parametrize("name", ["camera_id", "cameraId", "CAMERA_ID", "camera-id", "cameraid"])
@pytest.mark.parametrize("blanks", ["{}", " {}", "{}\r\n", "\t{} \n", "{}\0"])
def test_the_cameras_id_is_found_in_every_form_without_its_blanks(
    framework: FlaskClient, name: str, blanks: str
) -> None:
    picture, written = jpeg(1), blanks.format("cam_7")
    text = base64.b64encode(picture).decode()
    field = ((disposition(name),), written.encode())
    file = ((disposition("image", "a.jpg"),), picture)
    escaped = written.replace(" ", "%20").replace("\r\n", "%0D%0A").replace("\n", "%0A").replace("\t", "%09")
    escaped = escaped.replace("\0", "%00")
    bodies = [
        multipart(field, file),
        multipart(file, field),
        multipart(file, ((disposition("meta"),), json.dumps({name: written}).encode())),
        f"{name}={escaped}&image={text.replace('+', '%2B')}".encode(),
        f"image={text}&{name}={escaped}".encode(),
        json.dumps({name: written, "image": text}).encode(),
    ]
    for body, kind in itertools.product(bodies, CONTENT_TYPES):
        answer = framework.post("/", data=body, content_type=kind, headers=KEY)
        assert came_as(answer, picture)
        assert answer.json
        assert answer.json["camera"] == "cam_7"
    named = framework.post("/", data=picture, query_string={name: written}, headers=KEY)
    assert named.json
    assert named.json["camera"] == "cam_7"


def test_an_id_that_is_there_but_empty_is_called_so(framework: FlaskClient) -> None:
    body = multipart(((disposition("camera_id"),), b" \r\n"), ((disposition("i", "a.jpg"),), jpeg(1)))
    assert refused(framework.post("/", data=body, headers=KEY), 400, "`camera_id` is there but empty")


def test_a_broken_form_is_called_so_and_not_one_that_names_no_camera(framework: FlaskClient) -> None:
    body = multipart(((disposition("camera_id"),), b"cam_7"), ((disposition("i", "a.jpg"),), jpeg(1)))
    for at in (len(body) - 10, len(body) // 2, 60):
        assert refused(framework.post("/", data=body[:at], headers=KEY), 400, "multipart body is broken")
    assert refused(framework.post("/", data=b'{"camera_id": "cam_7"', headers=KEY), 400, "JSON is broken")


def test_the_header_names_the_camera_before_the_query_and_the_form(framework: FlaskClient) -> None:
    body = multipart(((disposition("camera_id"),), b"cam_form"), ((disposition("i", "a.jpg"),), jpeg(1)))
    answer = framework.post("/?camera_id=cam_query", data=body, headers=CALLER)
    assert answer.json
    assert answer.json["camera"] == "cam_1"
    answer = framework.post("/?camera_id=cam_query", data=body, headers=KEY)
    assert answer.json
    assert answer.json["camera"] == "cam_query"


def test_two_pictures_are_refused_in_whatever_form_each_is(framework: FlaskClient) -> None:
    picture = jpeg(1)
    text = base64.b64encode(picture)
    file = ((disposition("a", "a.jpg"),), picture)
    bodies = [
        multipart(file, file),
        multipart(file, ((disposition("image"),), text)),
        multipart(file, ((disposition("meta"),), json.dumps({"image": text.decode()}).encode())),
        json.dumps({"image": text.decode(), "image2": text.decode()}).encode(),
        json.dumps([text.decode(), text.decode()]).encode(),
        b"image=" + text + b"&photo=" + text,
    ]
    for body, kind in itertools.product(bodies, CONTENT_TYPES):
        assert refused(sent(framework, body, kind), 400, "2 files", "one frame")


@pytest.mark.long
def test_a_picture_as_text_has_the_same_limit(framework: FlaskClient) -> None:
    whole = b"\xff\xd8" + bytes(8 * 1024 * 1024 - 2)
    more = whole + b"\0"
    for form in FORMS:
        if form.name not in ("raw", "file", "base64 part", "base64", "urlencoded", "JSON"):
            continue
        assert came_as(sent(framework, form.wrap(whole, b"\r\n"), None), whole), form.name
        assert refused(sent(framework, form.wrap(more, b"\r\n"), None), 413, "8 MB"), form.name


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"image": "hello, I am a text file"}', "no base64"),
        (b'{"image": "/9j/4AAQ!!!!"}', "no base64"),
        (b'{"note": "x"}', "No file in the JSON"),
        (b"{}", "No file in the JSON"),
        (b"[]", "No file in the JSON"),
        (b'{"image": ""}', "No file in the JSON"),
        (b'{"image": 5}', "No file in the JSON"),
        (b"note=x", "No file in the form"),
        (b"--b\r\n\r\nx\r\n--b--", "No file in the multipart body"),
        (b"--b\r\n", "No file in the multipart body"),
        (b"--b--", "multipart"),
        (b"{" * 100_000, "values"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "No file"),
        (b'{"a": ' + b"9" * 5000 + b"}", "JSON"),
        (b'{"a": "\\ud800"}', "No file in the JSON"),
    ],
)
def test_what_holds_no_picture_is_told_where_it_belongs(
    framework: FlaskClient, body: bytes, words: str
) -> None:
    answer = sent(framework, body, None)
    if words == "multipart":  # no line end behind the boundary: just some text
        assert came_as(answer, body)
    else:
        assert refused(answer, 400, words)


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n" * 1_000_000,
        b"--b\r\n\r\n" + b"\n--bx" * 1_500_000,
        b"--b\r\n" + b"a" * 8_000_000,
        b"--" + b"-" * 8_000_000,
        b"&" * 8_000_000,
        b"a=" + b"%2F" * 2_600_000,
        b"a=1" + b"&a=1" * 2_000_000,
        b"[" + b"[]," * 2_600_000,
        b'{"a": "' + b"\\u0041" * 1_300_000 + b'"}',
        b"/9j/" + b"=" * 8_000_000,
        b"\r\n" * 4_000_000,
        b"data:" * 1_600_000,
        b"--b\r\nContent-Disposition: form-data; " + b'a="\\' * 2000 + b"\r\n\r\nx\r\n--b--\r\n",
    ],
    ids=range(13),
)
def test_a_body_made_to_be_hard_is_read_within_a_second_or_so(framework: FlaskClient, body: bytes) -> None:
    started = time.process_time()
    answer = sent(framework, body, None)
    assert time.process_time() - started < 2.5
    assert answer.status_code in (200, 400, 413)

"""What the fake camera puts on the wire is what sketches put there."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stack.fake_camera import client
from stack.fake_camera.client import Variant
from stack.install.bootstrap import ROOT

JPEG = b"\xff\xd8" + bytes(range(256)) * 12 + b"\xff\xd9"


class Recorder(BaseHTTPRequestHandler):
    """Keeps what came, and says yes to all."""

    seen: list[tuple[str, str, Message, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.command, self.path, self.headers, body))
        answer = b'{"status": "success"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[tuple[str, str, Message, bytes]]]]:
    seen: list[tuple[str, str, Message, bytes]] = []
    handler = type("Handler", (Recorder,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/detect", seen
        listening.shutdown()
        thread.join()


Server = tuple[str, list[tuple[str, str, Message, bytes]]]


@pytest.mark.parametrize("variant", list(Variant))
def test_only_the_headers_of_a_sketch_are_sent(variant: Variant, server: Server) -> None:
    url, seen = server
    answer = client.post(url, "cam_001", "secret", JPEG, variant)
    assert (answer.status, answer.json, answer.has_length) == (200, {"status": "success"}, True)
    (_, path, headers, _) = seen[0]
    always = {"Host", "Content-Length"}
    optional = {
        "Content-Type", "X-Camera-Id", "X-Camera-Key", "Authorization", "Token", "Fingerprint"
    }  # fmt: skip
    assert always <= set(headers) <= always | optional
    assert "secret" not in path


@pytest.mark.parametrize(
    ("variant", "field"),
    [
        (Variant.MULTIPART_IMAGE_FILE, "imageFile"),
        (Variant.MULTIPART_IMAGE, "image"),
        (Variant.MULTIPART_FILE, "file"),
        (Variant.MULTIPART_IMG, "img"),
    ],
)
def test_a_multipart_body_holds_the_frame_under_its_field(
    variant: Variant, field: str, server: Server
) -> None:
    url, seen = server
    client.post(url, "cam_001", "secret", JPEG, variant)
    _, _, headers, body = seen[0]
    whole = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    files = [part for part in parts if isinstance(part, Message) and part.get_filename()]
    assert [part.get_param("name", header="Content-Disposition") for part in files] == [field]
    assert JPEG in body


def test_a_sketch_may_name_its_camera_in_the_form(server: Server) -> None:
    url, seen = server
    client.post(url, "cam_001", "secret", JPEG, Variant.MULTIPART_IMAGE)
    _, _, headers, body = seen[0]
    assert b'name="cameraId"\r\n\r\ncam_001\r\n' in body
    assert "X-Camera-Id" not in headers


@pytest.mark.parametrize(
    ("variant", "method", "kind", "query"),
    [
        (Variant.RAW_JPEG, "POST", "image/jpeg", ""),
        (Variant.RAW_JPG, "POST", "image/jpg", ""),
        (Variant.RAW_OCTET, "POST", "application/octet-stream", "?camera_id=cam_001"),
        (Variant.RAW_UNTYPED, "POST", None, ""),
        (Variant.PRUSA_PUT, "PUT", "image/jpg", "?cameraId=cam_001"),
    ],
)
def test_a_raw_body_is_the_frame_and_nothing_else(
    variant: Variant, method: str, kind: str | None, query: str, server: Server
) -> None:
    url, seen = server
    client.post(url, "cam_001", "secret", JPEG, variant)
    assert [(seen[0][0], seen[0][1], seen[0][2]["Content-Type"], seen[0][3])] == [
        (method, f"/detect{query}", kind, JPEG)
    ]


def test_a_camera_gives_up_on_a_server_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/detect"
        answer = client.post(url, "cam_001", "secret", JPEG, timeout=0.2)
    assert answer.status is None
    assert "timed out" in answer.body
    assert answer.json == {}


def test_a_camera_that_gave_up_does_not_look_at_what_comes_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow:

        def drip() -> None:
            connection, _ = slow.accept()
            with connection:
                connection.recv(65536)
                for part in (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n", b"\r\n{}"):
                    time.sleep(0.15)
                    connection.sendall(part)

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{slow.getsockname()[1]}/detect"
        answer = client.post(url, "cam_001", "secret", JPEG, Variant.RAW_JPEG, timeout=0.3)
        thread.join()
    assert (answer.status, answer.has_length) == (None, False)
    assert "timed out" in answer.body


def test_a_camera_hears_that_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/detect"
    answer = client.post(url, "cam_001", "secret", JPEG)
    assert answer.status is None
    assert "refused" in answer.body


def test_an_early_refusal_is_heard_before_everything_was_sent() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}"
    with socket.create_server(("127.0.0.1", 0)) as strict:

        def refuse() -> None:
            connection, _ = strict.accept()
            with connection:
                connection.recv(100)
                connection.sendall(refusal)
                while connection.recv(65536):
                    continue

        thread = threading.Thread(target=refuse)
        thread.start()
        url = f"http://127.0.0.1:{strict.getsockname()[1]}/detect"
        answer = client.post(url, "cam_001", "secret", bytes(9_000_000), Variant.RAW_JPEG)
        thread.join()
    assert answer.status == 413


def test_a_truncated_frame_has_lost_its_end() -> None:
    cut = client.cut_short(JPEG)
    assert JPEG.startswith(cut)
    assert not cut.endswith(b"\xff\xd9")


def _picture(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize(("width", "height"), [(100, 100), (800, 600), (3000, 500), (10, 2000)])
def test_a_photo_of_any_size_is_put_in_the_middle_of_a_frame(width: int, height: int) -> None:
    with Image.open(io.BytesIO(client.on_frame(_picture(width, height), 800, 600))) as frame:
        assert (frame.format, frame.size) == ("JPEG", (800, 600))
        red, green, _ = np.asarray(frame.convert("RGB"))[300, 400]
    assert red > 150 > green


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fake_camera"), *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_script_posts_twice_and_prints_json(server: Server, tmp_path: Path) -> None:
    url, seen = server
    photo = tmp_path / "photo.png"
    photo.write_bytes(_picture(64, 64))
    target = ["--url", url, "--camera", "cam_001", "--key", "secret"]
    done = _run(str(photo), *target, "--frame", "320x240", "--double", "--truncate", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert [answer["status"] for answer in shown] == [200, 200]
    assert len(seen) == 2
    assert "secret" not in done.stdout


def test_the_script_ends_with_1_when_nobody_answers(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(JPEG)
    done = _run(str(photo), "--url", "http://127.0.0.1:9/detect", "--camera", "c", "--key", "k")
    assert (done.returncode, done.stderr) == (1, "")
    assert "no answer" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.jpg"], "cannot be read as a picture"),
        (["missing.jpg", "--frame", "big"], "is no size such as 800x600"),
        (["missing.jpg", "--variant", "pigeon"], "invalid choice"),
    ],
)
def test_the_script_says_in_one_line_what_is_wrong(arguments: list[str], complaint: str) -> None:
    done = _run(*arguments, "--url", "http://127.0.0.1:9/", "--camera", "c", "--key", "k")
    assert done.returncode != 0
    assert complaint in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr

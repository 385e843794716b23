"""The whole camera, as a program of this computer: what it does about a server's answers, over real sockets."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from stack.install.compiler import FIRMWARE
from tests.firmware.conftest import GOOD_KEY, HostCamera, Launch, settings
from tests.firmware.servers import Lookout, Said, certificates, judged

pytestmark = pytest.mark.long

SECONDS = 30


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A JPEG of a few bytes."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8 a picture \xff\xd9")
    return path


def get(camera: HostCamera, path: str) -> requests.Response:
    return requests.get(f"http://{camera.address}{path}", timeout=SECONDS)


def error(status: int, code: str, **headers: str) -> Said:
    return Said(status, {"status": "error", "error": code, "message": "Do this."}, headers)


def pauses(server: Lookout) -> list[float]:
    return [later.at - earlier.at for earlier, later in itertools.pairwise(server.posted)]


def test_frames_go_out_with_id_and_key_over_one_connection(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=250)) as server:
        launch([photo], settings(server.url)).wait_for("judged: no_face, next in 250 ms", 5)
    assert len({one.connection for one in server.posted}) == 1
    for one in server.posted:
        assert (one.path, one.body) == ("/detect", photo.read_bytes())
        assert one.headers["content-type"] == "image/jpeg"
        assert (one.headers["x-camera-id"], one.headers["x-camera-key"]) == ("cam_host", GOOD_KEY)


def test_what_lay_in_the_sensors_queue_is_never_posted(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=250)) as server:
        camera = launch([photo], settings(server.url))
        camera.wait_for("judged", 2)
        assert get(camera, "/status").json()["stale"] == 3
    assert len(server.posted) >= 2


def test_it_posts_again_when_it_is_told_to(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=1500), judged(interval_ms=300)) as server:
        launch([photo], settings(server.url)).wait_for("judged", 8)
    first, *others = pauses(server)
    assert first >= 1.5
    assert 0.3 <= min(others) < 1.5


def test_flash_frame_size_and_servos_follow_the_answer(launch: Launch, photo: Path) -> None:
    turned = judged(interval_ms=300, flash=1, framesize="UXGA", pan=-7, tilt=3)
    with Lookout(turned, judged(interval_ms=300, flash=0)) as server:
        camera = launch([photo], settings(server.url))
        camera.wait_for("judged", 3)
    lines = camera.lines
    assert "sensor UXGA" in lines
    # 83 and 93 degrees
    assert ("pin pan 1422" in lines, "pin tilt 1533" in lines) == (True, True)
    assert lines.count("pin light 255") == 1
    flashed = lines.index("pin light 255")
    assert lines.index("judged: no_face, next in 300 ms") < flashed < lines.index("pin light 0", flashed)


@pytest.mark.parametrize(
    ("refusal", "told", "least"),
    [
        (error(429, "too_many", **{"Retry-After": "3"}), "too many frames; again in", 3.0),
        (error(503, "unavailable", **{"Retry-After": "6"}), "the server is not available; again in", 6.0),
        (error(503, "unavailable"), "the server is not available; again in", 0.5),
        (error(500, "internal"), "the server is not available; again in", 0.5),
        (error(422, "broken_image"), "the server refuses the frame: Do this.; again in", 0.5),
        (error(413, "too_large"), "the frame is too large: a smaller size from now on", 0.5),
        (Said(200, {"hello": "world"}), "the answer is none of Lookout's", 0.5),
    ],
)
def test_a_refusal_is_waited_out(launch: Launch, photo: Path, refusal: Said, told: str, least: float) -> None:
    with Lookout(refusal, judged(interval_ms=300)) as server:
        camera = launch([photo], settings(server.url))
        camera.wait_for(told)
        camera.wait_for("judged")
    assert pauses(server)[0] >= least


@pytest.mark.long
def test_a_server_that_fails_on_and_on_is_asked_less_and_less(launch: Launch, photo: Path) -> None:
    with Lookout(error(503, "unavailable")) as server:
        camera = launch([photo], settings(server.url))
        camera.wait_for("not available", 5)
    waits = [int(line.split("again in ")[1].split()[0]) for line in camera.lines if "again in" in line]
    for number, wait in enumerate(waits):
        most = min(1000 * 2**number, 60000)
        assert most / 2 <= wait <= most
    assert all(pause >= wait / 1000 for pause, wait in zip(pauses(server), waits, strict=False))


def test_a_camera_with_a_wrong_key_says_so_and_waits_a_long_time(launch: Launch, photo: Path) -> None:
    with Lookout(error(401, "unauthorised")) as server:
        camera = launch([photo], settings(server.url))
        camera.wait_for("the server does not know this camera, or it is disabled: check id and key; again in")
    (told,) = [line for line in camera.lines if "again in" in line]
    # half a minute to a whole one
    assert 30_000 <= int(told.split("again in ")[1].split()[0]) <= 60_000
    assert len(server.posted) == 1


def test_a_server_that_comes_back_is_found_again(launch: Launch, photo: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    camera = launch([photo], settings(f"http://127.0.0.1:{port}/detect"))
    camera.wait_for("cannot reach the server; again in", 2)
    with Lookout(judged(interval_ms=300)) as server:
        again = launch([photo], settings(server.url))
        again.wait_for("judged")


def test_over_tls_the_frames_go_to_who_has_a_certificate_of_the_root(
    launch: Launch, photo: Path, tmp_path: Path
) -> None:
    context, root = certificates(tmp_path)
    with Lookout(judged(interval_ms=300), context=context) as server:
        url = f"https://localhost:{server.port}/detect"
        launch([photo], settings(url), "--roots", str(root)).wait_for("judged", 3)
    assert len({one.connection for one in server.posted}) == 1
    assert server.posted[0].headers["x-camera-key"] == GOOD_KEY


@pytest.mark.parametrize("what", ["not of a pinned root", "for another host", "ended"])
def test_over_tls_nobody_else_gets_a_byte(launch: Launch, photo: Path, tmp_path: Path, what: str) -> None:
    days, name = (
        (0 if what == "ended" else 30),
        ("evil.example" if what == "for another host" else "localhost"),
    )
    context, root = certificates(tmp_path, days, name)
    options = () if what == "not of a pinned root" else ("--roots", str(root))
    with Lookout(judged(), context=context) as server:
        camera = launch([photo], settings(f"https://localhost:{server.port}/detect"), *options)
        camera.wait_for("the server's certificate is not signed by a pinned root; again in")
    assert server.posted == []


def test_what_the_agent_may_call_is_served(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=5000)) as server:
        camera = launch([photo], settings(server.url))
        assert get(camera, "/servo?pan=40&tilt=200").status_code == 400
        assert get(camera, "/servo?pan=40&tilt=180").json() == {"pan": 40, "tilt": 175}
        assert get(camera, "/led?state=on").json() == {"led": 255}
        captured = get(camera, "/capture")
        assert (captured.headers["Content-Type"], captured.content) == ("image/jpeg", photo.read_bytes())
        assert float(captured.headers["X-Timestamp"]) > 0
        camera.wait_for("judged")
        status = get(camera, "/status").json()
        assert (status["pan"], status["tilt"], status["led"]) == (40, 175, 255)
        assert (status["last"], status["framesize"]) == ("no_face", "SVGA")
    assert {"pin pan 944", "pin light 255"} <= set(camera.lines)


def test_headers_over_512_bytes_and_names_of_the_internet_are_refused(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=5000)) as server:
        camera = launch([photo], settings(server.url))
        url = f"http://{camera.address}/status"
        assert requests.get(url, headers={"X": "x" * 512}, timeout=SECONDS).status_code == 431
        assert requests.get(url, headers={"Host": "rebound.example"}, timeout=SECONDS).status_code == 403
        assert requests.post(url, timeout=SECONDS).status_code == 405
        assert requests.get(url, timeout=SECONDS).status_code == 200


def test_who_says_nothing_does_not_keep_the_agent_out(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=5000)) as server:
        camera = launch([photo], settings(server.url))
        host, port = camera.address.split(":")
        with socket.create_connection((host, int(port))) as silent:
            silent.sendall(b"GET /status")
            assert get(camera, "/status").status_code == 200


def test_a_new_camera_is_set_up_on_its_page(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=300)) as server:
        camera = launch([photo])
        page = get(camera, "/hotspot-detect.html")
        assert (page.status_code, "<form" in page.text, len(page.history)) == (200, True, 1)
        form = settings(server.url) | {"wifi": "Caf\u00e9 & <Bar>"}
        url = f"http://{camera.address}/save"
        wrong = requests.post(url, form | {"camera_id": "cam 1"}, timeout=SECONDS)
        assert (wrong.status_code, "Caf\u00e9 &amp; &lt;Bar&gt;" in wrong.content.decode()) == (400, True)
        assert not camera.store.exists()
        assert requests.post(url, form, timeout=SECONDS).status_code == 200
        camera.wait_for("judged")
    assert server.posted[0].headers["x-camera-id"] == "cam_host"
    assert "wifi=Caf\u00e9 & <Bar>" in camera.store.read_text()


def _script(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, FIRMWARE / "scripts" / "update", *arguments], check=True)


def test_updates_are_off_unless_there_is_a_key(launch: Launch, photo: Path) -> None:
    with Lookout(judged(interval_ms=5000)) as server:
        camera = launch([photo], settings(server.url))
        assert (
            requests.post(f"http://{camera.address}/update", b"x" * 500, timeout=SECONDS).status_code == 405
        )


def test_only_a_signed_newer_update_for_this_board_is_installed(
    launch: Launch, photo: Path, tmp_path: Path
) -> None:
    image, signed, installed = (tmp_path / name for name in ("image", "signed", "installed"))
    image.write_bytes(bytes(range(256)) * 400)
    key, header, public = tmp_path / "key.pem", tmp_path / "update_key.h", tmp_path / "public.pem"
    _script("--key", key, "--new-key", "--public", header)
    assert key.stat().st_mode & 0o777 == 0o600
    public.write_text(
        "".join(line.split('"')[1].replace("\\n", "\n") for line in header.read_text().splitlines()[2:])
    )
    with Lookout(judged(interval_ms=5000)) as server:
        camera = launch(
            [photo], settings(server.url), "--update-key", str(public), "--update-to", str(installed)
        )
        url = f"http://{camera.address}/update"

        def post(board: str, version: str, change: int | None = None) -> tuple[int, str]:
            _script("--key", key, "--board", board, "--version", version, image, signed)
            body = bytearray(signed.read_bytes())
            if change is not None:
                body[change] ^= 1
            answer = requests.post(url, bytes(body), timeout=SECONDS)
            return answer.status_code, answer.text

        assert post("host", "1") == (403, "it is not newer than what runs")
        assert post("xiao_esp32s3", "2") == (403, "it is for another board")
        assert post("host", "2", change=-1) == (403, "the signature is not of this firmware's key")
        assert not installed.exists()
        assert post("host", "2") == (200, "installed; restarting")
        camera.wait_for("updated; restarting")
    assert installed.read_bytes() == image.read_bytes()


def test_every_line_of_the_serial_port_is_in_the_readme() -> None:
    messages = (FIRMWARE / "include" / "lookout" / "camera" / "messages.h").read_text()
    readme = (FIRMWARE / "README.md").read_text()
    for line in messages.splitlines():
        if "constexpr std::string_view" in line:
            assert f"`{line.split(chr(34))[1].strip()}" in readme, line

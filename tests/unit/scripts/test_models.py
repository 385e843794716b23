"""Fetching the networks: whole, resumed, refused, and never twice."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256 as digest_of
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from lookout.settings import Settings
from lookout.vision.networks.models import WEIGHTS, installed
from lookout.vision.recogniser import Recogniser
from stack.install import download as downloads
from stack.install import models
from stack.install.bootstrap import ROOT
from stack.install.download import DownloadFailed, download
from stack.install.networks.files import Unfetched, is_whole
from stack.install.networks.installing import check_shape
from tests.support.commands import called, started
from tests.support.settings import changed

BODY = np.random.default_rng(0).integers(0, 256, 3_000_000, np.uint8).tobytes()
DIGEST = digest_of(BODY).hexdigest()


class Shelf(BaseHTTPRequestHandler):
    """Serves BODY; how well depends on the path: ``/whole``, ``/breaks``, ``/rigid``, ``/silent``, ``/gone``."""

    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        type(self).asked.append((self.path, wanted))
        if self.path == "/silent":
            time.sleep(1.5)
            return
        if self.path == "/gone":
            self.send_error(404)
            return
        start = int(wanted.split("=")[1].split("-")[0]) if wanted and self.path != "/rigid" else 0
        self.send_response(206 if start or (wanted and self.path != "/rigid") else 200)
        end = 1 if wanted == "bytes=0-0" else len(BODY)
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        breaks = self.path == "/breaks" and not start
        self.wfile.write(BODY[start : min(end, 1_500_000) if breaks else end])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shelf() -> Iterator[str]:
    Shelf.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_fetched_checked_and_in_place(shelf: str, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "weights.onnx"
    assert download([f"{shelf}/whole"], target, DIGEST) == DIGEST
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]


def test_a_broken_transfer_leaves_no_target_and_goes_on_where_it_ended(shelf: str, tmp_path: Path) -> None:
    target = tmp_path / "weights.onnx"
    with pytest.raises(DownloadFailed):
        download([f"{shelf}/breaks"], target, DIGEST)
    assert not target.exists()
    Shelf.asked.clear()
    assert download([f"{shelf}/breaks"], target, DIGEST) == DIGEST
    _, resumed = Shelf.asked[-1]
    assert resumed is not None
    assert 1_400_000 < int(resumed.removeprefix("bytes=").removesuffix("-")) <= 1_500_000
    assert target.read_bytes() == BODY


def test_a_server_that_cannot_go_on_starts_again(shelf: str, tmp_path: Path) -> None:
    target = tmp_path / "weights.onnx"
    with pytest.raises(DownloadFailed):
        download([f"{shelf}/breaks"], target, DIGEST)
    assert download([f"{shelf}/rigid"], target, DIGEST) == DIGEST
    assert target.read_bytes() == BODY


def test_a_wrong_checksum_is_thrown_away(shelf: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="checksum"):
        download([f"{shelf}/whole"], tmp_path / "weights.onnx", "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_the_next_source_is_taken_when_one_fails(
    shelf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "ANSWER_SECONDS", 4.0)
    sources = [f"{shelf}/gone", f"{shelf}/silent", "http://127.0.0.1:9/x", f"{shelf}/whole"]
    assert download(sources, tmp_path / "weights.onnx", None) == DIGEST


def test_hosts_that_never_answer_are_given_up_in_time(tmp_path: Path) -> None:
    # a host that nobody has, and a port that nobody listens on
    with pytest.raises(DownloadFailed, match="resolved"):
        download(["http://weights.invalid/x", "http://127.0.0.1:9/x"], tmp_path / "weights.onnx", None)


@pytest.fixture
def home(recogniser: Recogniser, tmp_path: Path) -> Path:
    """A copy of what is installed."""
    return Path(shutil.copytree(models.MODELS, tmp_path / "models"))


def test_what_is_there_is_not_fetched_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (home / "installed.json").read_bytes()
    monkeypatch.setenv("PATH", "")  # npm would be found missing
    models.ensure(home=home, offline=True)
    assert (home / "installed.json").read_bytes() == before


def _harm(path: Path, harm: str) -> bytes:
    """Harm the file. Returns what was in it."""
    whole = path.read_bytes()
    match harm:
        case "gone":
            path.unlink()
        case "longer":
            path.write_bytes(whole + b"x")
        case _:
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 255]))
    return whole


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("detector", "landmarks"),
    [
        ("gone", "longer"),
        pytest.param("longer", "changed", marks=pytest.mark.long),
        pytest.param("changed", "gone", marks=pytest.mark.long),
    ],
)
def test_what_is_harmed_is_fetched_again(home: Path, detector: str, landmarks: str) -> None:
    harms = {home / "fr_detect.onnx": detector, home / "fr_landmark.onnx": landmarks}
    before = {path: _harm(path, harm) for path, harm in harms.items()}
    models.ensure(home=home, offline=True)
    assert {path: path.read_bytes() for path in harms} == before


@pytest.mark.long
def test_an_interrupted_first_run_is_finished_by_the_second(home: Path) -> None:
    (home / "installed.json").write_text('{"embed')
    shutil.rmtree(home / ".deepface")
    models.ensure(home=home, offline=True)
    record = json.loads((home / "installed.json").read_text())
    assert record["embedders"]["ArcFace"]["name"] == "arcface-mobile"


def test_a_threshold_changed_in_the_manifest_is_taken_over(home: Path) -> None:
    record = json.loads((home / "installed.json").read_text())
    wanted = record["embedders"]["ArcFace"]["rule"]["threshold"]
    record["embedders"]["ArcFace"]["rule"]["threshold"] = 0.1
    (home / "installed.json").write_text(json.dumps(record))
    models.ensure(home=home, offline=True)
    after = json.loads((home / "installed.json").read_text())
    assert after["embedders"]["ArcFace"]["rule"]["threshold"] == wanted


@pytest.fixture
def official(home: Path, shelf: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The small network stands in for the official file of 136 MB, which has the same shape."""
    weights = (home / WEIGHTS / "arcface_weights.onnx").read_bytes()
    monkeypatch.setattr(sys.modules[__name__], "BODY", weights)
    manifest = models.read_manifest()
    sources = {"sources": [f"{shelf}/gone", f"{shelf}/whole"], "megabytes": [3, 6]}
    manifest["embedders"]["ArcFace"]["official"] |= sources
    monkeypatch.setattr(models, "read_manifest", lambda: manifest)
    return weights


@pytest.mark.long
def test_arcface_is_the_small_network_even_where_the_official_one_can_be_had(
    home: Path, official: bytes
) -> None:
    shutil.rmtree(home / ".deepface")
    (home / "installed.json").unlink()
    models.ensure(home=home)
    assert installed(changed(Settings(), MODELS_DIR=home)).card.name == "arcface-mobile"
    assert Shelf.asked == []


@pytest.mark.long
def test_the_official_weights_are_a_choice_that_stays_until_it_is_taken_back(
    home: Path, official: bytes
) -> None:
    settings = changed(Settings(), MODELS_DIR=home)
    before = installed(settings).card.model_id
    for chosen in (True, None):
        models.ensure(home=home, official=chosen)
        card = installed(settings).card
        assert card.model_id == f"arcface-{digest_of(official).hexdigest()[:12]}"
        assert (card.threshold, card.calibrated, card.rule.cohort) == (0.68, False, None)
    assert len(Shelf.asked) == 3  # the first source, its size, its bytes: once
    models.ensure(home=home, official=False, offline=True)
    assert installed(settings).card.model_id == before


def test_weights_with_another_checksum_than_the_manifests_are_not_taken(
    home: Path, official: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = models.read_manifest()
    manifest["embedders"]["ArcFace"]["official"]["sha256"] = "0" * 64
    before = (home / "installed.json").read_bytes()
    with pytest.raises(SystemExit, match=r"ArcFace could not be fetched .*checksum"):
        models.ensure(home=home, official=True)
    assert (home / "installed.json").read_bytes() == before
    assert installed(changed(Settings(), MODELS_DIR=home)).card.name == "arcface-mobile"


@pytest.mark.long
def test_networks_of_an_earlier_version_are_made_ready_again_under_their_name(home: Path) -> None:
    record = json.loads((home / "installed.json").read_text())
    whole = json.loads((home / "installed.json").read_text())
    for entry in (record["detector"], record["landmarks"], record["embedders"]["ArcFace"]):
        del entry["prepared"]
    (home / "installed.json").write_text(json.dumps(record))
    models.ensure(home=home, offline=True)
    after = json.loads((home / "installed.json").read_text())
    for one, other in ((after, whole), (after["embedders"], whole["embedders"])):
        for name in ("detector", "landmarks", "ArcFace"):
            if name in one:
                assert one[name] | {"changed": 0} == other[name] | {"changed": 0}


@pytest.mark.long
def test_two_at_once_install_once_and_whole(tmp_path: Path, recogniser: Recogniser) -> None:
    failures: list[BaseException] = []

    def install() -> None:
        try:
            models.ensure(home=tmp_path / "models", offline=True)
        except SystemExit as failure:
            failures.append(failure)

    threads = [threading.Thread(target=install) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    record = models.read_record(tmp_path / "models")
    assert is_whole(tmp_path / "models", record["embedders"]["ArcFace"])


def test_a_missing_npm_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="npm is missing; install Node 20"):
        models.ensure(home=tmp_path / "models", offline=True)


def test_an_empty_cache_offline_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(SystemExit, match="npm's cache does not hold it"):
        models.ensure(home=tmp_path / "models", offline=True)


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", bytes(130_000_000)])
def test_a_file_that_is_no_network_is_not_taken_for_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "arcface_weights.onnx"
    path.write_bytes(content)
    with pytest.raises(Unfetched):
        check_shape(path, "ArcFace", models.read_manifest()["embedders"]["ArcFace"])
    assert not path.exists()


def test_the_command_lists_and_installs(recogniser: Recogniser) -> None:
    listing = started("models", "--list")
    assert listing.returncode == 0
    assert "ArcFace       installed (arcface" in listing.stdout
    second = called("models", "--offline")
    assert (second.returncode, second.stderr) == (0, "")
    assert recogniser.model_id in second.stdout


def test_the_command_names_an_unknown_model(recogniser: Recogniser) -> None:
    refused = called("models", "--model", "Argus", "--offline")
    assert refused.returncode == 1
    assert refused.stderr.startswith("lookout: there is no model Argus")
    assert "Traceback" not in refused.stderr


def test_a_model_that_cannot_be_fetched_is_one_clear_line(recogniser: Recogniser) -> None:
    refused = called("models", "--model", "Facenet512", "--offline")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("lookout: Facenet512 could not be fetched")


def test_a_second_installation_changes_no_file() -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in (ROOT / "models").rglob("*") if path.is_file()}

    models.ensure()
    before = state()
    models.ensure()
    assert state() == before

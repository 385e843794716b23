"""``DEEPFACE_BACKEND_ENGINE=tensorflow`` and the detector ``mtcnn``, by the library that the functions run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lookout.domain.recognition.face import Box
from lookout.errors import ModelMissing
from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import recogniser
from stack.install import models, tensorflow
from stack.install import photos as sample_photos
from stack.install.bootstrap import ROOT
from tests.support.settings import changed

WEIGHTS = """
import sys
from deepface.commons import weight_utils
weight_utils.download_weights_if_necessary = lambda **_: ""
weight_utils.load_model_weights = lambda model, weight_file: model
from deepface.models.facial_recognition.tf.ArcFace import load_model
load_model().save_weights(sys.argv[1])
"""
"""DeepFace's ArcFace with the weights that it begins to learn from: nobody here has the learned ones."""

SEES = """
import json, sys
from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.recogniser import recogniser
camera = recogniser(Settings.from_environment())
seen = camera.see(decode(open(sys.argv[1], "rb").read()))
faces = [[f.box.x, f.box.y, f.box.width, f.box.height, getattr(f, "embedding", [])] for f in seen.faces]
print(json.dumps([camera.model_id, [[*map(float, f[:4]), len(f[4])] for f in faces], "tensorflow" in sys.modules]))
"""


def _run(code: str, *arguments: object, **variables: str) -> str:
    environment = {
        **os.environ, "TF_USE_LEGACY_KERAS": "1", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT), **variables,
    }  # fmt: skip
    done = subprocess.run(
        [tensorflow.ensure(), "-c", code, *map(str, arguments)],
        env=environment, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An address that has the weights."""
    folder = tmp_path_factory.mktemp("shelf")
    _run(WEIGHTS, folder / "arcface_weights.h5", DEEPFACE_BACKEND_ENGINE="tensorflow")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path, shelf: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Networks with ArcFace for TensorFlow, as ``scripts/models --tensorflow`` installs it."""
    models.ensure()
    made = Path(shutil.copytree(models.MODELS, tmp_path / "models"))
    manifest = models.read_manifest()
    manifest["embedders"]["ArcFace"]["official"]["sources"] = [f"{shelf}/arcface_weights.onnx"]
    monkeypatch.setattr(models, "read_manifest", lambda: manifest)
    models.ensure(home=made, offline=False, tensorflow=True)
    return made


def _seen(home: Path, photo: str, **variables: str) -> list[Any]:
    found: list[Any] = json.loads(
        _run(SEES, sample_photos.ensure() / photo, MODELS_DIR=str(home), **variables)
    )
    return found


def test_arcface_runs_on_tensorflow_and_its_vectors_are_kept_apart(home: Path) -> None:
    model_id, faces, is_loaded = _seen(
        home, "obama.jpg", DEEPFACE_BACKEND_ENGINE="tensorflow", LIVENESS="off"
    )
    assert model_id.startswith("arcface-")
    assert model_id != installed(changed(Settings(), MODELS_DIR=home)).card.model_id
    assert [face[4] for face in faces] == [512]
    assert is_loaded


def test_mtcnn_finds_the_faces_that_the_usual_detector_finds(home: Path) -> None:
    model_id, faces, is_loaded = _seen(home, "t1.jpg", DETECTOR_BACKEND="mtcnn")
    usual = recogniser(Settings()).see(decode((sample_photos.ensure() / "t1.jpg").read_bytes())).faces
    boxes = [Box(*face[:4]) for face in faces]
    assert len(usual) == 6
    assert all(any(box.overlap(face.box) > 0.6 for box in boxes) for face in usual)
    assert model_id == installed(changed(Settings(), MODELS_DIR=home)).card.model_id
    assert is_loaded


def test_without_its_weights_it_says_what_to_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPFACE_BACKEND_ENGINE", "tensorflow")
    settings = changed(Settings(), MODELS_DIR=home)
    assert not installed(settings).card.calibrated
    with pytest.raises(ModelMissing, match="run scripts/models --model Facenet --tensorflow"):
        installed(changed(settings, MODEL_NAME="Facenet"))

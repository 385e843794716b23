"""The copies beside the functions are exactly what belongs there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from stack.install.download import sha256
from stack.install.networks.files import record
from stack.install.vendor import functions, vendor

WEIGHTS = ("face.onnx", "points.onnx", ".deepface/weights/arcface_weights.onnx")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository: a library of two rooms, a model, one function that sees and one that does not."""
    for path, text in {
        "lookout/__init__.py": "",
        "lookout/errors.py": "a = 1",
        "lookout/vision/__init__.py": "",
        "lookout/vision/detector.py": "from lookout import errors",
        "lookout/cloud/app.py": "from lookout.errors import a",
        "lookout/cloud/unused.py": "d = 1",
        "lookout/cloud/__pycache__/app.cpython-311.pyc": "cache",
        "models/installed.json": "",
        "models/face.onnx": "weights",
        "models/points.onnx": "weights too",
        "models/cohort.npz": "average faces",
        "models/half.onnx.part": "half",
        "models/.deepface/weights/arcface_weights.onnx": "more weights",
        "functions/detect/main.py": "import lookout.cloud.app\ndef f(): import lookout.vision.detector",
        "functions/detect/requirements.txt": "onnxruntime==1.32.0\n",
        "functions/stats/main.py": "import lookout.cloud.app",
        "functions/stats/requirements.txt": "google-cloud-firestore==2.34.1\n",
        "functions/draft/notes.txt": "no function yet",
        ".venv/bin/python": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    models = tmp_path / "models"
    noted = [record(models, Path(path), sha256(models / path)) for path in WEIGHTS]
    installed = {"detector": noted[0], "landmarks": noted[1], "embedders": {"ArcFace": noted[2]}}
    (models / "installed.json").write_text(json.dumps(installed))
    return tmp_path


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_function_is_a_folder_with_requirements(root: Path) -> None:
    assert [folder.name for folder in functions(root)] == ["detect", "stats"]


def test_a_function_gets_what_it_comes_to_import_inside_functions_too_and_the_models_if_it_sees(
    root: Path,
) -> None:
    detect = root / "functions" / "detect"
    assert vendor(root, detect).laid == 10
    assert _files(detect / "lookout") == {
        "__init__.py",
        "errors.py",
        "vision/__init__.py",
        "vision/detector.py",
        "cloud/app.py",
    }
    assert _files(detect / "models") == {
        "installed.json",
        "face.onnx",
        "points.onnx",
        "cohort.npz",
        ".deepface/weights/arcface_weights.onnx",
    }


def test_a_light_function_gets_neither_vision_nor_models(root: Path) -> None:
    stats = root / "functions" / "stats"
    vendor(root, stats)
    assert _files(stats / "lookout") == {"__init__.py", "errors.py", "cloud/app.py"}
    assert not (stats / "models").exists()


def test_a_second_run_touches_nothing(root: Path) -> None:
    detect = root / "functions" / "detect"
    vendor(root, detect)
    before = {path: path.stat().st_ino for path in detect.rglob("*")}
    copied = vendor(root, detect)
    assert (copied.laid, copied.removed) == (0, 0)
    assert {path: path.stat().st_ino for path in detect.rglob("*")} == before


def test_a_changed_file_is_copied_again_and_it_alone(root: Path) -> None:
    detect = root / "functions" / "detect"
    vendor(root, detect)
    (root / "lookout" / "errors.py").write_text("a = 2222")
    assert vendor(root, detect).laid == 1
    assert (detect / "lookout" / "errors.py").read_text() == "a = 2222"


def test_what_left_the_library_leaves_the_function(root: Path) -> None:
    detect = root / "functions" / "detect"
    vendor(root, detect)
    (detect / "lookout" / "cloud" / "__pycache__").mkdir()
    (detect / "lookout" / "cloud" / "__pycache__" / "app.cpython-311.pyc").write_text("cache")
    (detect / "main.py").write_text("import lookout.vision.detector")
    (root / "models" / "cohort.npz").unlink()
    assert vendor(root, detect).removed == 2
    assert _files(detect / "lookout") == {
        "__init__.py",
        "errors.py",
        "vision/__init__.py",
        "vision/detector.py",
    }
    assert not (detect / "lookout" / "cloud").exists()


def test_a_function_that_stops_seeing_loses_the_models(root: Path) -> None:
    detect = root / "functions" / "detect"
    vendor(root, detect)
    (detect / "main.py").write_text("import lookout.cloud.app")
    (detect / "requirements.txt").write_text("google-cloud-firestore==2.34.1\n")
    vendor(root, detect)
    assert not (detect / "models").exists()
    assert not (detect / "lookout" / "vision").exists()


def test_what_the_function_itself_holds_stays(root: Path) -> None:
    detect = root / "functions" / "detect"
    (detect / ".env").write_text("THRESHOLD=0.5")
    vendor(root, detect)
    assert (detect / "main.py").exists()
    assert (detect / ".env").read_text() == "THRESHOLD=0.5"


def test_writing_to_a_copy_of_code_leaves_the_original_alone(root: Path) -> None:
    detect = root / "functions" / "detect"
    vendor(root, detect)
    (detect / "lookout" / "errors.py").write_text("broken")
    assert (root / "lookout" / "errors.py").read_text() == "a = 1"
    assert vendor(root, detect).laid == 1


def test_the_virtual_environment_is_linked_wherever_the_repository_lies(root: Path) -> None:
    detect = root / "functions" / "detect"
    vendor(root, detect)
    assert (detect / "venv").readlink() == Path("../../.venv")
    assert (detect / "venv" / "bin" / "python").exists()


def test_a_stale_link_to_another_environment_is_mended(root: Path) -> None:
    detect = root / "functions" / "detect"
    (detect / "venv").symlink_to("/nowhere")
    vendor(root, detect)
    assert (detect / "venv").readlink() == Path("../../.venv")


def test_a_virtual_environment_of_the_functions_own_is_respected(root: Path) -> None:
    own = root / "functions" / "detect" / "venv"
    own.mkdir()
    vendor(root, root / "functions" / "detect")
    assert own.is_dir()
    assert not own.is_symlink()


def test_weights_on_another_file_system_are_copied(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def across(*_: object) -> None:
        raise OSError("Invalid cross-device link")

    monkeypatch.setattr(os, "link", across)
    detect = root / "functions" / "detect"
    vendor(root, detect)
    assert (detect / "models" / "face.onnx").read_text() == "weights"
    assert vendor(root, detect).laid == 0


@pytest.mark.parametrize("path", [*WEIGHTS, "installed.json"])
def test_a_function_that_sees_is_not_filled_without_its_networks(path: str, root: Path) -> None:
    detect, file = root / "functions" / "detect", root / "models" / path
    whole = file.read_bytes()
    for harmed in (None, b"", whole[:-1], whole[:-1] + b"#"):
        if harmed is None:
            file.unlink()
        else:
            file.write_bytes(harmed)
        with pytest.raises(SystemExit, match=f"detect needs models/{path}, .* run scripts/models"):
            vendor(root, detect)
        assert not (detect / "models").exists()
    file.write_bytes(whole)
    assert vendor(root, detect).laid > 0


def test_a_function_that_does_not_see_needs_no_network(root: Path) -> None:
    (root / "models" / "installed.json").unlink()
    assert vendor(root, root / "functions" / "stats").laid > 0

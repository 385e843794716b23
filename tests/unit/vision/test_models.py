"""What is installed, and what is said when it is not."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lookout.domain.site.site import Site
from lookout.errors import ModelMissing
from lookout.settings import Settings
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import Networks, Recogniser
from tests.support.settings import changed

FILES = ("fr_detect.onnx", "fr_landmark.onnx", ".deepface/weights/arcface_weights.onnx")


@pytest.fixture
def copy(recogniser: Recogniser, tmp_path: Path) -> Settings:
    """Settings for a copy of the installed networks, to be harmed."""
    shutil.copytree(Settings().recognition.models_dir, tmp_path / "models")
    return changed(Settings(), MODELS_DIR=tmp_path / "models")


def test_the_card_names_the_model_by_its_weights(recogniser: Recogniser) -> None:
    card = installed(Settings()).card
    name, digest = card.model_id.rsplit("-", 1)
    assert name == card.name
    assert len(digest) == 12
    assert card.dimension == 512
    assert card.calibrated
    assert card.rule.confidence(card.rule.many.midpoint, 3) == pytest.approx(0.5)
    assert all(card.rule.confidence(0.0, photos) > 0.98 for photos in (1, 2, 3))


def test_nothing_installed_says_which_command_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="run scripts/models"):
        installed(changed(Settings(), MODELS_DIR=tmp_path))


def test_another_model_says_which_command_installs_it(recogniser: Recogniser) -> None:
    with pytest.raises(ModelMissing, match="scripts/models --model Facenet512"):
        installed(changed(Settings(), MODEL_NAME="Facenet512"))


@pytest.mark.parametrize("gone", FILES)
def test_missing_weights_are_named_and_nothing_is_downloaded(copy: Settings, gone: str) -> None:
    (copy.recognition.models_dir / gone).unlink()
    with pytest.raises(ModelMissing, match=Path(gone).name):
        Networks.load(copy)
    assert not (copy.recognition.models_dir / gone).exists()


def test_weights_of_another_size_are_refused(copy: Settings) -> None:
    with (copy.recognition.models_dir / "fr_detect.onnx").open("ab") as file:
        file.write(b"more")
    with pytest.raises(ModelMissing, match="bytes instead of"):
        installed(copy)


def test_the_models_own_threshold_holds_until_the_owner_sets_one(recogniser: Recogniser) -> None:
    site = Site(threshold=None, margin=0.05, visit_seconds=120, retention_days=30, timezone="UTC")
    assert recogniser.card.rule_for(site) == recogniser.card.rule
    assert recogniser.card.rule_for(replace(site, threshold=0.3)).threshold == 0.3


@pytest.mark.parametrize(
    "harmed", ["fr_detect.onnx", "fr_landmark.onnx", ".deepface/weights/arcface_weights.onnx"]
)
def test_damaged_weights_of_the_right_size_say_which_command_mends_them(copy: Settings, harmed: str) -> None:
    path = copy.recognition.models_dir / harmed
    path.write_bytes(b"\x00" * path.stat().st_size)
    with pytest.raises(ModelMissing, match="damaged; run scripts/models"):
        Networks.load(copy)


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"embedders": {}}'])
def test_an_unreadable_record_says_which_command_mends_it(copy: Settings, record: str) -> None:
    (copy.recognition.models_dir / "installed.json").write_text(record)
    with pytest.raises(ModelMissing, match="run scripts/models"):
        installed(copy)


def test_a_record_without_what_matching_needs_is_refused(copy: Settings) -> None:
    path = copy.recognition.models_dir / "installed.json"
    record = json.loads(path.read_text())
    del record["embedders"]["ArcFace"]["rule"]
    path.write_text(json.dumps(record))
    with pytest.raises(ModelMissing, match="another version"):
        installed(copy)

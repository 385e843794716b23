"""The average crowd: made of a folder of faces, and taken by the recognition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lookout.domain.recognition.cohort import Cohort
from lookout.errors import ModelMissing
from lookout.settings import Settings
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import Recogniser
from stack.measuring.crowd import averaged
from tests.support.commands import called, started
from tests.support.settings import changed
from tests.unit.domain.conftest import at, face


@pytest.mark.long
def test_a_folder_of_faces_becomes_a_crowd_that_the_recognition_takes(
    recogniser: Recogniser, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "crowd.npz"
    done = started("cohort", photos, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "4 averages of 8 faces" in done.stdout
    card = installed(changed(Settings(), COHORT=str(out))).card
    assert card.rule.cohort is not None
    assert card.rule.cohort.centroids.shape == (4, 512)
    assert np.linalg.norm(card.rule.cohort.centroids, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_folder_without_faces_is_one_clear_line(recogniser: Recogniser, tmp_path: Path) -> None:
    done = called("cohort", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"lookout: {tmp_path} has 0 photos with a face")


def test_averages_lie_where_the_faces_are() -> None:
    centres = [face(seed, 64) for seed in range(4)]
    faces = np.stack([at(0.1, centre, towards=10 * s + 1) for centre in centres for s in range(40)])
    crowd = averaged(faces, faces)
    near = (crowd.centroids @ np.stack(centres).T).max(axis=0)
    assert (near > 0.9).all()
    assert float(np.median(crowd.closeness(faces))) == pytest.approx(0.0, abs=1e-5)


def test_the_installed_crowd_belongs_to_the_model_and_can_be_left_out(recogniser: Recogniser) -> None:
    cohort = installed(Settings()).card.rule.cohort
    assert isinstance(cohort, Cohort)
    assert cohort.centroids.shape == (128, 512)
    assert installed(changed(Settings(), COHORT="none")).card.rule.cohort is None


def test_the_crowd_of_another_model_is_refused(recogniser: Recogniser, tmp_path: Path) -> None:
    median = np.float32(0.8)
    np.savez(tmp_path / "shorter.npz", centroids=np.ones((5, 128), np.float16), median_adult=median)
    np.savez(
        tmp_path / "named.npz", centroids=np.ones((5, 512)), model=np.array("arcface-1"), median_adult=median
    )
    for name in ("shorter.npz", "named.npz"):
        with pytest.raises(ModelMissing, match="another model"):
            installed(changed(Settings(), COHORT=str(tmp_path / name)))
    with pytest.raises(ModelMissing, match="set COHORT=none"):
        installed(changed(Settings(), COHORT=str(tmp_path / "missing.npz")))

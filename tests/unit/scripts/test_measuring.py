"""What scripts/evaluate measures beside pairs: strangers, frames made worse, one's own people, a model's rule."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookout.domain.recognition.face import Box, Embedding, GoodFace, Quality
from lookout.domain.recognition.rule import Calibration, Rule
from lookout.settings import Settings
from lookout.vision.image.frame import Frame
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import Recogniser
from stack.measuring import degrading, people
from stack.measuring.calibrating import fitted, keep
from stack.measuring.evaluation import Distances
from stack.measuring.open_set import expected_error, reliability, trial, trials
from tests.support.commands import called
from tests.support.settings import changed
from tests.unit.domain.conftest import at, face

RULE = Rule.plain(0.5, Calibration(0.5, 60.0))


def household(count: int, photos: int, apart: float) -> dict[str, list[Embedding]]:
    return {
        f"p{seed:02}": [at(apart, face(seed), towards=900 + seed * 10 + n) for n in range(photos)]
        for seed in range(count)
    }


def test_of_people_told_apart_easily_all_are_right_and_no_stranger_is_named() -> None:
    found = trial(household(16, 3, 0.1), 1, 10, RULE, 0.05, seed=1)
    assert found is not None
    report = found.report()
    assert (report["probes"], report["right"], report["wrong"], report["missed"]) == (20, 1.0, 0.0, 0.0)
    assert (report["strangers"], report["strangers_named"]) == (18, 0.0)
    assert found.report()["confidence_error"] == pytest.approx(0, abs=0.01)


def test_people_whose_photos_differ_are_missed_and_counted_by_group() -> None:
    groups = {f"p{seed:02}": "even" if seed % 2 == 0 else "odd" for seed in range(16)}
    found = trials(household(16, 3, 0.45), 1, 10, RULE, 0.05, groups)
    assert found is not None
    assert (found.right, found.missed) == (0, 100)
    assert {name: counts["probes"] for name, counts in found.groups.items()}.keys() == {"even", "odd"}


@pytest.mark.parametrize(("size", "photos"), [(10, 3), (11, 1), (30, 1)])
def test_a_folder_that_is_too_small_is_not_measured(size: int, photos: int) -> None:
    assert trial(household(16, 3, 0.1), photos, size, RULE, 0.05, seed=1) is None


def test_confidence_that_tells_the_truth_has_no_error() -> None:
    honest = [(0.95, True)] * 19 + [(0.95, False)] + [(0.25, True)] + [(0.25, False)] * 3
    assert expected_error(honest) == pytest.approx(0.0, abs=1e-9)
    assert expected_error([(0.9, False)] * 5) == pytest.approx(0.9)
    assert expected_error([]) is None
    assert [count for _, _, count in reliability(honest)] == [4, 20]


def test_the_face_in_the_middle_may_stand_for_a_photo_instead_of_the_largest() -> None:
    quality = Quality(50, 100, 100, 0, 0.8)
    large, middle = (GoodFace(Box(x, 10, side, side), quality, face(1)) for x, side in ((0, 60), (85, 30)))
    frame = Frame(np.zeros((50, 200, 3), np.uint8), "jpeg")
    assert people.chosen([large, middle], frame, central=False) is large
    assert people.chosen([large, middle], frame, central=True) is middle
    assert people.chosen([], frame, central=True) is None


def test_each_way_of_making_a_frame_worse_changes_it_and_keeps_its_shape() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (400, 300, 3)).astype(np.uint8)
    photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), 3), np.uint8)
    box = Box(100, 100, 90, 110)
    kinds = set()
    for kind, _, width, change in degrading.curves():
        plain = degrading.framed(photo, box, width)
        worse = change(plain)
        assert worse.shape == (600, 800, 3)
        assert worse.dtype == np.uint8
        assert kind == "face width" or not np.array_equal(worse, plain)
        kinds.add(kind)
    assert kinds == {"face width", "jpeg", "blur", "motion", "light", "grey", "rotation"}


@pytest.mark.parametrize("seed", range(4))
def test_a_fitted_rule_lies_between_the_same_person_and_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    genuine = rng.normal(0.35, 0.08, 4000).astype(np.float32)
    impostor = rng.normal(0.9, 0.08, 4000).astype(np.float32)
    rule = fitted(Distances(genuine, impostor))
    assert 0.5 < rule["threshold"] < 0.75
    assert (impostor <= rule["threshold"]).mean() <= 0.0006
    curve = rule["confidence"]["one_photo"]
    assert 0.5 < curve["midpoint"] < 0.75
    assert curve["slope"] > 20


def test_too_few_pairs_fit_nothing() -> None:
    few = np.full(5, 0.3, np.float32)
    with pytest.raises(SystemExit, match="20 of each are needed"):
        fitted(Distances(few, few))


def test_a_fitted_rule_is_what_the_functions_take(recogniser: Recogniser, tmp_path: Path) -> None:
    home = shutil.copytree(Settings().recognition.models_dir, tmp_path / "models")
    settings = changed(Settings(), MODELS_DIR=home)
    curve = {"midpoint": 0.6, "slope": 30.0}
    rule = {
        "threshold": 0.44, "one_photo": 0.42, "same_face": 0.5, "stricter": 0.0, "wider": 0.0,
        "confidence": {"one_photo": curve, "three_photos": curve},
    }  # fmt: skip
    keep(home, "another-model", rule | {"threshold": 0.1})
    assert installed(settings).card.rule.threshold == 0.5
    keep(home, recogniser.model_id, rule)
    card = installed(settings).card
    assert (card.rule.threshold, card.rule.one_photo, card.calibrated) == (0.44, 0.42, True)
    assert card.rule.few == Calibration(0.6, 30.0)


def test_ones_own_photos_are_left_out_in_turn_and_the_harmful_one_is_named(
    recogniser: Recogniser, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "Obama").mkdir()
    for name in ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"):
        shutil.copy(photos / name, tmp_path / "Obama" / name)
    done = called(
        "evaluate",
        "--own",
        str(tmp_path),
        "--json",
        str(tmp_path / "own.json"),
        "--plot",
        str(tmp_path / "own.png"),
    )
    assert done.returncode == 0, done.stderr
    (row,) = json.loads((tmp_path / "own.json").read_text())["rows"]
    assert (row["person"], row["photos"], row["harmful"]) == ("Obama", 4, ["biden.jpg"])
    assert row["known_by_the_others"] == pytest.approx(0.75)
    assert row["reasons"] == {"biden.jpg": "far from the others"}
    assert cv2.imread(str(tmp_path / "own.png")) is not None


@pytest.mark.parametrize("arguments", [[], ["--own", "a", "--degrade", "b"], ["pairs.csv"]])
def test_what_is_to_be_measured_has_to_be_said(recogniser: Recogniser, arguments: list[str]) -> None:
    done = called("evaluate", *arguments)
    assert done.returncode == 2
    assert "give PAIRS.csv and IMAGES_DIR" in done.stderr

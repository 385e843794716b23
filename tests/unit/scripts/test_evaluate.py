"""The recognition in numbers: the arithmetic on made-up distances, the command on real photos."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookout.vision.image.frame import encode_jpeg
from lookout.vision.recogniser import Recogniser
from stack.measuring.evaluation import Distances, Pair, describe, measure, read_pairs
from tests.support.commands import called, started

PAIRS = """file_x,file_y,Decision
obama.jpg,obama2.jpg,Yes
obama2.jpg,obama3.jpg,Yes
obama.jpg,obama_partial_face.jpg,yes
obama.jpg,biden.jpg,No
t1.jpg,biden.jpg,No
blank.jpg,biden.jpg,No

"""


def distances(genuine: list[float], impostor: list[float]) -> Distances:
    return Distances(np.array(genuine, np.float32), np.array(impostor, np.float32))


def test_accuracy_counts_both_kinds_of_error() -> None:
    mixed = distances([0.1, 0.2, 0.7], [0.3, 0.8, 0.9])
    assert mixed.accuracy(0.5) == pytest.approx(4 / 6)
    assert mixed.accuracy(0.0) == pytest.approx(3 / 6)
    assert mixed.accuracy(2.0) == pytest.approx(3 / 6)


def test_the_best_threshold_lies_in_the_middle_of_the_gap() -> None:
    assert distances([0.1, 0.3], [0.7, 0.9]).best_threshold() == pytest.approx(0.5)
    best = distances([0.1, 0.2, 0.7], [0.3, 0.8, 0.9]).best_threshold()
    assert best is not None
    assert 0.7 < best < 0.8 or 0.2 < best < 0.3


def test_rates_at_a_false_match_rate() -> None:
    overlapping = distances([0.1, 0.2, 0.3, 0.6], [0.5, *np.linspace(0.7, 1.2, 99)])
    assert overlapping.tpr_at_fmr(0.0) == 0.75
    assert overlapping.tpr_at_fmr(0.01) == 1.0


def test_one_percent_of_three_hundred_is_three() -> None:
    crowded = distances([0.35], [0.1, 0.2, 0.3, 0.4, *np.linspace(0.7, 1.2, 296)])
    assert crowded.tpr_at_fmr(0.01) == 1.0
    assert distances([0.45], [0.1, 0.2, 0.3, 0.4, *np.linspace(0.7, 1.2, 296)]).tpr_at_fmr(0.01) == 0.0


def test_without_pairs_there_are_no_numbers() -> None:
    nothing = distances([], [])
    assert (nothing.accuracy(0.5), nothing.best_threshold(), nothing.tpr_at_fmr(0.0)) == (None, None, None)
    assert distances([0.1], []).tpr_at_fmr(0.0) is None
    assert "0 pairs" in describe("same person", nothing.genuine)


def test_a_pair_without_a_face_is_left_out() -> None:
    vector = np.array([1, 0], np.float32)
    found = measure([Pair("a", "b", True), Pair("a", "c", False)], {"a": vector, "b": vector, "c": None})
    assert found.genuine.tolist() == [0.0]
    assert found.impostor.size == 0


def test_columns_are_found_by_name_and_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("\ufeffDecision,file_y,note,file_x\nNo,b.jpg,hm,a.jpg\n", encoding="utf-8")
    assert read_pairs(path) == [Pair("a.jpg", "b.jpg", False)]


@pytest.fixture(scope="module")
def images(recogniser: Recogniser, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample photos, one without a face, and the pairs."""
    folder = tmp_path_factory.mktemp("images")
    shutil.copytree(photos, folder, dirs_exist_ok=True)
    (folder / "blank.jpg").write_bytes(encode_jpeg(np.full((300, 300, 3), 120, np.uint8)))
    (folder / "pairs.csv").write_text(PAIRS)
    return folder


def test_the_report_has_exactly_its_keys(images: Path, tmp_path: Path, recogniser: Recogniser) -> None:
    out, plot = tmp_path / "report.json", tmp_path / "plot.png"
    done = started("evaluate", images / "pairs.csv", images, "--json", out, "--plot", plot)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(out.read_text())
    assert report.pop("threshold_best") == pytest.approx(0.55, abs=0.25)
    assert report == {
        "model": recogniser.model_id,
        "pairs": 6,
        "genuine": 3,
        "no_face": ["blank.jpg"],
        "threshold_default": recogniser.card.threshold,
        "accuracy_default": 1.0,
        "accuracy_best": 1.0,
        "tpr_at_fmr_0": 1.0,
        "tpr_at_fmr_1pct": 1.0,
    }
    picture = cv2.imread(str(plot))
    assert picture is not None
    assert picture.shape == (480, 900, 3)
    assert "same person" in done.stdout
    assert "different people" in done.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read"),
        ("", "must begin with a line that names the columns"),
        ("a,b,c\n1,2,Yes\n", "must begin with a line that names the columns"),
        ("file_x,file_y,Decision\n", "has no pairs"),
        ("file_x,file_y,Decision\nobama.jpg,biden.jpg\n", "line 2: 2 columns"),
        ("file_x,file_y,Decision\nobama.jpg,biden.jpg,Maybe\n", "line 2: the Decision is 'Maybe'"),
        ("file_x,file_y,Decision\n,biden.jpg,Yes\n", "line 2: a file name is missing"),
        ("file_x,file_y,Decision\nobama.jpg,gone.jpg,Yes\n", "gone.jpg, which"),
        ("file_x,file_y,Decision\nobama.jpg,pairs.csv,Yes\n", "pairs.csv: This is no JPEG"),
    ],
)
def test_what_cannot_be_measured_is_one_clear_line(
    images: Path, tmp_path: Path, text: str | None, says: str
) -> None:
    table = tmp_path / "table.csv"
    if text is not None:
        table.write_text(text)
    done = called("evaluate", table, images)
    assert done.returncode == 1
    assert done.stderr.startswith("lookout: ")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1

"""What a frame takes at least: its networks' operations at the speed of a product of matrices."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from bench.contenders.process import Answer
from bench.limits.bounds import bound, frame_work, milliseconds_at_least, profile
from bench.limits.operations import matrix_speed, operations
from stack.install.models import MODELS


def _operations(name: str) -> float:
    return operations(onnx.load(MODELS / name), 1).total() / 1e9


def test_an_empty_frame_is_looked_at_in_five_areas() -> None:
    area = _operations("fr_detect.onnx")
    assert frame_work(MODELS, "SVGA", "empty") == pytest.approx(5 * area)
    assert 0.1 < area < 0.5


def test_each_face_costs_its_landmarks_and_its_vector() -> None:
    empty, one, four = (frame_work(MODELS, "SVGA", what) for what in ("empty", "1 face", "4 faces"))
    assert one - empty > _operations("fr_landmark.onnx") > 0
    assert four - empty == pytest.approx(4 * (one - empty))


def test_the_bound_is_the_work_at_the_speed() -> None:
    assert milliseconds_at_least(1.5, 100) == pytest.approx(15)
    assert "1.50 GFLOP" in bound(1.5, 100)
    assert "15.0 ms" in bound(1.5, 100)


def test_a_profile_names_the_longest_stage_first_by_its_median() -> None:
    answers = [Answer(9, 9, 1, {"decode": 1, "detect": time}) for time in (5.0, 90.0, 7.0)]
    assert profile(answers) == "detect 7.00 ms, decode 1.00 ms"
    assert profile([Answer(9, 9, 1, {})]) == ""


def test_a_product_of_matrices_has_a_speed(tmp_path: Path) -> None:
    assert matrix_speed(tmp_path / "product.onnx", 1) > 1

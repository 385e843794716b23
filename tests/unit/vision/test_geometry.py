"""Boxes, points and transforms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lookout.domain.recognition.face import Box
from lookout.vision.geometry import TEMPLATE, merge, square, umeyama, upright, warp, yaw


def test_a_square_keeps_the_centre_and_takes_the_longer_side() -> None:
    assert square(Box(10, 20, 30, 50, 0.9)) == Box(0, 20, 50, 50, 0.9)
    assert square(Box(0, 0, 40, 20)) == Box(0, -10, 40, 40, 1.0)


def test_merging_nothing_gives_nothing() -> None:
    assert merge(np.empty((0, 4), np.float32), np.empty(0, np.float32), 0.5).size == 0


def test_merging_keeps_the_surest_of_a_heap_and_all_that_stand_apart() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [50, 0, 60, 10], [0, 4, 5, 9]], np.float32)
    kept = merge(boxes, np.array([0.7, 0.9, 0.8, 0.99], np.float32), 0.5)
    assert kept.tolist() == [3, 2]


def test_half_a_face_goes_when_the_whole_is_there() -> None:
    boxes = np.array([[0, 0, 40, 40], [20, 0, 40, 40]], np.float32)
    assert merge(boxes, np.array([0.9, 0.8], np.float32), 0.5).tolist() == [0]


@pytest.mark.parametrize("degrees", [0, 30, -90, 170])
def test_umeyama_finds_the_turn_scale_and_shift_again(degrees: float) -> None:
    angle = math.radians(degrees)
    rotation = 3.5 * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = (TEMPLATE @ rotation.T + [400, -20]).astype(np.float32)
    transform = umeyama(moved, TEMPLATE)
    assert np.allclose(moved @ transform[:, :2].T + transform[:, 2], TEMPLATE, atol=1e-2)


def test_umeyama_never_reflects() -> None:
    mirrored = (TEMPLATE * [-1, 1]).astype(np.float32)
    transform = umeyama(mirrored, TEMPLATE)
    assert np.linalg.det(transform[:, :2].astype(np.float64)) > 0


def test_five_points_in_one_place_give_a_transform_all_the_same() -> None:
    assert np.isfinite(umeyama(np.zeros((5, 2), np.float32), TEMPLATE)).all()


def test_upright_brings_the_box_into_the_middle_and_levels_the_eyes() -> None:
    points = np.array([[10, 10], [30, 20], [20, 25], [12, 30], [28, 36]], np.float32)
    transform = upright(Box(0, 0, 40, 50), points, 96, 112)
    eyes = points[:2] @ transform[:, :2].T + transform[:, 2]
    assert eyes[0, 1] == pytest.approx(eyes[1, 1], abs=1e-3)
    assert eyes[0, 0] < eyes[1, 0]
    assert np.allclose(transform[:, :2] @ [20, 25] + transform[:, 2], [48, 56], atol=1e-3)


def test_outside_of_the_frame_is_black() -> None:
    white = np.full((10, 10, 3), 255, np.uint8)
    seen = warp(white, np.array([[1, 0, 10], [0, 1, 0]], np.float32), 20, 10)
    assert seen.shape == (10, 20, 3)
    assert not seen[:, :9].any()
    assert (seen[:, 11:] == 255).all()


def test_a_frontal_face_is_not_turned_and_a_profile_is() -> None:
    frontal = np.array([[0, 0], [60, 0], [30, 30], [10, 60], [50, 60]], np.float32)
    assert yaw(frontal) == pytest.approx(0, abs=1e-6)
    half = frontal.copy()
    half[2, 0] += 20
    far = frontal.copy()
    far[2, 0] += 120
    assert 0.2 < yaw(half) < 0.6 < yaw(far) < 1
    assert yaw(np.zeros((5, 2), np.float32)) == 1.0


def test_a_mirrored_face_looks_to_the_other_side() -> None:
    points = np.array([[0, 0], [60, 0], [40, 30], [10, 60], [50, 60]], np.float32)
    mirrored = (points * np.array([-1, 1], np.float32))[[1, 0, 2, 4, 3]]
    assert yaw(mirrored) == pytest.approx(-yaw(points))
    assert yaw(points) > 0


def test_turning_the_head_in_the_picture_is_no_turning_away() -> None:
    points = np.array([[0, 0], [60, 0], [40, 30], [10, 60], [50, 60]], np.float32)
    tilted = (points @ np.array([[0.8, 0.6], [-0.6, 0.8]], np.float32)).astype(np.float32)
    assert yaw(tilted) == pytest.approx(yaw(points), abs=1e-5)

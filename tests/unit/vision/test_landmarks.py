"""The five points of a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lookout.domain.recognition.face import Box
from lookout.vision.geometry import TEMPLATE, umeyama
from lookout.vision.image.frame import decode
from lookout.vision.networks.landmarks import AVERAGE, prepare
from lookout.vision.recogniser import Recogniser


def test_the_five_points_are_averages() -> None:
    assert AVERAGE.shape == (5, 68)
    assert np.allclose(AVERAGE.sum(axis=1), 1)


@pytest.mark.parametrize("name", ["obama.jpg", "obama2.jpg", "biden.jpg", "t1.jpg"])
def test_the_points_of_a_face_lie_as_a_face_does(recogniser: Recogniser, photos: Path, name: str) -> None:
    pixels = decode((photos / name).read_bytes()).pixels
    for face in recogniser.see(decode((photos / name).read_bytes())).faces:
        points = recogniser.networks.landmarker.find(pixels, face.box)
        assert points.shape == (5, 2)
        assert points.dtype == np.float32
        transform = umeyama(points, TEMPLATE)
        on_template = points @ transform[:, :2].T + transform[:, 2]
        assert np.abs(on_template - TEMPLATE).mean() < 10
        assert points[0, 0] < points[1, 0]
        assert points[:2, 1].max() < points[3:, 1].min()


@pytest.mark.parametrize("area", [Box(-50, -50, 100, 100), Box(60, 60, 400, 400), Box(500, 500, 9, 9)])
def test_a_box_may_leave_the_frame(area: Box) -> None:
    made = prepare(np.full((100, 100, 3), 255, np.uint8), area)
    assert made.shape == (1, 1, 64, 64)
    assert made.dtype == np.float32
    assert made.min() == 0
    assert made.max() <= 1


def test_a_box_of_the_networks_size_is_taken_as_it_is() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    made = prepare(np.repeat(grey[:, :, None], 3, axis=2), Box(0, 0, 64, 64))
    assert np.allclose(made[0, 0] * 256, grey, atol=1)

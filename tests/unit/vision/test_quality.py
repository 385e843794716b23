"""What makes a good shot, and what keeps a face from being matched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box, Quality
from lookout.domain.recognition.reason import Reason
from lookout.settings import Settings
from lookout.vision.quality import OPEN_GATE, Gate, assess

GOOD = Quality(pixels=120, sharpness=300, brightness=120, turn=0.1, score=1)
GATE = Gate.from_settings(Settings())


def textured(seed: int = 0) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).integers(0, 256, (112, 112, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.5), np.uint8)


@pytest.mark.parametrize(
    ("quality", "flaw"),
    [
        (GOOD, None),
        (Quality(20, 300, 120, 0.1, 1), Reason.TOO_SMALL),
        (Quality(120, 1, 120, 0.1, 1), Reason.TOO_BLURRED),
        (Quality(120, 300, 10, 0.1, 1), Reason.TOO_DARK),
        (Quality(120, 1, 10, 0.1, 1), Reason.TOO_DARK),
        (Quality(120, 300, 120, 0.95, 1), Reason.TURNED_AWAY),
        (Quality(20, 1, 10, 0.95, 1), Reason.TOO_SMALL),
    ],
)
def test_a_flaw_is_named(quality: Quality, flaw: Reason | None) -> None:
    assert GATE.flaw(quality) is flaw


def test_the_open_gate_lets_everything_through() -> None:
    assert OPEN_GATE.flaw(Quality(1, 0, 0, 1.0, 0)) is None


def test_blur_dark_small_and_turned_make_a_worse_shot() -> None:
    sharp = textured()
    best = assess(sharp, Box(0, 0, 120, 150), 0.0)
    worse = [
        assess(np.asarray(cv2.GaussianBlur(sharp, (0, 0), 4), np.uint8), Box(0, 0, 120, 150), 0.0),
        assess((sharp // 8).astype(np.uint8), Box(0, 0, 120, 150), 0.0),
        assess(sharp, Box(0, 0, 40, 50), 0.0),
        assess(sharp, Box(0, 0, 120, 150), 0.7),
    ]
    assert all(0 <= shot.score < best.score <= 1 for shot in worse)
    assert worse[0].sharpness < best.sharpness
    assert worse[1].brightness < best.brightness
    assert worse[2].pixels == 40


def test_a_black_crop_scores_nothing() -> None:
    assert assess(np.zeros((112, 112, 3), np.uint8), Box(0, 0, 50, 50), 1.0).score == 0

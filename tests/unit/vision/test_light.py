"""Dim frames are lifted, bright ones left alone; leaning heads are looked at again."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench import scene
from lookout.domain.recognition.face import Box, good_faces
from lookout.vision.image.frame import Frame
from lookout.vision.image.light import lifted
from lookout.vision.quality import assess
from lookout.vision.recogniser import Recogniser
from tests.support.faces import good

FACE = 260.0


def at_the_door(photos: Path, size: int = 110) -> NDArray[np.uint8]:
    return scene.with_person(photos / "obama2.jpg", size, FACE, 300, 120)


def dimmed(pixels: NDArray[np.uint8], share: float, noise: float = 0.0) -> NDArray[np.uint8]:
    grain = np.random.default_rng(3).normal(0, noise, pixels.shape)
    return np.clip(pixels * share + grain, 0, 255).astype(np.uint8)


def leaning(pixels: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    turn = cv2.getRotationMatrix2D((400, 300), degrees, 1)
    return np.asarray(cv2.warpAffine(pixels, turn, (800, 600), borderMode=cv2.BORDER_REPLICATE), np.uint8)


@pytest.mark.parametrize("value", [128, 200, 255])
def test_a_bright_frame_stays_the_very_same(value: int) -> None:
    pixels = np.full((60, 80, 3), value, np.uint8)
    assert lifted(pixels) is pixels


@pytest.mark.parametrize(("value", "becomes"), [(110, 220), (55, 220), (22, 220), (10, 100), (0, 0)])
def test_a_dim_frame_is_lifted_within_bounds(value: int, becomes: int) -> None:
    assert np.unique(lifted(np.full((60, 80, 3), value, np.uint8))).tolist() == [becomes]


def test_a_lamp_in_the_picture_does_not_keep_it_dark_and_a_white_wall_does() -> None:
    dark = np.full((400, 400, 3), 40, np.uint8)
    lamp, wall = dark.copy(), dark.copy()
    lamp[:40, :40] = 255
    wall[:, :200] = 255
    assert lifted(lamp)[200, 200, 0] == 220
    assert lifted(wall) is wall


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 900, 3), (3, 2, 3)])
def test_a_frame_of_any_shape_can_be_lifted(shape: tuple[int, int, int]) -> None:
    assert lifted(np.full(shape, 40, np.uint8)).shape == shape


@pytest.mark.parametrize(
    ("share", "noise"), [(0.5, 0.0), (0.25, 0.0), (0.25, 2.0), (0.125, 0.0), (0.125, 1.0)]
)
def test_a_person_in_dim_light_is_still_the_person(
    recogniser: Recogniser, photos: Path, share: float, noise: float
) -> None:
    (bright,) = recogniser.see(Frame(at_the_door(photos), "jpeg")).faces
    (dim,) = recogniser.see(Frame(dimmed(at_the_door(photos), share, noise), "jpeg")).faces
    assert 1 - good(bright).embedding @ good(dim).embedding < 0.25


@pytest.mark.parametrize("blur", [0.3, 0.6, 1.0])
def test_darkness_is_no_blur(blur: float, photos: Path) -> None:
    """Of a crop that nobody lifted: the sharpness hardly falls with the light."""
    photo = cv2.imread(str(photos / "obama.jpg"))
    assert photo is not None
    crop = cv2.resize(photo[80:420, 370:620], (112, 112), interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.GaussianBlur(crop, (0, 0), blur), np.uint8)
    bright, dim = (assess(dimmed(soft, share), Box(0, 0, 112, 112), 0.0) for share in (1.0, 0.4))
    assert dim.brightness < 0.5 * bright.brightness
    assert dim.sharpness == pytest.approx(bright.sharpness, rel=0.35)


@pytest.mark.parametrize("degrees", [-60, -45, -30, 30, 45, 60])
def test_a_leaning_head_is_still_the_person(recogniser: Recogniser, photos: Path, degrees: float) -> None:
    picture = at_the_door(photos, 130)
    (straight,) = recogniser.see(Frame(picture, "jpeg")).faces
    faces = recogniser.see(Frame(leaning(picture, degrees), "jpeg")).faces
    near = [1 - good(straight).embedding @ face.embedding for face in good_faces(faces)]
    assert min(near) < 0.25


def test_the_score_of_a_face_follows_the_length_of_its_vector(recogniser: Recogniser, photos: Path) -> None:
    picture = at_the_door(photos)
    (sharp,) = recogniser.see(Frame(picture, "jpeg")).faces
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.uint8)
    (worse,) = recogniser.see(Frame(soft, "jpeg")).faces
    full = recogniser.card.full_length
    assert full is not None
    assert sharp.quality.score == pytest.approx(recogniser.surest(picture) / full, abs=1e-4)
    assert worse.quality.score < sharp.quality.score <= 1
    assert good(sharp).is_clear

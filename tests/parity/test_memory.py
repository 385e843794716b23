"""``detect`` keeps within its memory, whatever four cameras post at once."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bench import scene
from lookout.settings import Settings
from lookout.vision.image.frame import crop, decode
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import recogniser
from tests.parity.conftest import Deployed
from tests.support.settings import changed

CAMERAS = [f"cam_{number}" for number in range(4)]
FACES = 32
ACROSS, DOWN, SIDE = 8, 5, 200


def crowd(photos: Path) -> bytes:
    """A frame of forty faces, of which as many are judged as ever are: 32."""
    engine = recogniser(Settings())
    heads = []
    for name in ("obama2.jpg", "biden.jpg", "obama.jpg", "obama3.jpg"):
        pixels = decode((photos / name).read_bytes()).pixels
        box = max(engine.networks.detector.detect(pixels), key=lambda one: one.area)
        heads.append(cv2.resize(crop(pixels, box, 0.4), (SIDE - 20, SIDE - 20), interpolation=cv2.INTER_AREA))
    picture = scene.room(ACROSS * SIDE, DOWN * SIDE)
    for place in range(ACROSS * DOWN):
        top, left = place // ACROSS * SIDE + 10, place % ACROSS * SIDE + 10
        head = heads[place % len(heads)]
        picture[top : top + head.shape[0], left : left + head.shape[1]] = head
    return scene.posted(picture)


def progressive(subsampling: int) -> bytes:
    """A JPEG of 49 megapixels: with ``subsampling`` 0 all of its colours (4:4:4), with 2 a quarter (4:2:0)."""
    made = io.BytesIO()
    picture = Image.fromarray(np.full((6000, 8192, 3), 90, np.uint8))
    picture.save(made, "JPEG", progressive=True, subsampling=subsampling)
    return made.getvalue()


def test_the_large_network_has_the_size_of_the_official_one(large: Path) -> None:
    assert (
        130_000_000 < installed(changed(Settings(), MODELS_DIR=large)).embedder.stat().st_size < 140_000_000
    )


@pytest.mark.parametrize("network", ["installed", "large"])
def test_four_frames_of_many_faces_at_once_are_all_answered(
    deployed: Deployed, photos: Path, large: Path, network: str
) -> None:
    frame = crowd(photos)
    models = {"MODELS_DIR": str(large)} if network == "large" else {}
    for camera in CAMERAS:
        deployed.camera(camera)
    with (
        deployed.run("detect", variables=models, note=f", {FACES} faces x 4, {network}") as detect,
        ThreadPoolExecutor(len(CAMERAS)) as pool,
    ):
        answers = list(pool.map(detect.post, [frame] * 4, CAMERAS))
        assert [answer.status_code for answer in answers] == [200] * 4, [one.text for one in answers]
        assert [len(answer.json()["faces"]) for answer in answers] == [FACES] * 4
        judged = [face["reason"] for answer in answers for face in answer.json()["faces"]]
        assert not {"too_small", "too_blurred", "too_dark"} & set(judged), judged


@pytest.mark.parametrize("network", ["installed", "large"])
def test_the_largest_pictures_four_at_once_are_refused_or_wait_their_turn(
    deployed: Deployed, large: Path, network: str
) -> None:
    whole, reduced = progressive(0), progressive(2)
    models = {"MODELS_DIR": str(large)} if network == "large" else {}
    for camera in CAMERAS:
        deployed.camera(camera)
    with (
        deployed.run("detect", variables=models, note=f", 49 MP x 4, {network}") as detect,
        ThreadPoolExecutor(len(CAMERAS)) as pool,
    ):
        assert detect.post(scene.posted(scene.room()), CAMERAS[0]).status_code == 200
        refused, judged = (
            [answer.status_code for answer in pool.map(detect.post, [picture] * 4, CAMERAS)]
            for picture in (whole, reduced)
        )
        assert refused == [422] * 4
        # a machine that is busy may let one wait for too long, which is answered
        assert set(judged) <= {200, 503}
        assert 200 in judged

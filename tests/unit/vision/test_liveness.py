"""Photos held up: what the network is shown of a face, and what becomes of its answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lookout.domain.recognition.face import Box
from lookout.domain.recognition.rule import Calibration
from lookout.errors import ModelMissing
from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.networks.liveness import SIDE, Liveness, prepare
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import Recogniser
from lookout.vision.recogniser import recogniser as of
from stack.measuring.presenting import WAYS
from tests.support.faces import good
from tests.support.settings import changed

ON = changed(Settings(), LIVENESS=True)


@pytest.mark.parametrize("seed", range(40))
def test_what_the_network_is_shown_lies_within_the_frame_wherever_the_face_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(30, 900, 2))
    pixels = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    wide, high = rng.uniform(2, width), rng.uniform(2, height)
    box = Box(float(rng.uniform(0, width - wide)), float(rng.uniform(0, height - high)), wide, high)
    shown = prepare(pixels, box)
    assert shown.shape == (1, 3, SIDE, SIDE)
    assert shown.dtype == np.float32
    assert shown.std() > 0


def test_the_face_is_in_the_middle_of_what_is_shown() -> None:
    pixels = np.zeros((600, 800, 3), np.uint8)
    pixels[280:320, 380:420] = (10, 20, 250)
    shown = prepare(pixels, Box(380, 280, 40, 40))[0]
    rows, columns = np.nonzero(shown[2] > 125)
    assert (rows.mean(), columns.mean()) == (pytest.approx(63.5, abs=1.5), pytest.approx(63.5, abs=1.5))
    # blue comes first, as it is
    assert shown[:, 64, 64].tolist() == [10, 20, 250]


def test_nobody_looks_unless_it_is_asked_for(recogniser: Recogniser, photos: Path) -> None:
    seen = recogniser.see(decode((photos / "obama.jpg").read_bytes()))
    assert good(seen.faces[0]).spoof is None
    assert "liveness" not in seen.milliseconds
    assert installed(Settings()).liveness is None


@pytest.mark.long
def test_prints_and_screens_of_a_photo_look_less_alive_than_the_person(
    recogniser: Recogniser, photos: Path
) -> None:
    camera = of(ON)
    liveness = camera.networks.liveness
    assert liveness is not None
    alive: dict[str, list[float]] = {way: [] for way in WAYS}
    for number, name in enumerate(("obama2.jpg", "obama3.jpg", "biden.jpg")):
        photo = decode((photos / name).read_bytes()).pixels
        box = max(camera.networks.detector.detect(photo), key=lambda one: one.area)
        for way, shown in WAYS.items():
            frame = shown(photo, box, 60, np.random.default_rng(number))
            faces = camera.networks.detector.detect(frame)
            alive[way].append(liveness.aliveness(frame, max(faces, key=lambda one: one.area)))
    for way in ("print", "screen"):
        assert np.mean(alive["person"]) > np.mean(alive[way]) + 1


def test_asked_for_every_face_that_may_be_matched_has_a_probability(
    recogniser: Recogniser, photos: Path
) -> None:
    seen = of(ON).see(decode((photos / "t1.jpg").read_bytes()))
    found = [good(face).spoof for face in seen.faces]
    assert len(found) == 6
    assert all(spoof is not None and 0 <= spoof <= 1 for spoof in found)
    assert seen.milliseconds["liveness"] > 0


def test_the_probability_falls_with_how_alive_a_face_looks() -> None:
    class Answers:
        """Gives what it was made with: for the arithmetic alone."""

        def __init__(self, *logits: float) -> None:
            self.logits = logits

        def run(self, pixels: np.ndarray) -> list[np.ndarray]:
            return [np.array([self.logits], np.float32)]

    pixels, box, curve = np.zeros((50, 50, 3), np.uint8), Box(10, 10, 20, 20), Calibration(-5.0, 1.0)
    assert Liveness(Answers(5, -9, -9), curve).spoof(pixels, box) < 0.01
    assert Liveness(Answers(-5, 0, -90), curve).spoof(pixels, box) == pytest.approx(0.5, abs=1e-3)
    assert Liveness(Answers(-9, 9, -9), curve).spoof(pixels, box) > 0.99


def test_a_house_where_it_was_never_installed_says_what_to_do(recogniser: Recogniser, tmp_path: Path) -> None:
    home = shutil.copytree(Settings().recognition.models_dir, tmp_path / "models")
    record = json.loads((home / "installed.json").read_text())
    del record["liveness"]
    (home / "installed.json").write_text(json.dumps(record))
    installed(changed(Settings(), MODELS_DIR=home))
    with pytest.raises(ModelMissing, match=r"LIVENESS is not installed .* run scripts/models"):
        installed(changed(Settings(), MODELS_DIR=home, LIVENESS=True))

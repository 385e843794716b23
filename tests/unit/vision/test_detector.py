"""Where faces are found, and where not."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bench import scene
from lookout.domain.recognition.face import Box
from lookout.errors import ModelMissing, SettingsError
from lookout.settings import Settings
from lookout.vision.networks.detector import Detector, RfbDetector, detector, empty_input, prepare, regions
from lookout.vision.networks.models import installed
from lookout.vision.recogniser import Recogniser
from tests.support.settings import changed

WEIGHTS = Path(".deepface/weights")
FACE_IN_OBAMA2 = Box(203, 239, 260, 380)


@pytest.fixture(scope="module")
def rfb(recogniser: Recogniser) -> Detector:
    return detector("rfb", installed(Settings()))


@pytest.mark.parametrize("size", [24, 28, 36, 48, 80, 160])
def test_a_face_is_found_however_small_at_its_place(rfb: Detector, photos: Path, size: int) -> None:
    picture = scene.with_person(photos / "obama2.jpg", size, FACE_IN_OBAMA2.width)
    boxes = rfb.detect(picture)
    assert len(boxes) == 1
    scale = size / FACE_IN_OBAMA2.width
    box = boxes[0]
    assert box.x + box.width / 2 == pytest.approx(440 + scale * 333, abs=0.25 * size)
    assert box.y + box.height / 2 == pytest.approx(40 + scale * 429, abs=0.25 * size)
    assert box.width == pytest.approx(size, rel=0.3)


def test_an_empty_room_has_no_face(rfb: Detector) -> None:
    assert rfb.detect(scene.room()) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 900, 3), (900, 5, 3), (240, 320, 3), (1200, 1600, 3)])
def test_a_blank_frame_of_any_shape_has_no_face(rfb: Detector, shape: tuple[int, int, int]) -> None:
    assert rfb.detect(np.full(shape, 90, np.uint8)) == []


def test_six_people_are_six_boxes_inside_the_frame(rfb: Detector, photos: Path) -> None:
    pixels = cv2.imread(str(photos / "t1.jpg"))
    assert pixels is not None
    boxes = rfb.detect(np.asarray(pixels, np.uint8))
    assert len(boxes) == 6
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= 1280
        assert box.y + box.height <= 886
        assert 0.65 < box.score <= 1


def test_a_face_on_the_seam_of_the_tiles_is_one_face(rfb: Detector, photos: Path) -> None:
    for left in (330, 350, 370):
        picture = scene.with_person(photos / "obama2.jpg", 60, FACE_IN_OBAMA2.width, left, 210)
        assert len(rfb.detect(picture)) == 1


def test_a_frame_no_larger_than_the_network_is_looked_at_once() -> None:
    assert regions(320, 240) == [(0, 0, 320, 240)]
    assert len(regions(321, 240)) == 5


def test_the_tiles_cover_the_frame_and_overlap() -> None:
    seen: NDArray[np.uint8] = np.zeros((600, 800), np.uint8)
    for left, top, right, bottom in regions(800, 600)[1:]:
        seen[top:bottom, left:right] += 1
    assert seen.min() == 1
    assert (seen > 1).mean() > 0.15


@pytest.mark.parametrize("shape", [(600, 800, 3), (1600, 700, 3), (9, 800, 3), (10, 10, 3)])
def test_the_input_keeps_the_aspect_on_grey(shape: tuple[int, int, int]) -> None:
    blob = empty_input()
    blob.fill(7)  # what another area left
    scale = prepare(np.full(shape, 255, np.uint8), blob)
    assert blob.shape == (1, 3, 240, 320)
    assert blob.dtype == np.float32
    assert (blob[0, 0] > 0.9).mean() == pytest.approx(shape[0] * shape[1] * scale**2 / (320 * 240), abs=0.02)


def test_haar_is_there_by_setting(recogniser: Recogniser, photos: Path) -> None:
    haar = detector("opencv", installed(Settings()))
    picture = scene.with_person(photos / "obama2.jpg", 120, FACE_IN_OBAMA2.width)
    boxes = haar.detect(picture)
    assert any(abs(box.x + box.width / 2 - 594) < 40 for box in boxes)
    assert all(0 <= box.score <= 1 for box in boxes)
    assert haar.detect(np.zeros((120, 160, 3), np.uint8)) == []


@pytest.mark.parametrize("name", ["yunet", "ssd", "centerface", "retinaface"])
def test_a_detector_that_is_not_installed_is_not_downloaded_but_named(
    recogniser: Recogniser, name: str
) -> None:
    with pytest.raises(ModelMissing, match=f"scripts/models --detector {name}"):
        detector(name, installed(Settings()))


@pytest.mark.parametrize("name", ["argus", "dlib", "yolov8n"])
def test_a_detector_that_is_unknown_or_would_download_is_refused(recogniser: Recogniser, name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is none .* choose from rfb, opencv"):
        detector(name, installed(Settings()))


def test_a_detector_whose_package_is_not_there_is_named(recogniser: Recogniser) -> None:
    with pytest.raises(SettingsError, match="mtcnn needs a package"):
        detector("mtcnn", installed(Settings()))


def _retinaface(path: Path) -> None:
    """A network of RetinaFace's inputs and outputs: a bright square of 512 pixels is a face of that size."""
    outputs, nodes = (
        [],
        [
            helper.make_node("ReduceMean", ["pixels"], ["grey"], axes=[3], keepdims=1),
            helper.make_node("Transpose", ["grey"], ["plane"], perm=[0, 3, 1, 2]),
        ],
    )
    for stride in (32, 16, 8):
        pads = [256 - stride // 2] * 4
        # sure only where the whole window is bright, and only of faces of the first size of the coarsest map
        weights = {
            "scores": np.zeros((4, 1, 1, 1)),
            "boxes": np.zeros((8, 1, 1, 1)),
            "points": np.zeros((20, 1, 1, 1)),
        }
        weights["scores"][2] = 1 / 255 if stride == 32 else 0
        nodes.append(
            helper.make_node(
                "AveragePool",
                ["plane"],
                [f"mean{stride}"],
                kernel_shape=[512, 512],
                strides=[stride] * 2,
                pads=pads,
            )
        )
        for name in ("scores", "boxes", "points"):
            made = numpy_helper.from_array(weights[name].astype(np.float32), f"{name}{stride}w")
            outputs.append((f"{name}{stride}", len(weights[name]), made))
            nodes.append(
                helper.make_node("Conv", [f"mean{stride}", f"{name}{stride}w"], [f"{name}{stride}c"])
            )
            nodes.append(
                helper.make_node("Transpose", [f"{name}{stride}c"], [f"{name}{stride}"], perm=[0, 2, 3, 1])
            )
    graph = helper.make_graph(
        nodes,
        "retinaface",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", "h", "w", 3])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", None, None, channels])
            for name, channels, _ in outputs
        ],
        [made for _, _, made in outputs],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


@pytest.mark.long
def test_retinaface_runs_with_the_weights_that_were_installed(tmp_path: Path) -> None:
    """Its own weights are large: the network here has its inputs and outputs, and finds bright squares."""
    home = tmp_path / "models"
    shutil.copytree(Settings().recognition.models_dir, home)
    weights = home / WEIGHTS / "retinaface.onnx"
    _retinaface(weights)
    record = json.loads((home / "installed.json").read_text())
    place = {"path": str(WEIGHTS / weights.name), "bytes": weights.stat().st_size}
    record["detectors"]["retinaface"] = [place]
    (home / "installed.json").write_text(json.dumps(record))
    finder = detector("retinaface", installed(changed(Settings(), MODELS_DIR=home)))
    picture = np.zeros((1024, 1280, 3), np.uint8)
    picture[256:800, 512:1056] = 255
    boxes = finder.detect(picture)
    assert boxes
    best = max(boxes, key=lambda box: box.score)
    assert abs(best.x - 528) <= 24
    assert abs(best.y - 272) <= 24
    assert abs(best.width - 512) <= 2
    assert finder.detect(np.zeros((600, 800, 3), np.uint8)) == []


def test_threads_that_share_a_frame_find_what_one_thread_finds(rfb: Detector, photos: Path) -> None:
    assert isinstance(rfb, RfbDetector)
    group = cv2.imread(str(photos / "t1.jpg"))
    assert group is not None
    pictures = [
        np.asarray(group, np.uint8),
        scene.room(),
        scene.room(300, 200),
        *(scene.with_person(photos / "obama2.jpg", size, FACE_IN_OBAMA2.width) for size in (24, 60, 150)),
    ]
    alone = [RfbDetector(rfb.network).detect(picture) for picture in pictures]
    assert [bool(boxes) for boxes in alone] == [True, False, False, True, True, True]
    for threads in (2, 4):
        shared = RfbDetector(rfb.network, threads)
        # several frames at once, more than there are threads
        with ThreadPoolExecutor(4) as requests:
            assert list(requests.map(shared.detect, pictures * 3)) == alone * 3


def test_what_breaks_in_another_thread_is_told(rfb: Detector) -> None:
    class Broken:
        def run(self, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        RfbDetector(Broken(), 2).detect(scene.room())

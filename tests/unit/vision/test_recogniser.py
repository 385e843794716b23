"""Who looks like whom, through the whole of the vision."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bench import scene
from lookout.domain.recognition.face import Box, Embedding, GoodFace, RejectedFace
from lookout.domain.recognition.reason import Reason
from lookout.lazy import Lazy
from lookout.settings import Settings
from lookout.vision import recogniser as module
from lookout.vision.image.frame import Frame, crop, decode, encode_jpeg, turned
from lookout.vision.networks.models import WEIGHTS
from lookout.vision.quality import OPEN_GATE
from lookout.vision.recogniser import Networks, Recogniser, Seen
from stack.install.bootstrap import ROOT
from tests.support.faces import good
from tests.support.settings import changed

OBAMA = ("obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg")


def see(recogniser: Recogniser, photo: Path) -> Seen:
    return recogniser.see(decode(photo.read_bytes()))


def distance(first: Embedding, second: Embedding) -> float:
    return 1.0 - float(first @ second)


def test_one_person_is_near_in_every_photo_and_far_from_everybody_else(
    recogniser: Recogniser, photos: Path
) -> None:
    obama = [good(see(recogniser, photos / name).faces[0]).embedding for name in OBAMA]
    others = [
        good(face).embedding
        for name in ("biden.jpg", "t1.jpg")
        for face in see(recogniser, photos / name).faces
    ]
    assert len(others) == 7
    threshold = recogniser.card.threshold
    assert max(distance(a, b) for a in obama for b in obama) < threshold - 0.1
    assert min(distance(a, b) for a in obama for b in others) > threshold + 0.1
    strangers = [distance(a, b) for i, a in enumerate(others) for b in others[:i]]
    assert min(strangers) > threshold


def test_embeddings_are_normalised_float32(recogniser: Recogniser, photos: Path) -> None:
    for face in map(good, see(recogniser, photos / "t1.jpg").faces):
        assert face.embedding.shape == (recogniser.card.dimension,)
        assert face.embedding.dtype == np.float32
        assert np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)


def test_a_batch_gives_what_each_face_gives_alone(recogniser: Recogniser) -> None:
    rng = np.random.default_rng(0)
    faces = [rng.integers(0, 256, (112, 112, 3), np.uint8) for _ in range(5)]
    embed = recogniser.networks.embedder.embed
    together, lengths = embed(faces)
    for face, vector, length in zip(faces, together, lengths, strict=True):
        alone, alone_length = embed([face])
        assert np.allclose(alone[0], vector, atol=1e-5)
        assert alone_length[0] == pytest.approx(length, rel=1e-4)


@pytest.mark.few(3)
@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 11, 32])
def test_faces_are_embedded_a_few_at_a_time_and_get_what_one_run_of_all_gives(
    recogniser: Recogniser, count: int
) -> None:
    rng = np.random.default_rng(count)
    faces = [rng.integers(0, 256, (112, 112, 3), np.uint8) for _ in range(count)]
    embedder = recogniser.networks.embedder
    vectors, lengths = embedder.embed(faces)
    at_once = np.asarray(embedder.model.forward(np.stack(faces).astype(np.float32) / 255)).reshape(count, -1)
    assert np.allclose(vectors, at_once / np.linalg.norm(at_once, axis=1, keepdims=True), rtol=0, atol=1e-6)
    assert np.allclose(lengths, np.linalg.norm(at_once, axis=1), rtol=1e-5)


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize(
    "width", [pytest.param(1200, marks=pytest.mark.long), 1600, pytest.param(2592, marks=pytest.mark.long)]
)
def test_faces_found_in_the_half_of_a_large_frame_are_those_of_the_whole(
    recogniser: Recogniser, photos: Path, width: int, rotation: int
) -> None:
    for name in ("t1.jpg", "obama3.jpg", "biden.jpg"):
        pixels = decode((photos / name).read_bytes()).pixels
        height = pixels.shape[0] * width // pixels.shape[1]
        data = encode_jpeg(
            turned(np.asarray(cv2.resize(pixels, (width, height)), np.uint8), (360 - rotation) % 360)
        )
        whole, half = (decode(data, rotation=rotation, halved=halved) for halved in (False, True))
        assert half.whole is not None
        seen, by_half = recogniser.see(whole).faces, recogniser.see(half).faces
        assert len(seen) == len(by_half) > 0
        for face in seen:
            same = min(
                by_half, key=lambda other: abs(other.box.x - face.box.x) + abs(other.box.y - face.box.y)
            )
            assert np.allclose(
                [same.box.x, same.box.y, same.box.width, same.box.height],
                [face.box.x, face.box.y, face.box.width, face.box.height],
                atol=0.15 * face.box.width,
            )
            assert type(same) is type(face)
            if isinstance(face, GoodFace):
                assert distance(face.embedding, good(same).embedding) < 0.1


def test_a_large_frame_without_anybody_is_never_decoded_whole(recogniser: Recogniser) -> None:
    half = decode(scene.posted(scene.room(1600, 1200)), halved=True)

    def refuse() -> NDArray[np.uint8]:
        raise AssertionError("the whole was decoded")

    assert recogniser.see(replace(half, whole=Lazy(refuse))).faces == ()


def test_no_session_keeps_a_plan_of_its_memory_for_each_number_of_faces(recogniser: Recogniser) -> None:
    session = recogniser.networks.embedder.model.model
    assert not session.get_session_options().enable_mem_pattern
    # and others in this process have what they ask for
    assert onnxruntime.SessionOptions().enable_mem_pattern


@pytest.mark.parametrize("size", [28, 40, 80])
def test_a_small_face_in_a_camera_frame_is_still_the_person(
    recogniser: Recogniser, photos: Path, size: int
) -> None:
    known = good(see(recogniser, photos / "obama.jpg").faces[0]).embedding
    frame = decode(scene.posted(scene.with_person(photos / "obama2.jpg", size + 2, 260)))
    assert distance(good(recogniser.see(frame).faces[0]).embedding, known) < recogniser.card.threshold


def test_an_empty_frame_shows_nobody_and_runs_no_embedder(recogniser: Recogniser) -> None:
    seen = recogniser.see(decode(scene.posted(scene.room())))
    assert seen.faces == ()
    assert seen.skipped == 0
    assert set(seen.milliseconds) == {"detect", "landmarks", "quality", "embed"}


def test_sleeves_and_shadows_are_no_faces(recogniser: Recogniser, photos: Path) -> None:
    portrait = cv2.imread(str(photos / "obama.jpg"))
    assert portrait is not None
    jacket = np.ascontiguousarray(portrait[422:])
    for part in (jacket, jacket[:, ::-1], jacket[::-1], cv2.resize(jacket, (800, 600))):
        pixels = np.ascontiguousarray(part, np.uint8)
        assert recogniser.with_gate(OPEN_GATE).see(Frame(pixels, "jpeg")).faces == ()


def test_a_flawed_face_has_its_reason_and_no_embedding(recogniser: Recogniser, photos: Path) -> None:
    picture = scene.with_person(photos / "obama2.jpg", 90, 260)
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), 6), np.uint8)
    dark = (picture // 60).astype(np.uint8)
    small = scene.with_person(photos / "obama2.jpg", 16, 260)
    for pixels, reason in ((blurred, Reason.TOO_BLURRED), (dark, Reason.TOO_DARK), (small, Reason.TOO_SMALL)):
        seen = recogniser.see(Frame(pixels, "jpeg"))
        (face,) = seen.faces
        assert isinstance(face, RejectedFace)
        assert face.flaw is reason


def test_the_open_gate_embeds_what_the_cameras_gate_refuses(recogniser: Recogniser, photos: Path) -> None:
    small = Frame(scene.with_person(photos / "obama2.jpg", 16, 260), "jpeg")
    assert isinstance(recogniser.see(small).faces[0], RejectedFace)
    assert isinstance(recogniser.with_gate(OPEN_GATE).see(small).faces[0], GoodFace)


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.3, 0.6])
def test_a_face_that_fills_the_frame_is_one_face_and_not_its_halves(
    recogniser: Recogniser, photos: Path, margin: float
) -> None:
    pixels = cv2.imread(str(photos / "obama2.jpg"))
    assert pixels is not None
    close = crop(np.asarray(pixels, np.uint8), Box(203, 239, 260, 380), margin)
    for side in (240, 480, 800, 1600):
        scale = side / max(close.shape[:2])
        resized = np.asarray(cv2.resize(close, None, fx=scale, fy=scale), np.uint8)
        (face,) = recogniser.see(Frame(resized, "jpeg")).faces
        assert face.box.width == pytest.approx(scale * 260, rel=0.3)


def crowd(photos: Path) -> NDArray[np.uint8]:
    """A frame of 1600x1200 with 200 faces, 20 by 10."""
    portrait = cv2.imread(str(photos / "obama2.jpg"))
    assert portrait is not None
    head = cv2.resize(portrait[150:700, 130:530], (80, 120), interpolation=cv2.INTER_AREA)
    return np.tile(np.asarray(head, np.uint8), (10, 20, 1))


def test_of_two_hundred_faces_the_largest_are_judged_and_the_rest_counted(
    recogniser: Recogniser, photos: Path
) -> None:
    seen = recogniser.see(Frame(crowd(photos), "jpeg"))
    assert len(seen.faces) == Settings().recognition.max_faces
    assert len(seen.faces) + seen.skipped == pytest.approx(200, abs=20)
    areas = [face.box.area for face in seen.faces]
    assert areas == sorted(areas, reverse=True)


def test_the_same_frame_gives_the_same_answer_on_many_threads(recogniser: Recogniser, photos: Path) -> None:
    frame = decode((photos / "t1.jpg").read_bytes())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(recogniser.see, [frame] * 16))
    for answer in answers:
        assert [face.box for face in answer.faces] == [face.box for face in answers[0].faces]
        for face, first in zip(answer.faces, answers[0].faces, strict=True):
            assert distance(good(face).embedding, good(first).embedding) == pytest.approx(0, abs=1e-4)


def test_many_at_once_load_the_networks_once(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Settings] = []
    load = Networks.load

    def counted(settings: Settings) -> Networks:
        loads.append(settings)
        return load(settings)

    monkeypatch.setattr(module, "_networks", {})
    monkeypatch.setattr(Networks, "load", counted)
    assert not module.loaded()
    start = threading.Barrier(8)

    def ask() -> str:
        start.wait()
        return module.recogniser(Settings()).model_id

    with ThreadPoolExecutor(8) as pool:
        ids = {answer.result() for answer in [pool.submit(ask) for _ in range(8)]}
    assert ids == {recogniser.model_id}
    assert len(loads) == 1
    assert module.loaded()


def test_another_threshold_of_quality_needs_no_second_load(recogniser: Recogniser) -> None:
    strict = module.recogniser(changed(Settings(), MIN_FACE_PIXELS=500))
    assert strict.networks is module.recogniser(Settings()).networks


def test_deepface_runs_quietly_and_without_the_heavy_frameworks(recogniser: Recogniser) -> None:
    code = (
        "import sys\n"
        "from lookout.settings import Settings\n"
        "from lookout.vision.recogniser import recogniser\n"
        "model = recogniser(Settings()).networks.embedder.model\n"
        "assert type(model).__module__ == 'deepface.models.facial_recognition.onnx.ArcFace', type(model)\n"
        "heavy = {'tensorflow', 'torch', 'pandas', 'flask', 'firebase_admin'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def install(settings: Settings, weights: Path) -> None:
    """A copy of the installed networks with ``weights`` beside them, recorded as scripts/models would."""
    home = settings.recognition.models_dir
    shutil.copytree(Settings().recognition.models_dir, home)
    shutil.copyfile(weights, home / WEIGHTS / weights.name)
    record = json.loads((home / "installed.json").read_text())
    entry = json.loads((home / "manifest.json").read_text())["embedders"][settings.recognition.model_name]
    place = {"path": str(WEIGHTS / weights.name), "bytes": weights.stat().st_size, "weights": "0" * 64}
    record["embedders"][settings.recognition.model_name] = {**entry, **place}
    (home / "installed.json").write_text(json.dumps(record))


OTHERS = {
    "VGG-Face": (224, 224, 4096),
    "Facenet": (160, 160, 128),
    "Facenet512": (160, 160, 512),
    "OpenFace": (96, 96, 128),
    "GhostFaceNet": (112, 112, 512),
}
"""What DeepFace feeds its models (height, width), and how many numbers they answer."""


@pytest.mark.parametrize("model", OTHERS)
def test_any_other_model_of_deepface_is_fed_in_its_own_size(
    recogniser: Recogniser, photos: Path, tmp_path: Path, model: str
) -> None:
    """A stand-in of the model's shape, since its weights are large: it answers with the colours of its input."""
    height, width, numbers = OTHERS[model]
    entry = json.loads((Settings().recognition.models_dir / "manifest.json").read_text())["embedders"][model]
    weights = tmp_path / entry["file"]
    face = helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", height, width, 3])
    answer = helper.make_tensor_value_info("answer", TensorProto.FLOAT, ["n", numbers])
    random = np.random.default_rng(0).random((3, numbers)).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["face"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("MatMul", ["mean", "spread"], ["answer"]),
    ]
    spread = numpy_helper.from_array(random, "spread")
    graph = helper.make_graph(nodes, model, [face], [answer], [spread])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), weights)
    settings = changed(Settings(), MODELS_DIR=tmp_path / "models", MODEL_NAME=model)
    install(settings, weights)
    seen = see(module.recogniser(settings), photos / "obama.jpg")
    assert good(seen.faces[0]).embedding.shape == (numbers,)
    assert module.recogniser(settings).model_id.startswith(f"{entry['name']}-")
    assert module.recogniser(settings).card.threshold == entry["threshold"]

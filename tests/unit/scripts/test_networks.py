"""Networks made ready: lighter, and answering as the published ones do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from lookout.vision.recogniser import Recogniser
from stack.install import models, npm_package
from stack.install.networks.agreement import Disagreement, agreement, check_faces
from stack.install.networks.initializers import arrays_of
from stack.install.networks.installing import answers, published_embedder
from stack.install.networks.preparing import prepare
from stack.install.networks.wrapping import speaking_deepface


@pytest.fixture(scope="module")
def package(recogniser: Recogniser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three networks as they are published."""
    folder = tmp_path_factory.mktemp("package")
    with npm_package.files(models.read_manifest()["package"], offline=True) as file:
        for name in ("fr_feature.onnx", "fr_detect.onnx", "fr_landmark.onnx"):
            (folder / name).write_bytes(file(name).read_bytes())
    return folder


@pytest.mark.long
def test_the_recogniser_answers_as_the_published_one_and_is_lighter(
    package: Path, recogniser: Recogniser
) -> None:
    faces = check_faces()
    inputs = np.ascontiguousarray(((faces.astype(np.float32) - 127) / 128).transpose(0, 3, 1, 2))
    published = np.concatenate([answers(package / "fr_feature.onnx", one[None])[0] for one in inputs])
    vectors, lengths = recogniser.networks.embedder.embed(list(faces))
    assert vectors == pytest.approx(published / np.linalg.norm(published, axis=1)[:, None], abs=1e-4)
    assert lengths == pytest.approx(np.linalg.norm(published, axis=1), rel=1e-4)

    record = models.read_record()["embedders"]["ArcFace"]
    assert record["bytes"] < 0.75 * (package / "fr_feature.onnx").stat().st_size
    assert record["prepared"]["channels_cut"] == 1184
    assert record["prepared"]["tiny_weights"] > 100_000
    assert record["prepared"]["cosine"] >= 0.9999
    weights = arrays_of(onnx.load(models.MODELS / record["path"]).graph).values()
    assert not any(
        (np.abs(array[array != 0]) < 1e-20).any() for array in weights if array.dtype == np.float32
    )
    assert not any(node.op_type == "PRelu" for node in onnx.load(models.MODELS / record["path"]).graph.node)


@pytest.mark.long
def test_the_detector_sees_several_areas_at_once_as_one_by_one(package: Path) -> None:
    pixels = np.random.default_rng(2).normal(size=(5, 3, 240, 320)).astype(np.float32)
    together = answers(models.MODELS / "fr_detect.onnx", pixels)
    for row, one in enumerate(pixels):
        for expected, found in zip(answers(package / "fr_detect.onnx", one[None]), together, strict=True):
            assert found[row] == pytest.approx(expected[0], abs=1e-5)


def test_the_landmarks_stay_where_they_are(package: Path) -> None:
    grey = np.random.default_rng(3).random((4, 1, 64, 64)).astype(np.float32)
    together = answers(models.MODELS / "fr_landmark.onnx", grey)[0]
    for row, one in enumerate(grey):
        assert together[row] == pytest.approx(
            answers(package / "fr_landmark.onnx", one[None])[0][0], abs=1e-5
        )


def test_another_network_is_not_wrapped(package: Path) -> None:
    with pytest.raises(ValueError, match="not the expected network"):
        speaking_deepface(onnx.load(package / "fr_detect.onnx"))


def residual(seed: int, scale: float = 1.0) -> ModelProto:
    """A small ArcFace of another build: (n, 112, 112, 3) to 512, with PReLUs over 1 and below 0, batch
    normalisation, a shortcut, 40 of 64 channels dead and weights next to nothing."""
    rng = np.random.default_rng(seed)
    constants: dict[str, NDArray[np.float64]] = {
        "w0": rng.normal(size=(64, 3, 3, 3)) * 0.3,
        "b0": rng.normal(size=64) * 0.1,
        "s0": rng.uniform(-0.5, 1.5, (64, 1, 1)),
        "w1": rng.normal(size=(64, 64, 3, 3)) * 0.05,
        "b1": rng.normal(size=64) * 0.1,
        "s1": rng.uniform(-0.5, 1.5, (64, 1, 1)),
        "w2": rng.normal(size=(64, 64, 3, 3)) * 0.05,
        "b2": rng.normal(size=64) * 0.1,
        "gamma": rng.uniform(0.5, 2, 64), "beta": rng.normal(size=64) * 0.1,
        "mean": rng.normal(size=64) * 0.1, "var": rng.uniform(0.5, 2, 64),
        "last": rng.normal(size=(64, 512)) * scale,
    }  # fmt: skip
    dead = rng.permutation(64)[:40]
    for name in ("w1", "b1"):
        constants[name][dead] = 1e-30
    sides = [1, 1, 1, 1]
    nodes = [
        helper.make_node("Transpose", ["face"], ["x"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], strides=[2, 2], kernel_shape=[3, 3], pads=sides),
        helper.make_node("PRelu", ["c0", "s0"], ["p0"]),
        helper.make_node("Conv", ["p0", "w1", "b1"], ["c1"], kernel_shape=[3, 3], pads=sides),
        helper.make_node("PRelu", ["c1", "s1"], ["p1"]),
        helper.make_node("Conv", ["p1", "w2", "b2"], ["c2"], kernel_shape=[3, 3], pads=sides),
        helper.make_node("BatchNormalization", ["c2", "gamma", "beta", "mean", "var"], ["n2"]),
        helper.make_node("Add", ["n2", "p0"], ["a2"]),
        helper.make_node("GlobalAveragePool", ["a2"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("MatMul", ["flat", "last"], ["vector"]),
    ]
    graph = helper.make_graph(
        nodes,
        "residual",
        [helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", 112, 112, 3])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 512])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.mark.parametrize("seed", range(5))
def test_another_embedder_is_made_ready_alike(seed: int, tmp_path: Path) -> None:
    onnx.save(residual(seed), tmp_path / "published.onnx")
    ready, done = prepare(residual(seed))
    onnx.save(ready, tmp_path / "ready.onnx")
    assert (done.prelus, done.channels_cut) == (2, 32)  # of 24 alive, a multiple of 16 stays
    assert done.tiny_weights == 40 * (64 * 9 + 1)
    faces = check_faces().astype(np.float32) / np.float32(255)
    published, prepared = (answers(tmp_path / f"{name}.onnx", faces)[0] for name in ("published", "ready"))
    assert prepared == pytest.approx(published, rel=1e-3, abs=1e-3)


def test_a_channel_whose_bias_lives_is_not_cut(tmp_path: Path) -> None:
    model = residual(1)
    arrays = arrays_of(model.graph)
    alive = arrays["b1"].copy()
    alive[np.abs(alive) < 1e-12] = 0.5
    next(t for t in model.graph.initializer if t.name == "b1").CopyFrom(numpy_helper.from_array(alive, "b1"))
    assert prepare(model)[1].channels_cut == 0


def test_weights_that_were_fetched_keep_the_name_of_the_published_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hashlib import sha256

    from stack.install.networks import installing

    entry = models.read_manifest()["embedders"]["ArcFace"] | {"sources": [], "sha256": None}
    published = residual(3).SerializeToString()

    def fetch(_: str, __: list[str], home: Path, relative: Path, *___: object) -> dict[str, object]:
        (home / relative).parent.mkdir(parents=True, exist_ok=True)
        (home / relative).write_bytes(published)
        return {"sha256": sha256(published).hexdigest(), "path": relative.as_posix()}

    monkeypatch.setattr(installing, "fetched", fetch)
    record = published_embedder("ArcFace", entry, tmp_path, offline=False)
    assert record["weights"] == sha256(published).hexdigest()
    assert record["sha256"] == sha256((tmp_path / record["path"]).read_bytes()).hexdigest()
    assert record["sha256"] != record["weights"]
    assert record["prepared"]["cosine"] >= 0.9999


def test_a_network_that_answers_differently_is_refused() -> None:
    def run(faces: NDArray[np.uint8], turned: float = 0.0) -> NDArray[np.float32]:
        flat = faces.reshape(len(faces), -1)[:, :2].astype(np.float32) + 1
        aside = np.stack([-flat[:, 1], flat[:, 0]], axis=1)
        return np.asarray(flat + np.float32(turned) * aside, np.float32)

    assert agreement(run, lambda faces: run(faces, 0.001)) > 0.9999
    with pytest.raises(Disagreement, match=r"cosine of 0\.99"):
        agreement(run, lambda faces: run(faces, 0.1))


def test_what_was_done_to_a_network_is_recorded(recogniser: Recogniser) -> None:
    record = json.loads((models.MODELS / "installed.json").read_text())
    for entry in (record["detector"], record["landmarks"], record["embedders"]["ArcFace"]):
        assert {"version", "tiny_weights", "channels_cut", "prelus", "cosine"} <= entry["prepared"].keys()

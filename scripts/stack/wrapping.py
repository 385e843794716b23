"""Makes the fallback embedder speak DeepFace's dialect, by surgery on its graph.

DeepFace feeds ``(n, 112, 112, 3)`` BGR in [0, 1] and wants ``(n, 512)``; ``fr_feature`` takes one
``(1, 3, 112, 112)`` BGR at (x - 127) / 128. The steps between are put in front, and the batch set free.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIDE = 112
DIMENSION = 512


def wrap_for_deepface(source: Path, target: Path) -> None:
    """Write ``source`` (fr_feature.onnx) to ``target`` so that DeepFace runs it as its ArcFace.

    Raises:
        ValueError: the graph is not the expected one, or the wrapped one answers differently.
    """
    model = onnx.load(source)
    graph = model.graph
    if len(graph.input) != 1 or graph.node[-1].op_type != "Reshape":
        raise ValueError(f"{source.name} is not the expected network")
    pixels = graph.input[0].name
    constants = {"face_scale": 255.0, "face_mean": 127.0, "face_unit": 1 / 128}
    graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.float32), name) for name, value in constants.items()
    )
    before = [
        helper.make_node("Mul", ["face", "face_scale"], ["face_bytes"]),
        helper.make_node("Sub", ["face_bytes", "face_mean"], ["face_centred"]),
        helper.make_node("Mul", ["face_centred", "face_unit"], ["face_normalised"]),
        helper.make_node("Transpose", ["face_normalised"], [pixels], perm=[0, 3, 1, 2]),
    ]
    nodes = [*before, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    # the last Reshape flattens to one row, [1, -1]; a batch needs as many rows as there are faces
    shape = next(tensor for tensor in graph.initializer if tensor.name == nodes[-1].input[1])
    shape.CopyFrom(numpy_helper.from_array(np.array([-1, DIMENSION], np.int64), shape.name))
    answer = graph.output[0].name
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", SIDE, SIDE, 3]))
    graph.output.append(helper.make_tensor_value_info(answer, TensorProto.FLOAT, ["n", DIMENSION]))
    onnx.checker.check_model(model)
    onnx.save(model, target)
    _verify(source, target)


def embed_once(weights: Path, faces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run a network on one input; raises whatever ONNX Runtime says of a file it cannot load or run."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    answer: NDArray[np.float32] = session.run(None, {session.get_inputs()[0].name: faces})[0]
    return answer


def _verify(source: Path, target: Path) -> None:
    faces = np.random.default_rng(1).integers(0, 256, (3, SIDE, SIDE, 3)).astype(np.float32)
    original = [
        embed_once(source, ((face - 127) / 128).transpose(2, 0, 1)[None].astype(np.float32)) for face in faces
    ]
    wrapped = embed_once(target, faces / np.float32(255))
    if not np.allclose(np.concatenate(original), wrapped, rtol=1e-4, atol=1e-4):
        target.unlink()
        raise ValueError(f"{target.name} does not answer as {source.name} does")

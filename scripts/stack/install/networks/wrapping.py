"""Makes the small recogniser speak DeepFace's dialect, by surgery on its graph.

DeepFace feeds ``(n, 112, 112, 3)`` BGR in [0, 1] and wants ``(n, 512)``; ``fr_feature`` takes one
``(1, 3, 112, 112)`` BGR at (x - 127) / 128. The steps between are put in front, and the batch set free.
"""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, TensorProto, helper

from stack.install.networks.initializers import arrays_of, set_arrays

SIDE = 112
DIMENSION = 512


def speaking_deepface(model: ModelProto) -> ModelProto:
    """``model`` (fr_feature.onnx) as DeepFace runs its ArcFace; the given one is not to be used any more.

    Raises:
        ValueError: the graph is not the expected one.
    """
    graph = model.graph
    if len(graph.input) != 1 or graph.node[-1].op_type != "Reshape":
        raise ValueError("it is not the expected network")
    pixels = graph.input[0].name
    constants = {"face_scale": np.float32(255 / 128), "face_mean": np.float32(127 / 128)}
    set_arrays(graph, {name: np.asarray(value) for name, value in constants.items()})
    before = [
        helper.make_node("Mul", ["face", "face_scale"], ["face_scaled"]),
        helper.make_node("Sub", ["face_scaled", "face_mean"], ["face_normalised"]),
        helper.make_node("Transpose", ["face_normalised"], [pixels], perm=[0, 3, 1, 2]),
    ]
    nodes = [*before, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    # the last Reshape flattens to one row, [1, -1]; a batch needs as many rows as there are faces
    shape = nodes[-1].input[1]
    assert shape in arrays_of(graph)  # noqa: S101 - the network's sha256 was checked
    set_arrays(graph, {shape: np.array([-1, DIMENSION], np.int64)})
    answer = graph.output[0].name
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", SIDE, SIDE, 3]))
    graph.output.append(helper.make_tensor_value_info(answer, TensorProto.FLOAT, ["n", DIMENSION]))
    return model

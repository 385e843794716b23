"""The constants of a network's graph, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, numpy_helper

Arrays = dict[str, NDArray[Any]]
"""Values by the names that the graph's nodes call them by."""


def arrays_of(graph: GraphProto) -> Arrays:
    """All constants of ``graph``."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def set_arrays(graph: GraphProto, arrays: Arrays) -> None:
    """Give constants new values, and add those that are not there yet."""
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for name, array in arrays.items():
        made = numpy_helper.from_array(np.ascontiguousarray(array), name)
        if name in tensors:
            tensors[name].CopyFrom(made)
        else:
            graph.initializer.append(made)

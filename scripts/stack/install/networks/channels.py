"""Cuts the channels of a network that carry nothing but zeros: exactly, and all who write and read them alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto

from stack.install.networks.initializers import Arrays, arrays_of, set_arrays

DEAD = 1e-12
"""Weights and biases below it carry no signal: the largest product of them is far below a float's last digit."""

MULTIPLE = 16
"""Channels are kept in such groups: the convolutions work on 16 at a time."""


def cut_dead_channels(graph: GraphProto) -> int:
    """Cut them out of ``graph``; returns how many."""
    arrays = arrays_of(graph)
    cut = 0
    for chain in _chains(graph, arrays):
        alive = np.flatnonzero(~_dead(chain, arrays))
        count = len(arrays[chain[0].input[1]])
        wanted = min(count, max(1, -(-len(alive) // MULTIPLE)) * MULTIPLE)
        spare = np.setdiff1d(np.arange(count), alive)[: wanted - len(alive)]
        kept = np.sort(np.concatenate([alive, spare])).astype(np.intp)
        cut += count - len(kept)
        for node in chain[:-1]:
            for name in node.input[1:]:
                arrays[name] = arrays[name][kept]
        for node in chain[1:-1]:
            for attribute in node.attribute:
                if attribute.name == "group":
                    attribute.i = len(kept)
        arrays[chain[-1].input[1]] = arrays[chain[-1].input[1]][:, kept]
    if cut:
        set_arrays(graph, arrays)
    return cut


def _chains(graph: GraphProto, arrays: Arrays) -> Iterator[list[NodeProto]]:
    """A convolution, what works on each of its channels alone, and the convolution that reads them all."""
    readers: dict[str, list[NodeProto]] = {}
    uses: dict[str, int] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
            uses[name] = uses.get(name, 0) + 1
    for value in graph.output:
        readers.setdefault(value.name, []).append(NodeProto())

    def own(node: NodeProto) -> bool:
        # weights that two nodes share cannot be cut for one of them
        return all(name in arrays and uses[name] == 1 for name in node.input[1:])

    for first in graph.node:
        if first.op_type != "Conv" or _group(first) != 1 or not own(first):
            continue
        channels = len(arrays[first.input[1]])
        chain = [first]
        while len(found := readers.get(chain[-1].output[0], [])) == 1 and own(found[0]):
            node = found[0]
            depthwise = node.op_type == "Conv" and _group(node) == channels == len(arrays[node.input[1]])
            if depthwise or node.op_type in ("Relu", "LeakyRelu") or _is_channelwise(node, arrays, channels):
                chain.append(node)
                continue
            if node.op_type == "Conv" and _group(node) == 1:
                yield [*chain, node]
            break


def _is_channelwise(node: NodeProto, arrays: Arrays, channels: int) -> bool:
    return node.op_type == "PRelu" and arrays[node.input[1]].shape == (channels, 1, 1)


def _group(node: NodeProto) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)


def _dead(chain: list[NodeProto], arrays: Arrays) -> NDArray[np.bool_]:
    """Which channels are zero whatever comes in, or are read by nobody."""

    def weak(name: str, axis: int = 0) -> NDArray[np.bool_]:
        flat = np.abs(np.moveaxis(arrays[name], axis, 0)).reshape(arrays[name].shape[axis], -1)
        return np.asarray(flat.max(axis=1) < DEAD)

    zero = np.zeros(len(arrays[chain[0].input[1]]), np.bool_)
    for node in chain[:-1]:
        if node.op_type == "Conv":
            zero |= weak(node.input[1])
            if len(node.input) > 2:
                zero &= weak(node.input[2])
    return zero | weak(chain[-1].input[1], 1)

"""ONNX Runtime sessions of our own two networks; DeepFace opens that of the embedder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lookout.errors import ModelMissing


class Network(Protocol):
    """One input, some outputs; may be run from several threads at once."""

    def run(self, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The outputs for a prepared input."""
        ...


class Frugal(onnxruntime.SessionOptions):  # type: ignore[misc]  # ONNX Runtime has no types
    """Options of a session that keeps no plan of its memory for each shape of input that it has met.

    Such plans took 5 to 10 MB each, and gained no time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.enable_mem_pattern = False


@contextmanager
def frugal_sessions() -> Iterator[None]:
    """Sessions that a library opens with its own options are frugal too, for the length of a ``with`` block."""
    usual = onnxruntime.SessionOptions
    onnxruntime.SessionOptions = Frugal
    try:
        yield
    finally:
        onnxruntime.SessionOptions = usual


class OnnxNetwork:
    """A network of one input on ONNX Runtime, on the CPU, on the caller's thread alone."""

    def __init__(self, weights: Path) -> None:
        options = Frugal()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(weights), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime raises a class of its own for each way a file can be broken
            raise ModelMissing(f"The weights {weights} are damaged; run scripts/models.") from error
        self._input = self._session.get_inputs()[0].name

    def run(self, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The outputs for a prepared input, in the network's order."""
        outputs: list[NDArray[np.float32]] = self._session.run(None, {self._input: pixels})
        return outputs


def cores() -> int:
    """How many cores this process may use: on the platform, those of the instance."""
    return len(os.sched_getaffinity(0))

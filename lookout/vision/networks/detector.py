"""Where the faces are: the RFB network on the frame and on tiles of it, or any detector of DeepFace."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box
from lookout.errors import SettingsError
from lookout.vision.geometry import merge
from lookout.vision.networks.deepface import build
from lookout.vision.networks.models import Installed, require_detector_weights
from lookout.vision.networks.runtime import Network, OnnxNetwork, cores

WIDTH, HEIGHT = 320, 240
MEAN, SCALE = np.float32(127), np.float32(1 / 128)
"""Input of RFB-320 (Ultra-Light-Fast-Generic-Face-Detector-1MB): its size, and how pixels are normalised."""

MIN_SCORE = 0.65
OVERLAP = 0.5

TILE = 0.55
"""Share of width and height a tile has: neighbours overlap by a tenth of the frame."""

LARGE = 32.0
"""Width of a face, in pixels of the whole frame shrunk to the input, from which on tiles are no help (a face of 19
is always found there): a tile would see but half of it, and take that for another."""

EDGE = 2.0
"""A box this near to its tile's border, in pixels of the input, is taken to be cut by it."""

WEIGHTS_IN_PACKAGE = ("opencv", "mtcnn", "fastmtcnn", "mediapipe")
"""DeepFace's detectors whose weights come with a package of their own."""

WEIGHTS_INSTALLED = ("yunet", "ssd", "centerface", "retinaface")
"""Those whose weights ``scripts/models --detector`` installs; the others fetch theirs when first used."""


Area = tuple[int, int, int, int]
"""A part of a frame in pixels: left, top, right, bottom."""

Found = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Corners of shape ``(n, 4)`` in the frame, and scores of shape ``(n,)``."""


class Detector(Protocol):
    """Finds faces in pixels."""

    def detect(self, pixels: NDArray[np.uint8]) -> list[Box]:
        """Boxes in pixels of the frame of shape ``(h, w, 3)``, BGR, clipped to it; in no special order."""
        ...


def detector(name: str, installed: Installed) -> Detector:
    """The detector of a ``DETECTOR_BACKEND``: ``rfb`` or a name of DeepFace's.

    Raises:
        ModelMissing: its weights are not installed.
        SettingsError: there is no such detector, or it needs a package that is not installed.
    """
    if name == "rfb":
        return RfbDetector(OnnxNetwork(installed.detector), cores())
    return DeepFaceDetector(name, installed.home)


class RfbDetector:
    """The network on the whole frame, and on four overlapping tiles where the frame is larger than its input.

    At 800x600 the whole frame alone finds 61 % of the faces 28 pixels wide, with the tiles all of them.
    ``threads``: how many share the areas of a frame.
    """

    def __init__(self, network: Network, threads: int = 1) -> None:
        self.network = network
        self._threads = threads
        # starts none of its threads before there is work for it
        self._others = ThreadPoolExecutor(max(1, threads - 1), "detector")

    def detect(self, pixels: NDArray[np.uint8]) -> list[Box]:
        """Boxes of the faces; see :class:`Detector`."""
        height, width = pixels.shape[:2]
        areas = regions(width, height)
        found = self._look(pixels, areas)
        scores = np.concatenate([score for _, score in found])
        if not scores.size:
            return []
        corners = np.concatenate([boxes for boxes, _ in found])
        # what the whole frame shows large goes before whatever a tile takes for a face within it
        from_whole = np.arange(scores.size) < found[0][1].size
        rank = scores + (from_whole & _is_large(corners, width, height))
        return [
            Box(float(left), float(top), float(right - left), float(bottom - top), float(score))
            for (left, top, right, bottom), score in (
                (corners[index], scores[index]) for index in merge(corners, rank, OVERLAP)
            )
        ]

    def _look(self, pixels: NDArray[np.uint8], areas: list[Area]) -> list[Found]:
        """What each of the areas shows, in their order."""
        found: dict[int, Found] = {}
        # each thread takes the next area that is left: one run of all areas would keep five times the memory, and
        # its threads would wait for one another at every layer
        left = iter(range(len(areas)))
        others = [
            self._others.submit(self._look_at, pixels, areas, left, found)
            for _ in range(min(self._threads, len(areas)) - 1)
        ]
        self._look_at(pixels, areas, left, found)
        for other in others:
            # it may not have begun, being busy with another frame
            if not other.cancel():
                other.result()
        return [found[index] for index in range(len(areas))]

    def _look_at(
        self, pixels: NDArray[np.uint8], areas: list[Area], left: Iterable[int], found: dict[int, Found]
    ) -> None:
        height, width = pixels.shape[:2]
        blob = empty_input()
        for index in left:
            x, y, right, bottom = areas[index]
            scale = prepare(pixels[y:bottom, x:right], blob)
            (scores,), (boxes,) = self.network.run(blob)
            found[index] = _placed(scores, boxes, areas[index], scale, width, height)


def _placed(
    all_scores: NDArray[np.float32],
    all_boxes: NDArray[np.float32],
    area: Area,
    scale: float,
    width: int,
    height: int,
) -> Found:
    """The faces in the frame, out of what the network answers for one area of it."""
    left, top, right, bottom = area
    likely = np.flatnonzero(all_scores[:, 1] > MIN_SCORE)
    if not likely.size:
        return np.empty((0, 4), np.float32), np.empty(0, np.float32)
    scores = all_scores[likely, 1]
    corners = all_boxes[likely] * np.array([WIDTH, HEIGHT] * 2, np.float32) / np.float32(scale)
    corners = np.clip(corners, 0, np.array([right - left, bottom - top] * 2, np.float32))
    corners += np.array([left, top] * 2, np.float32)
    if area != (0, 0, width, height):
        whole = ~(_is_large(corners, width, height) | _is_cut(corners, area, width, height, EDGE / scale))
        corners, scores = corners[whole], scores[whole]
    return corners, scores


def _is_large(corners: NDArray[np.float32], width: int, height: int) -> NDArray[np.bool_]:
    """Which boxes the network sees well enough in the whole frame."""
    scale = min(WIDTH / width, HEIGHT / height)
    return (corners[:, 2] - corners[:, 0]) * scale >= LARGE


def _is_cut(
    corners: NDArray[np.float32], tile: Area, width: int, height: int, edge: float
) -> NDArray[np.bool_]:
    """Which boxes reach a border of their tile that is not one of the frame's: halves of faces."""
    left, top, right, bottom = tile
    cut = np.zeros(len(corners), np.bool_)
    if left > 0:
        cut |= corners[:, 0] <= left + edge
    if top > 0:
        cut |= corners[:, 1] <= top + edge
    if right < width:
        cut |= corners[:, 2] >= right - edge
    if bottom < height:
        cut |= corners[:, 3] >= bottom - edge
    return cut


def regions(width: int, height: int) -> list[Area]:
    """What the network looks at: the whole, then the four corner tiles."""
    whole = (0, 0, width, height)
    if width <= WIDTH and height <= HEIGHT:
        return [whole]
    wide, high = round(TILE * width), round(TILE * height)
    return [
        whole,
        (0, 0, wide, high),
        (width - wide, 0, width, high),
        (0, height - high, wide, height),
        (width - wide, height - high, width, height),
    ]


def empty_input() -> NDArray[np.float32]:
    """Room for the network's input, shape ``(1, 3, 240, 320)``."""
    return np.zeros((1, 3, HEIGHT, WIDTH), np.float32)


def prepare(pixels: NDArray[np.uint8], blob: NDArray[np.float32]) -> float:
    """Fill the network's input ``blob`` of one area with ``pixels``, and return the scale they were shrunk by.

    The aspect is kept: a portrait squeezed into a landscape loses its face. The rest is mid-grey, which is 0.
    """
    height, width = pixels.shape[:2]
    scale: float = min(WIDTH / width, HEIGHT / height)
    wide, high = max(1, min(WIDTH, round(width * scale))), max(1, min(HEIGHT, round(height * scale)))
    if (wide, high) != (WIDTH, HEIGHT):
        blob.fill(0)
    # plane by plane takes half the time of cv2.dnn.blobFromImage; the network wants red first
    for plane, channel in zip(cv2.split(cv2.resize(pixels, (wide, high))), (2, 1, 0), strict=True):
        np.subtract(plane, MEAN, out=blob[0, channel, :high, :wide])
    blob *= SCALE
    return scale


class DeepFaceDetector:
    """A detector of DeepFace's, through its own interface; none that would download at run time."""

    def __init__(self, name: str, home: Path) -> None:
        if name in WEIGHTS_INSTALLED:
            require_detector_weights(home, name)
        elif name not in WEIGHTS_IN_PACKAGE:
            choice = ", ".join(("rfb", *WEIGHTS_IN_PACKAGE, *WEIGHTS_INSTALLED))
            raise SettingsError(
                f"DETECTOR_BACKEND={name} is none that Lookout can run; choose from {choice}."
            )
        try:
            self._client: Any = build("face_detector", name, home)
        except ImportError as error:
            raise SettingsError(f"DETECTOR_BACKEND={name} needs a package: {error}") from error
        # OpenCV's cascades keep their state in the object, so two frames must not share it at a time
        self._lock = threading.Lock()

    def detect(self, pixels: NDArray[np.uint8]) -> list[Box]:
        """Boxes of the faces; see :class:`Detector`."""
        height, width = pixels.shape[:2]
        with self._lock:
            areas = self._client.detect_faces(pixels)
        boxes = []
        for area in areas:
            left, top = max(0.0, float(area.x)), max(0.0, float(area.y))
            right, bottom = (
                min(float(width), float(area.x + area.w)),
                min(float(height), float(area.y + area.h)),
            )
            if right > left and bottom > top:
                score = 1.0 if area.confidence is None else min(1.0, max(0.0, float(area.confidence)))
                boxes.append(Box(left, top, right - left, bottom - top, score))
        return boxes

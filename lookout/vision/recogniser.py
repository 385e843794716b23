"""From a frame to its faces: detect, find landmarks, align, judge, embed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box, Embedding, Face, GoodFace, Quality, RejectedFace
from lookout.settings import Settings
from lookout.vision.geometry import TEMPLATE_SIDE, Points, is_cut, warp, yaw
from lookout.vision.image.frame import Frame
from lookout.vision.image.light import brightened, gain, lifted
from lookout.vision.networks.detector import Detector, detector
from lookout.vision.networks.embedder import Embedder, template_transform
from lookout.vision.networks.landmarks import Landmarker
from lookout.vision.networks.liveness import Liveness
from lookout.vision.networks.models import ModelCard, installed
from lookout.vision.networks.runtime import OnnxNetwork
from lookout.vision.quality import Gate, assess


@dataclass(frozen=True, slots=True)
class Seen:
    """What a frame shows.

    ``faces`` are sorted largest first, at most ``MAX_FACES``; ``skipped`` counts the smaller ones beyond that.
    What the embedder finds to be no face is in neither. ``milliseconds`` has the stages "detect", "landmarks",
    "quality" (align and judge), "embed" and, where it is asked for, "liveness".
    """

    faces: tuple[Face, ...]
    skipped: int
    milliseconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Networks:
    """The loaded networks; all of them may be run from several threads at once."""

    card: ModelCard
    detector: Detector
    landmarker: Landmarker
    embedder: Embedder
    liveness: Liveness | None = None

    @classmethod
    def load(cls, settings: Settings) -> Networks:
        """Open what ``settings`` ask for.

        Raises:
            ModelMissing: weights are not there or damaged.
            SettingsError: a name DeepFace does not know, or one that needs a package that is not installed.
        """
        found = installed(settings)
        # for frames as small as these OpenCV's own threads only get in the way of the networks'
        cv2.setNumThreads(1)
        return cls(
            found.card,
            detector(settings.recognition.detector, found),
            Landmarker(OnnxNetwork(found.landmarks)),
            Embedder(found),
            None if found.liveness is None else Liveness(OnnxNetwork(found.liveness[0]), found.liveness[1]),
        )


class Recogniser:
    """Sees faces. Keeps nothing of a frame, so threads may share it."""

    def __init__(self, networks: Networks, gate: Gate, max_faces: int) -> None:
        self.networks = networks
        self._gate = gate
        self._max_faces = max_faces

    @property
    def card(self) -> ModelCard:
        """What matching has to know of the embedder."""
        return self.networks.card

    @property
    def model_id(self) -> str:
        """The name by which its vectors are kept apart from those of other models."""
        return self.networks.card.model_id

    def with_gate(self, gate: Gate) -> Recogniser:
        """The same networks behind another gate, such as ``OPEN_GATE``."""
        return Recogniser(self.networks, gate, self._max_faces)

    def see(self, frame: Frame) -> Seen:
        """Find, judge and embed the faces of a frame; those with a flaw are not embedded."""
        started = time.perf_counter()
        networks, brighter = self.networks, gain(frame.first)
        pixels = brightened(frame.first, brighter)
        boxes = sorted(networks.detector.detect(pixels), key=lambda box: (-box.area, box.x, box.y))
        if boxes and frame.whole is not None:
            pixels = brightened(frame.pixels, brighter)
            (high, wide), (height, width) = frame.first.shape[:2], pixels.shape[:2]
            boxes = [box.scaled(width / wide, height / high) for box in boxes]
        detected = time.perf_counter()
        judged = boxes[: self._max_faces]
        points = [networks.landmarker.find(pixels, box) for box in judged]
        located = time.perf_counter()
        looks = [self._look(pixels, box, five, brighter) for box, five in zip(judged, points, strict=True)]
        aligned = time.perf_counter()
        faces = self._embed(looks, pixels.shape[1], pixels.shape[0])
        embedded = time.perf_counter()
        milliseconds = {
            "detect": (detected - started) * 1000,
            "landmarks": (located - detected) * 1000,
            "quality": (aligned - located) * 1000,
            "embed": (embedded - aligned) * 1000,
        }
        if networks.liveness is not None:
            faces = tuple(_told_from_photos(face, pixels, networks.liveness) for face in faces)
            milliseconds["liveness"] = (time.perf_counter() - embedded) * 1000
        return Seen(faces, len(boxes) - len(judged), milliseconds)

    def surest(self, pixels: NDArray[np.uint8]) -> float:
        """Length of the vector of the largest face, before it is made 1: the surer that it is one, the longer. 0
        where nothing is found. ``pixels`` as those of a frame."""
        pixels = lifted(pixels)
        boxes = self.networks.detector.detect(pixels)
        if not boxes:
            return 0.0
        box = max(boxes, key=lambda one: one.area)
        look = self._look(pixels, box, self.networks.landmarker.find(pixels, box))
        _, lengths = self.networks.embedder.embed([look.aligned])
        return float(lengths[0])

    def _look(self, pixels: NDArray[np.uint8], box: Box, points: Points, brighter: float = 1.0) -> _Look:
        on_template = warp(pixels, template_transform(points), TEMPLATE_SIDE, TEMPLATE_SIDE)
        quality = assess(on_template, box, yaw(points), brighter)
        return _Look(box, quality, self.networks.embedder.align(pixels, box, points, on_template))

    def _embed(self, looks: list[_Look], width: int, height: int) -> tuple[Face, ...]:
        flaws = [self._gate.flaw(look.quality) for look in looks]
        good = [look for look, flaw in zip(looks, flaws, strict=True) if flaw is None]
        card = self.networks.card
        found: dict[_Look, tuple[Embedding, float]] = {}
        if good:
            vectors, lengths = self.networks.embedder.embed([look.aligned for look in good])
            for look, vector, length in zip(good, vectors, lengths, strict=True):
                # sleeves and shadows that the detector took for faces; an alert must not come of them
                if length >= card.min_length:
                    found[look] = vector, float(length)
        faces: list[Face] = []
        for look, flaw in zip(looks, flaws, strict=True):
            if flaw is not None:
                faces.append(RejectedFace(look.box, look.quality, flaw))
            elif look in found:
                vector, length = found[look]
                quality = look.quality.with_length(length, card.full_length)
                cut = is_cut(look.box, width, height)
                faces.append(GoodFace(look.box, quality, vector, cut, length >= card.clear_length))
        return tuple(faces)


def _told_from_photos(face: Face, pixels: NDArray[np.uint8], liveness: Liveness) -> Face:
    if isinstance(face, RejectedFace):
        return face
    return replace(face, spoof=liveness.spoof(pixels, face.box))


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A face on its way to be embedded."""

    box: Box
    quality: Quality
    aligned: NDArray[np.uint8]


_lock = threading.Lock()
_networks: dict[tuple[Path, str, str, bool], Networks] = {}


def recogniser(settings: Settings) -> Recogniser:
    """The recogniser of this process for ``settings``; its networks are loaded on first use and kept.

    Raises:
        ModelMissing: see :meth:`Networks.load`; the next call tries again.
        SettingsError: see :meth:`Networks.load`.
    """
    wanted = settings.recognition
    key = (wanted.models_dir, wanted.model_name, wanted.detector, wanted.liveness)
    # a cold instance may get several requests at once; without the lock each would load its own networks,
    # taking several times the memory and, on the same cores, several times as long
    with _lock:
        if key not in _networks:
            _networks[key] = Networks.load(settings)
        networks = _networks[key]
    return Recogniser(networks, Gate.from_settings(settings), settings.recognition.max_faces)


def loaded() -> bool:
    """Whether this process has loaded networks already: tells a cold start from a warm one."""
    return bool(_networks)

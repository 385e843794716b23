"""What a frame costs from its bytes to a name: by stage, and against the networks alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import scene
from bench.first_answer import cold_detect
from bench.result import Figure
from lookout.domain.recognition.face import good_faces
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import match
from lookout.settings import Settings
from lookout.vision.geometry import TEMPLATE_SIDE, square, warp
from lookout.vision.image.frame import decode
from lookout.vision.networks import detector, landmarks
from lookout.vision.networks.embedder import template_transform
from lookout.vision.recogniser import Recogniser, recogniser
from stack.local.info import StackInfo

ROUNDS = 60
WARM_UP = 10
COLD_STARTS = 3
PHOTOS = ("obama.jpg", "obama2.jpg", "obama3.jpg")
PEOPLE = 20
MANY = 100_000


def run(samples: Path, info: StackInfo) -> list[Figure]:
    """Measure everything on the ``samples``, with the stores of the running stack ``info``. Medians throughout."""
    settings = Settings()
    engine = recogniser(settings)
    vectors = np.stack([_face(engine, samples / name) for name in PHOTOS])
    gallery = Gallery(engine.model_id, _people(vectors, PEOPLE, engine.model_id))
    one = scene.posted(scene.with_person(samples / "obama2.jpg", 90, 260))
    empty = scene.posted(scene.room())

    stages: dict[str, list[float]] = {}
    totals, bares = [], []
    bare = _bare(engine, decode(one).pixels)
    for turn in range(WARM_UP + ROUNDS):
        # by turns, so that whatever else the machine does is in both
        spent, total = _judge(one, engine, gallery, settings)
        alone_spent = _milliseconds(bare)
        if turn < WARM_UP:
            continue
        totals.append(total)
        bares.append(alone_spent)
        for stage, value in spent.items():
            stages.setdefault(stage, []).append(value)
    empties = [_milliseconds(lambda: engine.see(decode(empty))) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    assert not engine.see(decode(empty)).faces

    total, alone = float(np.median(totals)), float(np.median(bares))
    starts = [cold_detect(info, one) for _ in range(COLD_STARTS)]
    return [
        *(Figure(f"one face, 800x600: {stage}", float(np.median(v)), "ms") for stage, v in stages.items()),
        Figure("one face, 800x600: total", total, "ms"),
        Figure("bare networks, one call after the other", alone, "ms"),
        Figure("total / bare networks", total / alone, "", 1.3),
        Figure("empty frame, 800x600", float(np.median(empties)), "ms", 15),
        Figure(f"match against {MANY} vectors", _match_many(vectors[0], engine), "ms", 10),
        Figure(
            "process start to first answer over HTTP",
            float(np.median([start.seconds for start in starts])),
            "s",
            3,
        ),
        Figure("peak memory of such a process", max(start.peak for start in starts), "MB", 700),
    ]


def _face(engine: Recogniser, photo: Path) -> NDArray[np.float32]:
    return good_faces(engine.see(decode(photo.read_bytes())).faces)[0].embedding


def _people(known: NDArray[np.float32], count: int, model_id: str) -> list[PersonVectors]:
    """``count`` people of three vectors each: the one of the photos, and strangers made up."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(count - 1, 1, known.shape[1]))
    made_up = (centres + 0.4 * rng.normal(size=(count - 1, len(known), known.shape[1]))).astype(np.float32)
    made_up /= np.linalg.norm(made_up, axis=2, keepdims=True)
    everybody = [known, *made_up]
    names = tuple(f"{row}.jpg" for row in range(len(known)))
    return [PersonVectors(f"p{row}", f"Person {row}", model_id, v, names) for row, v in enumerate(everybody)]


def _judge(
    data: bytes, engine: Recogniser, gallery: Gallery, settings: Settings
) -> tuple[dict[str, float], float]:
    started = time.perf_counter()
    frame = decode(data)
    decoded = time.perf_counter()
    seen = engine.see(frame)
    embedded = time.perf_counter()
    vectors = np.stack([face.embedding for face in good_faces(seen.faces)])
    matches = match(vectors, gallery, engine.card.rule, settings.recognition.margin)
    ended = time.perf_counter()
    assert [found.name for found in matches] == ["Person 0"]
    spent = {"decode": (decoded - started) * 1000, **seen.milliseconds, "match": (ended - embedded) * 1000}
    return spent, (ended - started) * 1000


def _bare(engine: Recogniser, pixels: NDArray[np.uint8]) -> Callable[[], None]:
    """The same sessions on prepared inputs: as many calls as the frame takes, and nothing around them."""
    networks = engine.networks
    assert isinstance(networks.detector, detector.RfbDetector)
    detect, find, embed = networks.detector.network, networks.landmarker.network, networks.embedder.model
    height, width = pixels.shape[:2]
    areas = detector.regions(width, height)
    tiles = detector.empty_input(len(areas))
    for index, (left, top, right, bottom) in enumerate(areas):
        detector.prepare(pixels[top:bottom, left:right], tiles[index : index + 1])
    box = engine.see(decode(scene.posted(pixels))).faces[0].box
    area = landmarks.prepare(pixels, square(box))
    points = networks.landmarker.find(pixels, box)
    crop = warp(pixels, template_transform(points), TEMPLATE_SIDE, TEMPLATE_SIDE)
    faces = np.multiply(networks.embedder.align(pixels, box, points, crop)[None], 1 / 255, dtype=np.float32)

    def once() -> None:
        detect.run(tiles)
        find.run(area)
        embed.predict(faces)

    return once


def _match_many(vector: NDArray[np.float32], engine: Recogniser) -> float:
    """Against people of three vectors each; the one asked for is the last."""
    rng = np.random.default_rng(5)
    many = rng.normal(size=(MANY, vector.size)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    many[-1] = vector
    people = [
        PersonVectors(f"p{at}", f"Person {at}", engine.model_id, many[at : at + 3], ("a", "b", "c"))
        for at in range(0, MANY, 3)
    ]
    gallery = Gallery(engine.model_id, people)
    card = engine.card

    def once() -> None:
        match(vector[None], gallery, card.rule, 0.05)

    return float(np.median([_milliseconds(once) for _ in range(ROUNDS)]))


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000

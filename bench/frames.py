"""The frames and the people of the benchmarks, laid out as files: three sizes of frames, 20 people x 3 photos."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench import scene
from lookout.settings import Settings
from lookout.vision.image.frame import crop, decode, encode_jpeg
from lookout.vision.recogniser import Recogniser, recogniser

SIZES = {"VGA": (640, 480), "SVGA": (800, 600), "UXGA": (1600, 1200)}

FACES = {"empty": 0, "1 face": 1, "4 faces": 4}

PEOPLE, PHOTOS = 20, 3

FACE = 0.11
"""Width of a face as a share of the frame's: 88 pixels at SVGA."""

PLACES = ((0.68, 0.35), (0.3, 0.4), (0.5, 0.72), (0.85, 0.7))
"""Where the faces' middles are, as shares of width and height."""

IN_PHOTOS = ("obama2.jpg", "biden.jpg", "obama.jpg", "obama3.jpg")


@dataclass(frozen=True, slots=True)
class Frames:
    """Files of frames by size and what they show, as in ``frames["SVGA", "1 face"]``."""

    paths: dict[tuple[str, str], Path]

    def __getitem__(self, key: tuple[str, str]) -> Path:
        return self.paths[key]


def frames(samples: Path, folder: Path) -> Frames:
    """Frames of a room with faces of the sample photos in it, written into ``folder`` as JPEG files."""
    engine = recogniser(Settings())
    heads = [_head(engine, samples / name) for name in IN_PHOTOS]
    paths = {}
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        for what, count in FACES.items():
            picture = scene.room(width, height)
            for (head, box), place in zip(heads[:count], PLACES, strict=False):
                _put(picture, head, FACE * width / box, place)
            path = folder / f"{size.lower()}-{count}.jpg"
            path.write_bytes(scene.posted(picture))
            assert len(engine.see(decode(path.read_bytes())).faces) == count, path
            paths[size, what] = path
    return Frames(paths)


def people(given: Path | None, samples: Path, folder: Path) -> Path:
    """A folder of 20 people with 3 photos each: of ``given``, a folder of people, or made of the sample photos.

    Who has fewer photos than 3 gets more by mirroring and dimming; who is missing is made by changing colours.
    For speed it does not matter who they are.
    """
    shutil.rmtree(folder, ignore_errors=True)
    engine = recogniser(Settings())
    if given is not None:
        homes = sorted(home for home in given.iterdir() if home.is_dir())
        found = [sorted(path for path in home.iterdir() if path.is_file()) for home in homes]
        pictures = [
            [decode(path.read_bytes(), 800).pixels for path in paths[:PHOTOS]] for paths in found if paths
        ]
    else:
        pictures = [[_head(engine, samples / name)[0]] for name in IN_PHOTOS]
    for person in range(PEOPLE):
        home = folder / f"person-{person:02}"
        home.mkdir(parents=True)
        own = pictures[person % len(pictures)]
        for photo in range(PHOTOS):
            picture = own[photo % len(own)]
            if photo >= len(own):
                dimmed = np.asarray(cv2.convertScaleAbs(picture, alpha=0.8), np.uint8)
                picture = picture[:, ::-1] if photo % 2 else dimmed
            if person >= len(pictures):
                picture = np.roll(picture, person % 3, axis=2)
            (home / f"{photo}.jpg").write_bytes(encode_jpeg(np.ascontiguousarray(picture)))
    return folder


def _head(engine: Recogniser, photo: Path) -> tuple[NDArray[np.uint8], float]:
    """The head in a photo, and how wide its face is."""
    pixels = decode(photo.read_bytes()).pixels
    box = max(engine.networks.detector.detect(pixels), key=lambda one: one.area)
    return crop(pixels, box, 0.5), box.width


def _put(
    picture: NDArray[np.uint8], head: NDArray[np.uint8], scale: float, place: tuple[float, float]
) -> None:
    small = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    left = round(place[0] * picture.shape[1] - wide / 2)
    top = round(place[1] * picture.shape[0] - high / 2)
    picture[top : top + high, left : left + wide] = small

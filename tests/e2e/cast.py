"""Who comes to the door: real faces, each in several shots, as frames of a camera."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

SIZE = (800, 600)
WALL = (96, 99, 104)
AROUND = 0.45
"""How much of a face's size is left around it when it is cut out of a group."""

GROUP = {
    "man with the watch": (463, 265, 110, 150),
    "woman on the left": (55, 255, 116, 139),
    "man in grey": (905, 59, 101, 146),
    "man in red": (748, 341, 96, 136),
    "woman in black": (268, 143, 102, 127),
    "woman on the right": (1132, 273, 90, 123),
}
"""The six people of the group photo: left, top, width and height of each face."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How a face is shown: larger or smaller, mirrored, in more or less light, with the head held askew."""

    scale: float = 2.0
    mirrored: bool = False
    light: float = 1.0
    tilt: float = 0.0


SHOTS = (
    Shot(),
    Shot(1.7, mirrored=True, light=0.8),
    Shot(1.5, light=1.15, tilt=8),
    Shot(1.9, light=0.9, tilt=-5),
)


@functools.cache
def _group(photos: Path) -> Image.Image:
    return Image.open(photos / "t1.jpg").convert("RGB")


def face(photos: Path, who: str) -> Image.Image:
    """The face of one of the group."""
    x, y, width, height = GROUP[who]
    aside, above = AROUND * width, AROUND * height
    around = (int(x - aside), int(y - above), int(x + width + aside), int(y + height + above))
    return _group(photos).crop(around)


def portrait(photos: Path, who: str, shot: Shot = SHOTS[0]) -> bytes:
    """A photo of one of the group to enrol."""
    return _jpeg(_shown(face(photos, who), shot))


def frame(photos: Path, who: str, shot: Shot = SHOTS[0]) -> bytes:
    """A camera's frame with one of the group in it, or with the whole of a photo of the samples."""
    shown = _shown(face(photos, who), shot)
    wall = Image.new("RGB", SIZE, WALL)
    wall.paste(shown, (120, max(0, (SIZE[1] - shown.height) // 2)))
    return _jpeg(wall)


def _shown(picture: Image.Image, shot: Shot) -> Image.Image:
    shown = ImageOps.mirror(picture) if shot.mirrored else picture
    shown = shown.resize((round(shown.width * shot.scale), round(shown.height * shot.scale)))
    shown = ImageEnhance.Brightness(shown).enhance(shot.light)
    return shown.rotate(shot.tilt, Image.Resampling.BICUBIC, fillcolor=WALL)


def _jpeg(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()

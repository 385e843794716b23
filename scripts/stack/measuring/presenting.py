"""Photos of people as a camera would take them: the person, a print held up, a screen held up. All is made."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box
from stack.measuring.degrading import HEIGHT, WIDTH

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SUPER = 2
"""Scenes are made so many times as large as a frame, so that dots and stripes meet the camera's own grid."""

INK_ANGLES = (75.0, 15.0, 45.0)
"""Of the halftone's yellow, cyan-like and magenta-like planes, in degrees, as printers turn them."""

PAPER, INK = 235.0, 38.0
"""Grey of white paper and of full ink as they look in room light: less range than a face."""

ROOM = (96.0, 150.0)
"""Darkest and lightest grey of the wall behind a photo that is held up."""


def person(photo: Pixels, box: Box, face: float, rng: np.random.Generator) -> Pixels:
    """A frame of 800x600 of the person: the photo's own surroundings go on to the frame's borders."""
    return _taken(_placed(photo, box, face, cv2.BORDER_REPLICATE), rng)


def printed(photo: Pixels, box: Box, face: float, rng: np.random.Generator) -> Pixels:
    """A frame of a print of the photo: halftone, white border, dull inks, a lamp's glare, held a little askew."""
    sheet = _sized(photo, box, face).astype(np.float32)
    pitch = float(rng.uniform(2.0, 5.0)) * SUPER / 2
    dots = np.stack([_halftone(sheet[..., n], pitch, angle) for n, angle in enumerate(INK_ANGLES)], axis=2)
    # a good printer's dots are too fine to be told apart; a newspaper's are not
    share = float(rng.uniform(0.15, 0.9))
    inked = INK + (share * dots + (1 - share) * sheet) / 255 * (PAPER - INK)
    border = round(float(rng.uniform(0.02, 0.12)) * inked.shape[0])
    framed = cv2.copyMakeBorder(
        inked, border, border, border, border, cv2.BORDER_CONSTANT, value=(PAPER,) * 3
    )
    return _taken(_held(np.asarray(framed, np.float32), rng, glare=float(rng.uniform(0, 70))), rng)


def on_screen(photo: Pixels, box: Box, face: float, rng: np.random.Generator) -> Pixels:
    """A frame of a phone or tablet that shows the photo: stripes of red, green and blue, which make moire with the
    camera's grid, a black rim, bluish white, reflections."""
    shown = _sized(photo, box, face).astype(np.float32)
    pitch = float(rng.uniform(1.3, 3.2)) * SUPER / 2
    rows, columns = np.indices(shown.shape[:2], np.float32)
    turn = np.deg2rad(float(rng.uniform(-4, 4)))
    along = columns * np.float32(np.cos(turn)) + rows * np.float32(np.sin(turn))
    across = rows * np.float32(np.cos(turn)) - columns * np.float32(np.sin(turn))
    depth = float(rng.uniform(0.1, 0.5))
    for plane in range(3):
        stripe = 0.5 + 0.5 * np.cos(2 * np.pi * (along / pitch + plane / 3))
        lines = 0.5 + 0.5 * np.cos(2 * np.pi * across / pitch)
        shown[..., plane] *= 1 - depth * (0.7 * stripe + 0.3 * lines)
    gamma, white = rng.uniform(0.75, 1.1), rng.uniform(0.95, 1.25)
    shown = np.asarray(255 * (shown / 255) ** gamma * white, np.float32)
    shown *= np.array([1.08, 1.0, 0.94], np.float32)
    rim = round(float(rng.uniform(0.03, 0.1)) * shown.shape[0])
    framed = cv2.copyMakeBorder(shown, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(14, 12, 12))
    return _taken(_held(np.asarray(framed, np.float32), rng, glare=float(rng.uniform(0, 90))), rng)


WAYS: dict[str, Callable[[Pixels, Box, float, np.random.Generator], Pixels]] = {
    "person": person,
    "print": printed,
    "screen": on_screen,
}


def _placed(photo: Pixels, box: Box, face: float, border: int) -> Floats:
    scale = SUPER * face / box.width
    shift = np.array(
        [
            [scale, 0, SUPER * WIDTH / 2 - (box.x + box.width / 2) * scale],
            [0, scale, SUPER * HEIGHT / 2 - (box.y + box.height / 2) * scale],
        ]
    )
    scene = cv2.warpAffine(
        photo, shift, (SUPER * WIDTH, SUPER * HEIGHT), flags=cv2.INTER_CUBIC, borderMode=border
    )
    return np.asarray(scene, np.float32)


def _sized(photo: Pixels, box: Box, face: float) -> Pixels:
    """The photo with its face so many pixels of the scene wide."""
    scale = SUPER * face / box.width
    return np.asarray(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def _halftone(plane: Floats, pitch: float, degrees: float) -> Floats:
    """The plane as dots of full ink, ``pitch`` pixels apart, larger where it is darker."""
    rows, columns = np.indices(plane.shape, np.float32)
    turn = np.float32(np.deg2rad(degrees))
    along = columns * np.cos(turn) + rows * np.sin(turn)
    across = rows * np.cos(turn) - columns * np.sin(turn)
    screen = (np.cos(2 * np.pi * along / pitch) + np.cos(2 * np.pi * across / pitch)) / 4 + 0.5
    # an edge of the dots that is not quite sharp: ink runs
    return np.asarray(255 / (1 + np.exp(np.clip(-(plane / 255 - screen) * 12, -30, 30))), np.float32)


def _held(sheet: Floats, rng: np.random.Generator, glare: float) -> Floats:
    """The sheet in front of a wall, a little askew, with a bright patch of that many grey levels on it."""
    height, width = sheet.shape[:2]
    rows, columns = np.indices((height, width), np.float32)
    centre = rng.uniform(0, 1, 2) * (height, width)
    away = ((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / (0.35 * max(height, width)) ** 2
    lit = sheet + np.float32(glare) * np.exp(-away)[..., None]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + rng.uniform(-0.05, 0.05, (4, 2)).astype(np.float32) * np.float32(min(width, height))
    moved += np.array([SUPER * WIDTH - width, SUPER * HEIGHT - height], np.float32) / 2
    transform = cv2.getPerspectiveTransform(corners, moved)
    shape = (SUPER * WIDTH, SUPER * HEIGHT)
    dark, bright = sorted(rng.uniform(*ROOM, 2).tolist())
    wall = np.linspace(dark, bright, shape[0], dtype=np.float32)
    scene = np.repeat(np.repeat(wall[None, :, None], shape[1], 0), 3, 2)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), transform, shape)[..., None]
    laid = cv2.warpPerspective(lit, transform, shape, flags=cv2.INTER_AREA)
    return np.asarray(scene * (1 - cover) + laid * cover, np.float32)


def _taken(scene: Floats, rng: np.random.Generator) -> Pixels:
    """What a small camera makes of a scene: its lens, its light, its grid, its noise, its JPEG."""
    soft = cv2.GaussianBlur(scene, (0, 0), float(rng.uniform(0.6, 1.3)) * SUPER / 2)
    frame = cv2.resize(soft, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    frame = frame * rng.uniform(0.75, 1.1) * rng.uniform(0.95, 1.05, 3)
    frame = frame + rng.normal(0, rng.uniform(1, 4), frame.shape)
    quality = int(rng.integers(70, 92))
    data = cv2.imencode(".jpg", np.clip(frame, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[
        1
    ]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

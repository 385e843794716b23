"""A folder of known people, ``DIR/Name/*.jpg``, as a gallery; and what a photo's faces are against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lookout.domain.people.enrolment import main_face
from lookout.domain.recognition.face import Face, RejectedFace, good_faces
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import UNKNOWN_NAME, match
from lookout.errors import PhotoRejected
from lookout.settings import Settings
from lookout.vision.image.frame import Frame, decode
from lookout.vision.image.photo import decode_photo
from lookout.vision.recogniser import Recogniser
from stack.console import fail, say

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif"}


def read_frame(path: Path, max_side: int) -> Frame:
    """The picture in a file.

    Raises:
        RequestError: it is no picture, or a broken one.
        SystemExit: it cannot be read; one line says so.
    """
    return decode(_content(path), max_side)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise fail(f"{path} cannot be read: {error.strerror}.") from None


def read_gallery(folder: Path, recogniser: Recogniser, settings: Settings) -> Gallery:
    """The people of ``folder``; photos that nobody can be known by are named and skipped.

    Raises:
        SystemExit: there is no such folder, or nobody in it; one line says so.
    """
    if not folder.is_dir():
        raise fail(f"{folder} is no folder; --known wants one with a folder per person in it.")
    people = []
    for home in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        vectors, photos = [], []
        for photo in sorted(path for path in home.iterdir() if path.suffix.lower() in SUFFIXES):
            try:
                picture = decode_photo(_content(photo), settings.recognition.max_frame_side)
                face = main_face(recogniser.see(picture).faces)
            except PhotoRejected as error:
                say(f"skipped {home.name}/{photo.name}: {error.message}")
                continue
            vectors.append(face.embedding)
            photos.append(photo.name)
        if vectors:
            stacked = np.asarray(vectors, np.float32)
            people.append(PersonVectors(home.name, home.name, recogniser.model_id, stacked, tuple(photos)))
        else:
            say(f"skipped {home.name}: no photo to know this person by")
    if not people:
        raise fail(f"nobody to know in {folder}; put photos into {folder}/Name/.")
    return Gallery(recogniser.model_id, people)


def judge(
    faces: tuple[Face, ...], gallery: Gallery, recogniser: Recogniser, settings: Settings
) -> list[dict[str, Any]]:
    """One answer per face, largest first: name, distance, confidence, reason, box in pixels of the frame."""
    rule = recogniser.card.rule.with_threshold(settings.recognition.threshold)
    good = good_faces(faces)
    matches = match([face.embedding for face in good], gallery, rule, settings.recognition.margin)
    match_of = dict(zip(good, matches, strict=True))
    answers = []
    for face in faces:
        box = [round(face.box.x), round(face.box.y), round(face.box.width), round(face.box.height)]
        if isinstance(face, RejectedFace):
            found = {"name": UNKNOWN_NAME, "distance": None, "confidence": 0.0, "reason": face.flaw.value}
        else:
            verdict = match_of[face]
            found = {
                "name": verdict.name,
                "distance": None if verdict.distance is None else round(verdict.distance, 4),
                "confidence": round(verdict.confidence, 4),
                "reason": verdict.reason.value,
            }
        answers.append({**found, "box": box})
    return answers

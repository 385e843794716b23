"""Everything that recognition is held to, in one run on people whom no network was trained on.

The folder has ``london/<person>/`` with two photos each, ``canada/<person>/`` with strangers of one photo each,
and ``orl/<person>/`` with ten small ones. The London people are halved: where something was fitted, it was to one
half, and what counts is the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lookout.domain.recognition.face import Embedding, GoodFace, RejectedFace
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import Match, match
from lookout.domain.recognition.rule import Rule
from lookout.vision.image.frame import Frame
from lookout.vision.quality import OPEN_GATE, looks
from lookout.vision.recogniser import Recogniser
from stack.console import fail
from stack.measuring.degrading import FACE, Pixels, framed
from stack.measuring.open_set import expected_error
from stack.measuring.people import Rows, photos_of
from stack.tools.known import read_frame

VISIT = 3
"""Frames of a visit."""

WIDTHS = (16, 18, 20, 22, 24, 28)
"""Widths of faces about the least that is taken."""

NOISE = 6.0
"""Standard deviation of a camera's noise in the dark, in grey levels after lifting a quarter of the light."""


@dataclass(slots=True)
class Measuring:
    """What all measures need."""

    camera: Recogniser
    rule: Rule
    margin: float
    max_side: int

    def vectors(self, paths: Sequence[Path]) -> list[GoodFace]:
        """The largest face of each photo, however small or soft; photos without one are left out."""
        engine = self.camera.with_gate(OPEN_GATE)
        seen = (engine.see(read_frame(path, self.max_side)).faces for path in paths)
        return [faces[0] for faces in seen if faces and isinstance(faces[0], GoodFace)]

    def gallery(self, people: dict[str, list[Embedding]]) -> Gallery:
        """The people, enrolled with these vectors."""
        model = self.camera.model_id
        return Gallery(
            model,
            [PersonVectors(one, one, model, np.stack(v), ("",) * len(v)) for one, v in people.items()],
        )

    def matched(self, vectors: Sequence[Embedding], gallery: Gallery) -> list[Match]:
        """What each of the vectors is found to be."""
        return match(vectors, gallery, self.rule, self.margin)

    def frame(self, photo: Pixels, width: float = FACE) -> Pixels | None:
        """A frame of the photo with its face so wide; None without a face."""
        boxes = self.camera.networks.detector.detect(photo)
        return framed(photo, max(boxes, key=lambda one: one.area), width) if boxes else None


def measured(folder: Path, how: Measuring) -> Rows:
    """One row for each target: what, of how many, the ``value``, the ``bound``, and whether it is ``met``.

    ``met`` is None where there is no bound.

    Raises:
        SystemExit: the folder is of another kind.
    """
    if not all((folder / name).is_dir() for name in ("london", "canada", "orl")):
        raise fail(
            f"{folder} needs the folders london, canada and orl, with a folder for each person in them."
        )
    london, canada = photos_of(folder / "london"), photos_of(folder / "canada")
    first, second = sorted(london)[0::2], sorted(london)[1::2]
    faces = {person: how.vectors(paths) for person, paths in london.items()}
    able = {person for person, found in faces.items() if len(found) > 1}
    away = [face.embedding for paths in canada.values() for face in how.vectors(paths)]
    rows: Rows = []
    for name, half, others in (("first", first, second), ("second", second, first)):
        enrolled = how.gallery({one: [faces[one][0].embedding] for one in half if one in able})
        rows += list(_one_photo(name, half, others, faces, away, enrolled, how))
        rows += list(_dim(name, london, enrolled, how))
    rows += list(_small(sorted(able), london, faces, how))
    rows += list(_orl({p: how.vectors(v) for p, v in photos_of(folder / "orl").items()}, away, how))
    rows += list(_nobody(london, how))
    about = "children: none are in this folder, and no other photos of children may be passed on"
    rows.append({"target": about, "of": 0, "value": None, "bound": None, "met": None})
    return rows


def _row(
    target: str, of: int, value: float, bound: float | None = None, least: bool = False
) -> dict[str, object]:
    met = None if bound is None else bool(value >= bound if least else value <= bound)
    limit = None if bound is None else f"{'>=' if least else '<='} {bound:g}"
    return {"target": target, "of": of, "value": value, "bound": limit, "met": met}


def _one_photo(
    name: str,
    half: Sequence[str],
    others: Sequence[str],
    faces: dict[str, list[GoodFace]],
    away: list[Embedding],
    enrolled: Gallery,
    how: Measuring,
) -> Iterator[dict[str, object]]:
    people = [person.person_id for person in enrolled.people]
    found = how.matched([faces[one][-1].embedding for one in people], enrolled)
    right = [one.person_id == person for one, person in zip(found, people, strict=True)]
    strangers = [face.embedding for one in others for face in faces[one]]
    of_half, of_canada = how.matched(strangers, enrolled), how.matched(away, enrolled)
    yield _row(f"{name} half, one photo each: right", len(right), float(np.mean(right)), 1.0, least=True)
    yield _row(f"{name} half: strangers of the other half named", len(of_half), _named(of_half), 0.0)
    yield _row(f"{name} half: strangers of canada named", len(of_canada), _named(of_canada), 0.0)
    sure = [
        (one.confidence, bool(one.candidates) and one.candidates[0].person_id == person)
        for one, person in zip(found, people, strict=True)
    ]
    sure += [(one.confidence, False) for one in (*of_half, *of_canada)]
    yield _row(f"{name} half: expected error of confidence", len(sure), expected_error(sure) or 0.0, 0.02)


def _dim(
    name: str, london: dict[str, list[Path]], enrolled: Gallery, how: Measuring
) -> Iterator[dict[str, object]]:
    people = [person.person_id for person in enrolled.people]
    for light, noise in ((0.25, 0.0), (0.25, NOISE / 4), (0.125, 0.0)):
        right = []
        for number, person in enumerate(people):
            frame = how.frame(read_frame(london[person][-1], how.max_side).pixels)
            if frame is None:
                continue
            grain = np.random.default_rng(number).normal(0, noise, frame.shape)
            dark = np.clip(frame * light + grain, 0, 255).astype(np.uint8)
            right.append(_name(how.camera, dark, enrolled, how) == person)
        told = f"{name} half: right at {light:g} of the light{', with noise' if noise else ''}"
        yield _row(told, len(right), float(np.mean(right)), 0.9 if light == 0.25 else None, least=True)


def _small(
    people: Sequence[str], london: dict[str, list[Path]], faces: dict[str, list[GoodFace]], how: Measuring
) -> Iterator[dict[str, object]]:
    enrolled = how.gallery({person: [faces[person][0].embedding] for person in people})
    for width in WIDTHS:
        named: list[tuple[str, str | None]] = []
        for person in people:
            frame = how.frame(read_frame(london[person][-1], how.max_side).pixels, width)
            if frame is not None:
                named.append((person, _name(how.camera.with_gate(OPEN_GATE), frame, enrolled, how)))
        right = float(np.mean([name == person for person, name in named]))
        wrong = float(np.mean([name not in (None, person) for person, name in named]))
        yield _row(f"{width} pixels wide, with the gate open: right", len(named), right)
        yield _row(f"{width} pixels wide, with the gate open: named wrongly", len(named), wrong)


def _orl(
    faces: dict[str, list[GoodFace]], away: list[Embedding], how: Measuring
) -> Iterator[dict[str, object]]:
    people = sorted(person for person, found in faces.items() if len(found) >= 3 * VISIT)
    half, others = people[0::2], people[1::2]
    for photos in (1, 3, 5):
        enrolled = how.gallery({p: [face.embedding for face in faces[p][:photos]] for p in half})
        tries = [(p, face.embedding) for p in half for face in faces[p][photos:]]
        found = how.matched([vector for _, vector in tries], enrolled)
        right = [one.person_id == p for one, (p, _) in zip(found, tries, strict=True)]
        strangers = how.matched([*away, *(f.embedding for p in others for f in faces[p])], enrolled)
        yield _row(f"orl, {photos} photos each: right", len(right), float(np.mean(right)))
        yield _row(f"orl, {photos} photos each: strangers named", len(strangers), _named(strangers))
    yield from _visits(half, others, faces, how)
    for by in ("length", "looks", "chance"):
        chosen = {p: [_best(faces[p][:VISIT], by).embedding] for p in people}
        enrolled = how.gallery(chosen)
        tries = [(p, face.embedding) for p in people for face in faces[p][VISIT:]]
        found = how.matched([vector for _, vector in tries], enrolled)
        right = [one.person_id == p for one, (p, _) in zip(found, tries, strict=True)]
        yield _row(f"enrolled from the best of 3 by {by}: known later", len(right), float(np.mean(right)))


def _visits(
    half: Sequence[str], others: Sequence[str], faces: dict[str, list[GoodFace]], how: Measuring
) -> Iterator[dict[str, object]]:
    enrolled = how.gallery({p: [faces[p][0].embedding] for p in half})
    for by in ("any frame", "the mean of its frames"):
        right, wrong = [], []
        for person in (*half, *others):
            vectors = [face.embedding for face in faces[person][1:]]
            for at in range(0, len(vectors) - VISIT + 1, VISIT):
                frames = vectors[at : at + VISIT]
                if by != "any frame":
                    mean = np.mean(frames, axis=0)
                    frames = [np.asarray(mean / np.linalg.norm(mean), np.float32)]
                names = {one.person_id for one in how.matched(frames, enrolled) if one.is_known}
                if person in half:
                    right.append(person in names)
                wrong.append(bool(names - {person}))
        yield _row(f"visits named by {by}: right", len(right), float(np.mean(right)))
        yield _row(f"visits named by {by}: a false name", len(wrong), float(np.mean(wrong)))


def _nobody(london: dict[str, list[Path]], how: Measuring) -> Iterator[dict[str, object]]:
    """Clothes and necks: what is below a face, which a detector takes for a face sooner than a wall."""
    frames = faces = 0
    for paths in london.values():
        photo = read_frame(paths[0], how.max_side).pixels
        boxes = how.camera.networks.detector.detect(photo)
        below = max((round(box.y + box.height) for box in boxes), default=len(photo))
        if len(photo) - below < 40:
            continue
        frames += 1
        faces += len(how.camera.see(Frame(np.ascontiguousarray(photo[below:]), "jpeg")).faces)
    if frames:
        yield _row("frames of clothes alone: faces found in them, each", frames, faces / frames)


def _best(faces: Sequence[GoodFace], by: str) -> GoodFace:
    if by == "chance":
        return faces[0]
    if by == "length":
        return max(faces, key=lambda face: face.quality.score)

    def appearance(face: GoodFace) -> float:
        quality = face.quality
        return looks(quality.pixels, quality.sharpness, quality.brightness, quality.turn)

    return max(faces, key=appearance)


def _named(found: Sequence[Match]) -> float:
    return sum(one.is_known for one in found) / len(found) if found else 0.0


def _name(camera: Recogniser, frame: Pixels, enrolled: Gallery, how: Measuring) -> str | None:
    """Who the largest face of a frame is found to be."""
    faces = camera.see(Frame(frame, "jpeg")).faces
    if not faces or isinstance(faces[0], RejectedFace):
        return None
    return how.matched([faces[0].embedding], enrolled)[0].person_id

"""A folder of people, ``FOLDER/person/*.jpg``, as vectors; and what is measured of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lookout.domain.recognition.face import Box, Embedding, Face, GoodFace, RejectedFace, good_faces
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import match
from lookout.domain.recognition.rule import Rule
from lookout.errors import RequestError
from lookout.vision.image.frame import Frame
from lookout.vision.recogniser import Recogniser
from stack.console import fail, say
from stack.measuring import degrading
from stack.measuring.open_set import PHOTOS, SIZES, reliability, trials
from stack.tools.known import SUFFIXES, read_frame

Rows = list[dict[str, object]]
"""A report: one row each, as JSON has it."""

Photos = dict[str, dict[str, Embedding]]
"""A person's id to the vector of each photo, by its name."""


def chosen(faces: Sequence[Face], frame: Frame, central: bool) -> GoodFace | None:
    """The face that a photo stands for: the largest, or the one nearest to the middle; None without any."""
    able = good_faces(faces)
    if not able or not central:
        return able[0] if able else None
    height, width = frame.pixels.shape[:2]

    def aside(box: Box) -> float:
        return float(np.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2))

    return min(able, key=lambda face: aside(face.box))


def photos_of(folder: Path) -> dict[str, list[Path]]:
    """The photos of each person's folder, by name.

    Raises:
        SystemExit: there are none; one line says so.
    """
    homes = [path for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    found = {
        home.name: [path for path in sorted(home.iterdir()) if path.suffix.lower() in SUFFIXES]
        for home in homes
    }
    found = {person: paths for person, paths in found.items() if paths}
    if not found:
        raise fail(f"{folder} has no folders with photos in them; it wants {folder}/person/photo.jpg.")
    return found


def embedded(folder: Path, engine: Recogniser, max_side: int, central: bool) -> Photos:
    """The vectors of all photos; those without a face are named and left out."""
    people: Photos = {}
    for person, paths in photos_of(folder).items():
        for path in paths:
            try:
                frame = read_frame(path, max_side)
                face = chosen(engine.see(frame).faces, frame, central)
            except RequestError as error:
                say(f"skipped {person}/{path.name}: {error.message}")
                continue
            if face is None:
                say(f"skipped {person}/{path.name}: no face")
                continue
            people.setdefault(person, {})[path.name] = face.embedding
    return people


def read_groups(path: Path) -> dict[str, str]:
    """Each person's group, by the first two columns of a CSV file with a head.

    Raises:
        SystemExit: it cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if len(row) > 1]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise fail(f"{path} cannot be read: {error}.") from None
    return {row[0].strip(): row[1].strip() for row in rows[1:]}


def open_set(people: Photos, rule: Rule, margin: float, groups: dict[str, str] | None) -> Rows:
    """The report at each size of the gallery and number of photos that the folder is enough for."""
    vectors = {person: list(photos.values()) for person, photos in people.items()}
    rows: Rows = []
    for size in SIZES:
        for photos in PHOTOS:
            found = trials(vectors, photos, size, rule, margin, groups)
            if found is not None:
                said = [list(part) for part in reliability(found.sure)]
                rows.append({"people": size, "photos": photos, **found.report(), "reliability": said})
    return rows


def degraded(folder: Path, engine: Recogniser, rule: Rule, margin: float, max_side: int) -> Rows:
    """The last photo of each person made worse, against the first: of each point the shares that are right, named
    wrongly, and of each reason that there is no name."""
    first, last = {}, {}
    for person, paths in photos_of(folder).items():
        if len(paths) > 1:
            first[person], last[person] = (
                read_frame(path, max_side).pixels for path in (paths[0], paths[-1])
            )
    boxes = {person: engine.networks.detector.detect(pixels) for person, pixels in last.items()}
    enrolled = []
    for person, pixels in first.items():
        faces = good_faces(engine.see(Frame(pixels, "jpeg")).faces)
        if faces and boxes[person]:
            enrolled.append(PersonVectors(person, person, engine.model_id, faces[0].embedding[None], ("",)))
    gallery = Gallery(engine.model_id, enrolled)
    rows: Rows = []
    for kind, amount, width, change in degrading.curves():
        outcomes: dict[str, int] = {}
        for person in (known.person_id for known in gallery.people):
            box = max(boxes[person], key=lambda one: one.area)
            frame = change(degrading.framed(last[person], box, width))
            outcome = _outcome(engine.see(Frame(frame, "jpeg")).faces, person, gallery, rule, margin)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        shares = {name: count / len(gallery) for name, count in sorted(outcomes.items())}
        rows.append({"kind": kind, "amount": amount, "people": len(gallery), **shares})
    return rows


def _outcome(faces: Sequence[Face], person: str, gallery: Gallery, rule: Rule, margin: float) -> str:
    if not faces:
        return "no_face"
    largest = faces[0]
    if isinstance(largest, RejectedFace):
        return str(largest.flaw)
    (found,) = match([largest.embedding], gallery, rule, margin)
    if found.is_known:
        return "right" if found.person_id == person else "wrong"
    return str(found.reason) if largest.is_clear else "unclear"

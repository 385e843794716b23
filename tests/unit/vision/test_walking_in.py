"""Faces that a border of the frame cuts: found, told apart from whole ones, and made nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bench import scene
from lookout.domain.recognition.face import Box, GoodFace
from lookout.domain.recognition.gallery import Gallery, PersonVectors
from lookout.domain.recognition.matching import Match, match
from lookout.settings import Settings
from lookout.vision.geometry import is_cut
from lookout.vision.image.frame import decode
from lookout.vision.recogniser import Recogniser
from tests.support.faces import good

BORDERS = ("left", "right", "top", "bottom")
FACES = {
    "obama.jpg": (380, 80, 227, 333),
    "obama2.jpg": (203, 239, 261, 382),
    "obama3.jpg": (453, 164, 166, 251),
}
"""Photos with one whole face each, and where it is. For each, he is known by the other two."""

SIZES = (45, 90, 180)

VISIBLE = (0.5, 0.7, 0.8, 0.9, 1.0, 1.15, 1.4)


Seen = dict[float, list[tuple[GoodFace, Match]]]
"""Faces of the family with what they were taken for, by how much of each is within the frame."""


@pytest.fixture(scope="module")
def seen(recogniser: Recogniser, photos: Path) -> Seen:
    """The family: every photo at every size over every border."""
    model, rule = recogniser.model_id, recogniser.card.rule

    def enrolled(name: str) -> NDArray[np.float32]:
        (face,) = recogniser.see(decode((photos / name).read_bytes())).faces
        return good(face).embedding

    known = {name: enrolled(name) for name in (*FACES, "biden.jpg")}
    family: Seen = {}
    for name, border, size in _walks():
        others = np.stack([known[other] for other in FACES if other != name])
        people = [
            PersonVectors("obama", "Obama", model, others, ("1", "2")),
            PersonVectors("biden", "Biden", model, known["biden.jpg"][None, :], ("1",)),
        ]
        gallery = Gallery(model, people)
        for visible in VISIBLE:
            picture = scene.entering(photos / name, FACES[name], size, border, visible)
            for face in recogniser.see(decode(scene.posted(picture))).faces:
                if isinstance(face, GoodFace):
                    (found,) = match([face.embedding], gallery, rule, Settings().recognition.margin)
                    family.setdefault(visible, []).append((face, found))
    return family


def _walks() -> Iterator[tuple[str, str, int]]:
    return ((name, border, size) for name in FACES for border in BORDERS for size in SIZES)


@pytest.mark.long
def test_no_cut_face_of_a_known_person_is_taken_for_a_whole_one_of_nobody(seen: Seen) -> None:
    cut = [pair for visible, pairs in seen.items() if visible < 1 for pair in pairs]
    assert sum(not found.is_known for _, found in cut) > 20  # what it is all about
    assert [face.box for face, found in cut if not found.is_known and not face.is_cut] == []


@pytest.mark.long
def test_a_known_person_who_is_wholly_in_sight_beside_a_border_is_recognised(seen: Seen) -> None:
    for visible in (1.0, 1.15, 1.4):
        assert [found.name for _, found in seen[visible]] == ["Obama"] * len(list(_walks()))


@pytest.mark.long
def test_a_face_with_a_third_of_its_width_beside_it_is_whole(seen: Seen) -> None:
    assert sum(face.is_cut for face, _ in seen[1.4]) == 0
    assert sum(face.is_cut for face, _ in seen[1.15]) < len(seen[1.15]) / 2


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        (Box(0, 200, 60, 140), True),
        (Box(740, 200, 60, 140), True),
        (Box(300, 510, 100, 90), True),
        (Box(300, 0, 100, 90), True),
        (Box(300, 0, 100, 140), True),
        (Box(300, 5, 100, 140), False),  # only the hair is beyond the border
        (Box(300, 200, 100, 140), False),
        (Box(15, 200, 100, 140), False),
        (Box(0, 0, 800, 600), False),  # fills the frame
        (Box(200, 0, 430, 600), False),
        (Box(0, 0, 430, 600), True),
    ],
)
def test_a_box_at_a_border_is_cut_unless_it_fills_the_frame(box: Box, cut: bool) -> None:
    assert is_cut(box, 800, 600) is cut

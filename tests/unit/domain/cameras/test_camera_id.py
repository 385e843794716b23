"""What can be a camera's id: it becomes a document's name, and is said in URLs and headers."""

from __future__ import annotations

import pytest

from lookout.domain.cameras.camera import is_camera_id


@pytest.mark.parametrize("text", ["c", "cam_001", "Front-Door-2", "0", "a" * 64])
def test_letters_digits_and_two_signs_are_an_id(text: str) -> None:
    assert is_camera_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 65,
        "_cam",
        "-cam",
        "cam 1",
        "cam/1",
        "../cam",
        "cam.1",
        "küche",
        "cam\n",
        "\ncam",
        "cam\0",
        "__x__",
    ],
    ids=ascii,
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_camera_id(text)

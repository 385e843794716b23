"""Photos in the kinds that phones make, and what their owners are told of those that cannot be read."""

from __future__ import annotations

import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pillow_heif import encode, register_heif_opener

from lookout.errors import PhotoRejected
from lookout.vision.image import photo as module
from lookout.vision.image.frame import decode
from lookout.vision.image.photo import decode_photo
from lookout.vision.recogniser import Recogniser
from tests.support.faces import good
from tests.unit.vision.test_frame import jpeg_bomb, png_bomb, webp_bomb

register_heif_opener()

HEIF_KINDS = ("heif", "avif")
KINDS = ("jpeg", "png", "webp", *HEIF_KINDS)


def picture(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Left half red, right half blue (RGB), so that turning it shows."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return pixels


def saved(kind: str, image: Image.Image, orientation: int | None = None) -> bytes:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    made = BytesIO()
    image.save(made, kind, exif=exif.tobytes())
    return made.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_decides_what_a_photo_is(kind: str) -> None:
    photo = decode_photo(saved(kind, Image.fromarray(picture())))
    assert photo.kind == kind
    assert photo.pixels.shape == (48, 64, 3)
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels[24, 10, 2] > 200 > 60 > photo.pixels[24, 10, 0]


@pytest.mark.parametrize("kind", HEIF_KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_of_a_phone_is_turned_once_as_its_jpeg_is(kind: str, orientation: int) -> None:
    image = Image.fromarray(picture(64, 32))
    expected = decode(saved("jpeg", image, orientation)).pixels
    turned = decode_photo(saved(kind, image, orientation)).pixels
    assert turned.shape == expected.shape
    assert np.abs(turned.astype(int) - expected).mean() < 12


@pytest.mark.parametrize("kind", HEIF_KINDS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "RGB"])
def test_grey_and_transparent_photos_are_read(kind: str, mode: str) -> None:
    photo = decode_photo(saved(kind, Image.fromarray(picture()).convert(mode)))
    assert photo.pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("mode", ["L;16", "RGB;16", "RGBA;16"])
def test_a_photo_of_more_than_8_bits_is_read(mode: str) -> None:
    made, channels = BytesIO(), len(mode) - 3
    bright = np.full((48, 64, channels), 50_000, np.uint16)
    encode(mode, (64, 48), bright.tobytes(), made)
    photo = decode_photo(made.getvalue())
    assert photo.pixels.shape == (48, 64, 3)
    assert photo.pixels.mean() == pytest.approx(50_000 / 257, abs=5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_photo_is_scaled_down(kind: str) -> None:
    photo = decode_photo(saved(kind, Image.new("RGB", (700, 300))), 350)
    assert photo.pixels.shape == (150, 350, 3)
    assert photo.size == (700, 300)


@pytest.mark.long
@pytest.mark.parametrize("kind", HEIF_KINDS)
def test_the_person_of_a_phones_photo_is_that_of_the_jpeg(
    recogniser: Recogniser, photos: Path, kind: str
) -> None:
    jpeg = (photos / "obama.jpg").read_bytes()
    with Image.open(BytesIO(jpeg)) as opened:
        phones = saved(kind, opened.transpose(Image.Transpose.ROTATE_90), 6)
    (one,) = recogniser.see(decode(jpeg)).faces
    (other,) = recogniser.see(decode_photo(phones)).faces
    assert 1 - float(good(one).embedding @ good(other).embedding) < 0.05


@pytest.mark.parametrize("kind", HEIF_KINDS)
def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = saved(kind, Image.fromarray(picture()))
    monkeypatch.setattr(module, "MAX_MEGAPIXELS", 0.003)
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("it was decoded"))
    monkeypatch.setattr(np, "asarray", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(PhotoRejected, match="64x48 pixels"):
        decode_photo(data)


BROKEN = {
    "nothing": b"",
    "a text": b"hello, I am a text file",
    "a gif": b"GIF89a" + bytes(40),
    "a film": b"\x00\x00\x00\x18ftypmp42" + bytes(400),
    "a lone box": b"\x00\x00\x00\x18ftypheic",
    "a JPEG's start": b"\xff\xd8\xff\xe0",
    "a PNG's start": b"\x89PNG\r\n\x1a\n",
    "a WebP without a header": b"RIFF" + (40).to_bytes(4, "little") + b"WEBPXXXX" + bytes(40),
    "a JPEG bomb": jpeg_bomb(),
    "a PNG bomb": png_bomb(),
    "a WebP bomb": webp_bomb(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_is_wrong_with_a_photo_is_told_in_words_for_a_photo(name: str) -> None:
    with pytest.raises(PhotoRejected) as refused:
        decode_photo(BROKEN[name])
    said = refused.value.message
    assert not re.search(r"camera|frame|sketch|\bsend\b|posted|1024", said, re.IGNORECASE)
    assert re.search(r"upload", said)


@pytest.mark.parametrize("seed", range(200))
def test_a_harmed_photo_is_decoded_or_refused_but_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray(saved(KINDS[seed % len(KINDS)], Image.fromarray(picture(96, 64))))
    for _ in range(int(rng.choice([1, 4, 20]))):
        data[rng.integers(0, min(len(data), int(rng.choice([100, 500, 5000]))))] = rng.integers(0, 256)
    if rng.random() < 0.3:
        del data[rng.integers(0, len(data)) :]
    with suppress(PhotoRejected):
        assert decode_photo(bytes(data)).pixels.ndim == 3

"""What is a frame and what is refused, before and after decoding."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lookout.domain.recognition.face import Box
from lookout.errors import BrokenImage, NotAnImage
from lookout.vision.image.frame import crop, decode, encode_jpeg


def picture(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Left half red, right half blue (BGR), so that turning it shows."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 2] = 255
    pixels[:, width // 2 :, 0] = 255
    return pixels


def encoded(kind: str, pixels: NDArray[np.uint8] | None = None, **options: object) -> bytes:
    buffer = BytesIO()
    rgb = (picture() if pixels is None else pixels)[:, :, ::-1]
    Image.fromarray(np.ascontiguousarray(rgb)).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_the_content_decides_what_a_file_is(kind: str) -> None:
    frame = decode(encoded(kind))
    assert frame.kind == kind
    assert frame.pixels.shape == (48, 64, 3)
    assert frame.pixels.dtype == np.uint8
    assert frame.pixels[24, 10, 2] > 200 > 50 > frame.pixels[24, 10, 0]


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_of_both_codings_is_read(lossless: bool) -> None:
    assert decode(encoded("webp", lossless=lossless)).pixels.shape == (48, 64, 3)


def test_a_progressive_jpeg_is_read() -> None:
    assert decode(encoded("jpeg", progressive=True)).pixels.shape == (48, 64, 3)


def test_a_grey_and_a_transparent_picture_become_bgr() -> None:
    for mode in ("L", "RGBA", "P"):
        buffer = BytesIO()
        Image.fromarray(picture()).convert(mode).save(buffer, "png")
        assert decode(buffer.getvalue()).pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("data", [b"hello, I am a text file", b"GIF89a" + bytes(40), b"\x00" * 5000, b"RIFF"])
def test_what_is_no_image_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        decode(data)


@pytest.mark.parametrize("end", [b"\0\0\0\0IEND", b"\0\0\0\0IEND\xaeB`\x82", b"\0\0\0\0IEND\xaeB`\x82abc"])
def test_a_png_that_ends_before_its_dimensions_is_refused(end: bytes) -> None:
    with pytest.raises(BrokenImage):
        decode(b"\x89PNG\r\n\x1a\n" + end)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BrokenImage, match="empty"):
        decode(b"")


@pytest.mark.parametrize("lost", [1, 2, 30, 1024])
def test_a_truncated_jpeg_is_refused_and_told_of_the_lost_kilobyte(lost: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    with pytest.raises(BrokenImage, match="1024"):
        decode(encode_jpeg(noise)[:-lost])


@pytest.mark.parametrize("length", [2, 3, 4, 20, 100, 300])
def test_a_jpeg_cut_in_its_header_is_refused(length: int) -> None:
    with pytest.raises(BrokenImage):
        decode(encode_jpeg(picture())[:length])


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_truncated_png_or_webp_is_refused(kind: str) -> None:
    data = encoded(kind)
    for length in (len(data) - 1, len(data) // 2, 20, 12):
        with pytest.raises(BrokenImage):
            decode(data[:length])


@pytest.mark.parametrize("padding", [b"\x00", b"\r\n", b"\n", b"\x00" * 1000 + b"\r\n"])
def test_padding_behind_the_end_is_no_matter(padding: bytes) -> None:
    assert decode(encode_jpeg(picture()) + padding).kind == "jpeg"


def test_what_a_phone_appends_behind_the_end_is_no_matter() -> None:
    assert decode(encode_jpeg(picture()) + b"MotionPhoto_Data" + bytes(range(200))).kind == "jpeg"


def test_the_end_of_a_preview_is_not_taken_for_the_end_of_the_picture() -> None:
    preview = encode_jpeg(picture(16, 16))
    whole = encode_jpeg(np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8))
    segment = b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview
    assert decode(whole[:2] + segment + whole[2:]).pixels.shape == (120, 160, 3)
    with pytest.raises(BrokenImage):
        decode((whole[:2] + segment + whole[2:])[:-50])


def jpeg_bomb() -> bytes:
    data = bytearray(encode_jpeg(picture()))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 30000, 30000)
    return bytes(data)


def png_bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_chunk_that_declares_gigabytes_is_refused_and_never_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = bytearray(encoded("png"))
    at = data.index(b"IDAT") - 4
    data[at : at + 4] = struct.pack(">I", 0xF0000000)
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(BrokenImage):
        decode(bytes(data))


def webp_bomb() -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (29999).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize("bomb", [jpeg_bomb, png_bomb, webp_bomb])
def test_a_bomb_is_refused_by_its_header_and_never_decoded(
    bomb: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    assert callable(bomb)
    with pytest.raises(BrokenImage, match="30000x30000"):
        decode(bomb())


def test_a_jpeg_without_dimensions_is_refused() -> None:
    data = bytearray(encode_jpeg(picture()))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = bytes(4)
    with pytest.raises(BrokenImage):
        decode(bytes(data))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_rubbish_between_a_right_start_and_a_right_end_is_refused(kind: str) -> None:
    data = bytearray(encoded(kind))
    start = {"jpeg": 2, "png": 33, "webp": 30}[kind]
    rubbish = np.random.default_rng(2).integers(1, 200, len(data) - start - 12, np.uint8).tobytes()
    data[start : start + len(rubbish)] = rubbish
    with pytest.raises(BrokenImage):
        decode(bytes(data))


@pytest.mark.parametrize("seed", range(60))
def test_a_harmed_file_is_decoded_or_refused_but_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray(encoded(("jpeg", "png", "webp")[seed % 3]))
    for _ in range(8):
        data[rng.integers(0, len(data))] = rng.integers(0, 256)
    with suppress(BrokenImage, NotAnImage):
        assert decode(bytes(data)).pixels.ndim == 3


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_phone_photo_is_turned_as_its_exif_says(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    frame = decode(encoded(kind, exif=exif))
    assert frame.pixels.shape == (64, 48, 3)
    assert frame.pixels[5, 24, 2] > 200
    assert frame.pixels[60, 24, 0] > 200


def test_a_large_phone_photo_is_turned_as_well_as_scaled_down() -> None:
    exif = Image.Exif()
    exif[0x0112] = 8  # to be shown turned a quarter anticlockwise
    frame = decode(encoded("jpeg", picture(4000, 3000), exif=exif), 1000)
    assert frame.pixels.shape == (1000, 750, 3)
    assert frame.pixels[950, 300, 2] > 200
    assert frame.pixels[50, 300, 0] > 200


def test_a_large_frame_is_scaled_down_to_the_longest_side() -> None:
    for width, height in ((3300, 1200), (1200, 3300), (1700, 800), (6600, 3000)):
        pixels = decode(encode_jpeg(np.zeros((height, width, 3), np.uint8)), 1600).pixels
        assert max(pixels.shape[:2]) == 1600
        assert pixels.shape[0] / pixels.shape[1] == pytest.approx(height / width, rel=0.01)


def test_a_small_frame_is_left_as_it_is() -> None:
    assert decode(encode_jpeg(picture(1600, 1200)), 1600).pixels.shape == (1200, 1600, 3)
    assert decode(encode_jpeg(picture(2, 1))).pixels.shape == (1, 2, 3)


def test_a_crop_is_clipped_to_the_frame_and_never_empty() -> None:
    pixels = picture(100, 80)
    assert crop(pixels, Box(40, 30, 10, 20), 0.5).shape == (40, 20, 3)
    assert crop(pixels, Box(-10, -10, 30, 30), 0.3).shape == (29, 29, 3)
    assert crop(pixels, Box(90, 70, 50, 50)).shape == (25, 25, 3)
    for box in (Box(500, 500, 10, 10), Box(-500, -500, 10, 10), Box(10, 10, 0, 0)):
        assert crop(pixels, box).size > 0


def test_every_sample_photo_is_read(photos: Path) -> None:
    for path in photos.iterdir():
        pixels = decode(path.read_bytes()).pixels
        assert 1000 < max(pixels.shape[:2]) <= 1600


@pytest.mark.parametrize(
    ("rotation", "shape"), [(0, (48, 64)), (90, (64, 48)), (180, (48, 64)), (270, (64, 48))]
)
def test_a_frame_is_turned_clockwise_as_its_camera_is_mounted(rotation: int, shape: tuple[int, int]) -> None:
    frame = decode(encoded("png"), rotation=rotation)
    assert frame.pixels.shape == (*shape, 3)
    assert frame.size == shape[::-1]
    red = {0: (24, 5), 90: (5, 24), 180: (24, 58), 270: (58, 24)}[rotation]
    assert frame.pixels[red][2] > 200


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_box_of_a_smaller_copy_is_told_in_the_pixels_of_the_upright_image(
    kind: str, orientation: int, rotation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    frame = decode(encoded(kind, picture(330, 120), exif=exif), 100, rotation)
    on_its_side = (orientation >= 5) != (rotation in (90, 270))
    assert frame.size == ((120, 330) if on_its_side else (330, 120))
    height, width = frame.pixels.shape[:2]
    assert max(height, width) == 100
    box = frame.as_posted(Box(0, 0, width, height, 0.7))
    assert (box.width, box.height, box.score) == (*map(pytest.approx, frame.size), 0.7)


LARGE = [
    (1200, 900),
    (1280, 720),
    (1600, 1200),
    (1201, 907),
    (2592, 1944),
    (3200, 2400),
    pytest.param((6500, 5000), marks=pytest.mark.long),
]


def noise(width: int, height: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(7).integers(0, 255, (30, 40, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height)), np.uint8)


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("size", LARGE)
def test_half_of_a_large_jpeg_is_decoded_first_and_its_pixels_when_they_are_asked_for(
    size: tuple[int, int], rotation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded("jpeg", noise(*size))
    usual = decode(data, rotation=rotation)
    read: list[int] = []
    imdecode = cv2.imdecode

    def reading(buffer: NDArray[np.uint8], flags: int) -> NDArray[np.uint8]:
        read.append(flags)
        return np.asarray(imdecode(buffer, flags), np.uint8)

    monkeypatch.setattr(cv2, "imdecode", reading)
    halved = decode(data, rotation=rotation, halved=True)
    assert halved.size == usual.size
    assert len(read) == 1
    assert max(halved.first.shape) <= max(usual.posted or ()) / 2 + 1
    # the same picture, of half the size or a little more
    whole = np.asarray(cv2.resize(usual.pixels, halved.first.shape[1::-1], interpolation=cv2.INTER_AREA))
    assert np.abs(whole.astype(float) - halved.first).mean() < 5
    assert len(read) == 1
    for _ in range(2):
        assert np.array_equal(halved.pixels, usual.pixels)
    assert len(read) == 2


@pytest.mark.parametrize(
    ("kind", "size"),
    [("jpeg", (800, 600)), ("jpeg", (1199, 900)), ("png", (1600, 1200)), ("webp", (1600, 1200))],
)
def test_what_gains_nothing_by_its_half_is_decoded_as_ever(kind: str, size: tuple[int, int]) -> None:
    frame = decode(encoded(kind, noise(*size)), halved=True)
    assert frame.pixels is frame.first
    assert frame.first.shape == (size[1], size[0], 3)


def test_half_of_a_phone_photo_is_turned_as_its_exif_says_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    frame = decode(encoded("jpeg", noise(1600, 1200), exif=exif), halved=True)
    assert (frame.first.shape, frame.pixels.shape) == ((800, 600, 3), (1600, 1200, 3))
    assert frame.size == (1200, 1600)


@pytest.mark.parametrize("lost", [1, 1000, 20_000])
def test_a_large_jpeg_cut_short_is_refused_by_its_half_as_well(lost: int) -> None:
    data = encoded("jpeg", noise(1600, 1200), quality=95)
    with pytest.raises(BrokenImage):
        decode(data[:-lost], halved=True)

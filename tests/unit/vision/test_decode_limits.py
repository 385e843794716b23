"""What decoding a file may take is known before it is decoded, whatever the file is made of."""

from __future__ import annotations

import io
import random
import re
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from lookout.errors import BrokenImage
from lookout.vision.image.frame import MAX_MEMORY, decode
from lookout.vision.image.header import read_header
from stack.install.bootstrap import ROOT

EIGHT_MB = 8 * 1024 * 1024
DIMENSIONS = re.compile(rb"\xff[\xc0-\xc2]..\x08(....)", re.DOTALL)


def saved(kind: str, width: int = 64, height: int = 48, **options: object) -> bytes:
    made = io.BytesIO()
    noise = np.random.default_rng(5).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    picture = Image.fromarray(noise).resize((width, height), Image.Resampling.BILINEAR)
    picture.save(made, kind, **options)
    return made.getvalue()


def declaring(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with other dimensions: what is missing of it costs memory and time, but no bytes."""
    found = DIMENSIONS.search(jpeg)
    assert found is not None
    return jpeg[: found.start(1)] + struct.pack(">HH", height, width) + jpeg[found.end(1) :]


def progressive(subsampling: int = 0) -> bytes:
    return saved("jpeg", progressive=True, subsampling=subsampling, quality=90)


def with_scans(jpeg: bytes, count: int, data: bytes = b"") -> bytes:
    """The JPEG with ``count`` more scans behind its own, each with next to nothing in it."""
    at = jpeg.rindex(b"\xff\xda")
    scan = jpeg[at : at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])] + data
    return jpeg[:-2] + scan * count + b"\xff\xd9"


def refused_at_once(data: bytes, words: str = ".") -> bool:
    started = time.process_time()
    with pytest.raises(BrokenImage, match=words):
        decode(data)
    return time.process_time() - started < 1.5


@pytest.mark.parametrize("size", [(64, 48), (800, 600), (1600, 1200), (4000, 3000)])
@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xd0", bytes(60)])
def test_thousands_of_near_empty_scans_are_refused_before_they_are_decoded(
    size: tuple[int, int], data: bytes
) -> None:
    jpeg = declaring(progressive(), *size)
    assert refused_at_once(with_scans(jpeg, 2695, data), "scans")
    scan = len(with_scans(jpeg, 1, data)) - len(jpeg)
    assert refused_at_once(with_scans(jpeg, (EIGHT_MB - len(jpeg)) // scan, data), "scans")


def test_scans_count_by_the_pixels_they_go_over() -> None:
    jpeg = progressive()
    assert decode(with_scans(jpeg, 80)).pixels.shape == (48, 64, 3)
    assert refused_at_once(declaring(with_scans(jpeg, 60), 4000, 3000), "takes too much")


@pytest.mark.few(2)
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("is_progressive", [True, False])
def test_a_phones_photo_is_decoded_however_it_was_saved(subsampling: int, is_progressive: bool) -> None:
    photo = saved("jpeg", 4000, 3000, progressive=is_progressive, subsampling=subsampling)
    assert decode(photo).pixels.shape == (1200, 1600, 3)
    if is_progressive:
        assert decode(with_scans(photo, 10)).pixels.shape == (1200, 1600, 3)


def test_twenty_four_megapixels_are_decoded_and_fifty_of_one_scan_too() -> None:
    assert decode(declaring(progressive(2), 6000, 4000)).pixels.shape == (1067, 1600, 3)
    assert decode(declaring(saved("jpeg", subsampling=0), 8192, 6000)).pixels.shape == (1172, 1600, 3)


def test_what_keeps_all_its_coefficients_is_bounded_by_them() -> None:
    jpeg = declaring(progressive(), 8192, 6000)
    assert read_header(jpeg).memory > MAX_MEMORY
    assert refused_at_once(jpeg, "takes too much")


def test_scans_of_a_single_component_keep_them_too() -> None:
    jpeg = declaring(saved("jpeg", subsampling=0), 6000, 4000)
    at = jpeg.index(b"\xff\xda")
    alone = jpeg[:at] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + jpeg[at + 14 :]
    assert read_header(jpeg).memory == 0
    assert read_header(alone).memory == 2 * 3 * 24_000_000


def test_rare_kinds_and_second_headers_are_refused() -> None:
    jpeg = saved("jpeg")
    at = jpeg.index(b"\xff\xc0")
    for kind in (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF):
        assert refused_at_once(jpeg[: at + 1] + bytes([kind]) + jpeg[at + 2 :], "rare kind")
    header = jpeg[at : at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])]
    assert refused_at_once(jpeg[:at] + header + jpeg[at:], "makes no sense")
    assert refused_at_once(jpeg[:-2] + header + jpeg[-2:], "makes no sense")


def _scan_of(jpeg: bytes) -> bytes:
    return jpeg[: jpeg.index(b"\xff\xda") + 14]


@pytest.mark.parametrize(
    "made",
    [
        lambda: b"\xff\xd8" + b"\xff\xe1\x00\x02" * (EIGHT_MB // 4),
        lambda: b"\xff\xd8" + b"\xff\xe1\x00\x00" * (EIGHT_MB // 4),
        lambda: b"\xff\xd8" + b"\xff\xfe\x00\x03a" * (EIGHT_MB // 5),
        lambda: b"\xff\xd8" + b"\xff" * EIGHT_MB,
        lambda: b"\xff\xd8" + b"\xff\x00" * (EIGHT_MB // 2),
        lambda: b"\xff\xd8" + bytes(EIGHT_MB),
        lambda: _scan_of(saved("jpeg")) + b"\xff\x00" * (EIGHT_MB // 2),
        lambda: _scan_of(saved("jpeg")) + b"\xff\xd3" * (EIGHT_MB // 2),
        lambda: _scan_of(saved("jpeg")) + b"\xff\x80" * (EIGHT_MB // 2),
        lambda: _scan_of(saved("jpeg")) + b"\xff\xe0\x00\x02" * (EIGHT_MB // 4),
        lambda: _scan_of(saved("jpeg")) + b"\xff" * EIGHT_MB,
        lambda: b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0tEXt\0\0\0\0" * (EIGHT_MB // 12),
        lambda: b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IDAT\0\0\0\0" * (EIGHT_MB // 12),
    ],
    ids=range(13),
)
def test_eight_megabytes_of_anything_are_walked_through_at_once(made: Callable[[], bytes]) -> None:
    assert refused_at_once(made())


@pytest.mark.parametrize("seed", range(40))
def test_a_jpeg_of_shuffled_segments_and_scans_is_decoded_or_refused_in_a_moment(seed: int) -> None:
    rng = random.Random(seed)
    jpeg = declaring(progressive(rng.choice((0, 1, 2))), rng.choice((640, 4000)), rng.choice((480, 3000)))
    pieces = re.split(rb"(?=\xff[\xc0-\xcf\xda-\xfe])", jpeg[2:-2])
    chosen = rng.choices(pieces, k=rng.choice((20, 200, 3000)))
    data = b"\xff\xd8" + b"".join([*pieces[:4], *chosen]) + b"\xff\xd9"
    started = time.process_time()
    with suppress(BrokenImage):
        decode(data)
    assert time.process_time() - started < 5


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_what_png_and_webp_carry_beside_their_pixels_does_not_unfold() -> None:
    png = saved("png")
    bomb = zlib.compress(bytes(100_000_000), 9)
    for kind, head in ((b"iCCP", b"x\0\0"), (b"zTXt", b"x\0\0"), (b"iTXt", b"x\0\1\0\0\0")):
        data = png[:33] + _chunk(kind, head + bomb) * 20 + png[33:]
        started = time.process_time()
        assert decode(data).pixels.shape == (48, 64, 3)
        assert time.process_time() - started < 3


def test_animations_count_by_the_frames_that_are_kept() -> None:
    frame = Image.new("RGB", (64, 48))
    for kind in ("png", "webp"):
        made = io.BytesIO()
        frame.save(
            made, kind, save_all=True, append_images=[Image.new("RGB", (64, 48), (i, 9, 9)) for i in range(9)]
        )
        still = read_header(saved(kind)).memory
        assert read_header(made.getvalue()).memory > still
        assert decode(made.getvalue()).pixels.shape == (48, 64, 3)


FOUR_AT_ONCE = """
import sys, threading
from pathlib import Path
from lookout.vision.image import frame
from lookout.vision.image.frame import decode
frame.WAIT_SECONDS = 600  # each waits for its turn, however slow the machine is
files = [Path(name).read_bytes() for name in sys.argv[1:]]
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
decode(files[-1])
before, sizes = peak(), []
def one(data):
    sizes.append(decode(data).pixels.size)
threads = [threading.Thread(target=one, args=[data]) for data in files[:-1]]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(sizes) == len(threads)
print(peak() - before)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads how much memory a process took from /proc")
@pytest.mark.parametrize("kind", ["progressive", pytest.param("png", marks=pytest.mark.long), "webp"])
def test_the_largest_files_four_at_once_stay_within_what_one_takes(
    tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    folder = tmp_path_factory.mktemp("large")
    if kind == "progressive":
        largest = declaring(progressive(2), 8192, 6000)
    else:
        made = io.BytesIO()
        size = (8192, 6000) if kind == "png" else (5000, 4900)
        Image.new("RGB", size, (90, 80, 70)).save(made, kind, **({"method": 0} if kind == "webp" else {}))
        largest = made.getvalue()
    assert read_header(largest).memory > MAX_MEMORY * 0.7
    names = [folder / "large", folder / "small"]
    names[0].write_bytes(largest)
    names[1].write_bytes(saved("jpeg"))
    asked = [sys.executable, "-c", FOUR_AT_ONCE, *map(str, [names[0]] * 4), str(names[1])]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MAX_MEMORY * 1.25 / 1_000_000

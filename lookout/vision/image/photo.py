"""Photos of people, as phones make and owners upload them: what is wrong with one is told in words for a photo."""

from __future__ import annotations

import io

import cv2
import numpy as np

from lookout.errors import BrokenImage, NotAnImage, PhotoRejected
from lookout.vision.image.frame import MAX_MEGAPIXELS, Frame, decode, shrink
from lookout.vision.image.header import read_header

SMALLER = f"upload a copy of at most {MAX_MEGAPIXELS} megapixels"

BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
"""What a file of this family calls itself at its start if it is a picture (ISO/IEC 23008-12); others are films."""

NO_PHOTO = "this is no photo that can be read: save it as a JPEG, PNG, WebP, HEIC or AVIF and upload that"

UNREADABLE = "the file is damaged, cut short or of a rare make: upload it again, or a JPEG saved anew"


def decode_photo(data: bytes, max_side: int = 1600) -> Frame:
    """Decode a photo, its content alone counts: JPEG, PNG, WebP, HEIC (HEIF) or AVIF. Turned as the file says, its
    longer side at most ``max_side``.

    Raises:
        PhotoRejected: it is none of these, damaged or too large; the message tells its owner what to do.
    """
    if not data:
        raise PhotoRejected("the file is empty: upload the photo again")
    if data[4:8] == b"ftyp":
        return _decode_phones(data, max_side)
    try:
        header = read_header(data)
        _require_sane(header.width, header.height)
        return decode(data, max_side)
    except NotAnImage as error:
        raise PhotoRejected(NO_PHOTO) from error
    except BrokenImage as error:
        raise PhotoRejected(UNREADABLE) from error


def _decode_phones(data: bytes, max_side: int) -> Frame:
    brands = data[8 : max(12, int.from_bytes(data[:4]))]
    if not any(brand in brands for brand in BRANDS):
        raise PhotoRejected(NO_PHOTO)
    try:
        return _decode_avif(data, max_side) if b"avif" in brands else _decode_heif(data, max_side)
    except PhotoRejected:
        raise
    except Exception as error:
        # the two decoders raise a dozen kinds of errors for a harmed file, SyntaxError among them
        raise PhotoRejected(UNREADABLE) from error


def _decode_heif(data: bytes, max_side: int) -> Frame:
    # only photos need it, and few of them; by way of Pillow 48 megapixels would take 730 MB, not 280
    from pillow_heif import open_heif

    opened = open_heif(io.BytesIO(data), bgr_mode=True)
    width, height = opened.size
    _require_sane(width, height)
    pixels = np.asarray(opened)
    if pixels.dtype == np.uint16:
        pixels = pixels >> 8
    small = shrink(pixels.astype(np.uint8, copy=False), max_side)
    if small.ndim == 2:
        small = np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), np.uint8)
    return Frame(np.ascontiguousarray(small[:, :, :3]), "heif", (width, height))


def _decode_avif(data: bytes, max_side: int) -> Frame:
    # OpenCV's decoder would leave it lying as the phone was held
    from PIL import Image, ImageOps

    try:
        opened = Image.open(io.BytesIO(data), formats=("AVIF",))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRejected(f"the photo is too large: {SMALLER}") from error
    with opened:
        width, height = opened.size
        _require_sane(width, height)
        # first, so that what follows copies little: 480 MB for 48 megapixels, not 810
        opened.thumbnail((max_side, max_side))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    lies = (width > height) != (picture.width > picture.height)
    pixels = cv2.cvtColor(np.asarray(picture, np.uint8), cv2.COLOR_RGB2BGR)
    return Frame(np.asarray(pixels, np.uint8), "avif", (height, width) if lies else (width, height))


def _require_sane(width: int, height: int) -> None:
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise PhotoRejected(f"the photo has {width}x{height} pixels: {SMALLER}")

"""Photos of people, as phones make and owners upload them: what is wrong with one is told in words for a photo."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.errors import BrokenImage, NotAnImage, PhotoRejected
from lookout.vision.frame import MAX_MEGAPIXELS, Frame, decode, shrink
from lookout.vision.header import read_header

KINDS = "a JPEG, PNG, WebP, HEIC or AVIF"

UNREADABLE = (
    "the file is damaged or cut short: upload it again, or save the photo anew as a JPEG and upload that"
)


def decode_photo(data: bytes, max_side: int = 1600) -> Frame:
    """Decode a photo, its content alone counts: JPEG, PNG, WebP, HEIC (HEIF) or AVIF. Turned as the file says, its
    longer side at most ``max_side``.

    Raises:
        PhotoRejected: it is none of these, damaged or too large; the message tells its owner what to do.
    """
    if not data:
        raise PhotoRejected("the file is empty: upload the photo again")
    if data[4:8] == b"ftyp":
        return _decode_heif(data, max_side)
    try:
        header = read_header(data)
        _require_sane(header.width, header.height)
        return decode(data, max_side)
    except NotAnImage as error:
        raise PhotoRejected(
            f"this is no photo that can be read: save it as {KINDS} and upload that"
        ) from error
    except BrokenImage as error:
        raise PhotoRejected(UNREADABLE) from error


def _decode_heif(data: bytes, max_side: int) -> Frame:
    # only photos need these, and few of them
    from PIL import Image, ImageOps, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with Image.open(io.BytesIO(data), formats=("HEIF", "AVIF")) as opened:
            _require_sane(*opened.size)
            picture = ImageOps.exif_transpose(opened).convert("RGB")
            kind = "avif" if opened.format == "AVIF" else "heif"
    except UnidentifiedImageError as error:
        raise PhotoRejected(
            f"this is no photo that can be read, or a damaged one: save it as {KINDS} and upload that"
        ) from error
    except PhotoRejected:
        raise
    except Exception as error:
        # the two decoders raise a dozen kinds of errors for a harmed file, SyntaxError among them
        raise PhotoRejected(UNREADABLE) from error
    pixels: NDArray[np.uint8] = cv2.cvtColor(np.asarray(picture, np.uint8), cv2.COLOR_RGB2BGR).astype(
        np.uint8
    )
    return Frame(shrink(pixels, max_side), kind, picture.size)


def _require_sane(width: int, height: int) -> None:
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise PhotoRejected(
            f"the photo has {width}x{height} pixels: upload a copy of at most {MAX_MEGAPIXELS} megapixels"
        )

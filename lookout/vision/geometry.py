"""Boxes, points and the transforms between them: pure functions, no networks."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from lookout.domain.recognition.face import Box

Points = NDArray[np.float32]
"""Shape ``(5, 2)``, float32, x and y in pixels: the eyes, the tip of the nose, the corners of the mouth; of each
pair the one further left in the picture first."""

Transform = NDArray[np.float32]
"""Shape ``(2, 3)``, float32: an affine map from the frame to a crop."""

TEMPLATE_SIDE = 112
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    np.float32,
)
"""Where ArcFace wants the five points in its 112x112 crop (InsightFace, ``face_align.arcface_dst``)."""

NOSE_TO_EYES = 0.48
"""How far the tip of a nose stands out, in distances between the pupils: about 30 mm over 63 mm."""

NEAR_BORDER = 0.1
"""A face this near to the left, right or lower border, in longer sides of its box, is probably cut by it."""

NEAR_TOP = 0.12
CUT_ASPECT = 0.8
TOUCHING = 0.01
"""The upper border cuts hair first, which is no matter: a cut face touches it, or is so wide for its height."""


def square(box: Box) -> Box:
    """The square about the same centre whose side is the longer one of ``box``."""
    side = max(box.width, box.height)
    return Box(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side, side, box.score)


def merge(boxes: NDArray[np.float32], scores: NDArray[np.float32], overlap: float) -> NDArray[np.intp]:
    """Non-maximum suppression: the indices of the boxes to keep, best score first.

    ``boxes`` has shape ``(n, 4)``, corners left, top, right, bottom. Overlap is the intersection over the
    *smaller* area, so that the half of a face seen by one tile goes when another tile saw all of it.
    """
    order = np.argsort(-scores, kind="stable")
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while order.size:
        best, order = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[order, :2])
        high = np.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=1)
        order = order[shared <= overlap * np.minimum(area[best], area[order])]
    return np.array(kept, np.intp)


def is_cut(box: Box, width: int, height: int) -> bool:
    """Whether a border of the frame of ``width`` x ``height`` probably cuts the face in ``box``.

    One that reaches from border to border is not: it fills the frame, and will never be seen any better.
    """
    side = max(box.width, box.height)
    left, right = box.x, width - box.x - box.width
    top, bottom = box.y, height - box.y - box.height
    near = NEAR_BORDER * side
    beside = (left <= near) != (right <= near)
    below = bottom <= near and top > near
    wide = box.width > CUT_ASPECT * box.height
    above = (top <= TOUCHING * side or (wide and top <= NEAR_TOP * side)) and bottom > near
    return beside or below or above


def umeyama(source: Points, target: Points) -> Transform:
    """The similarity (turn, scale, shift; no reflection) that brings ``source`` closest to ``target``.

    S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", IEEE PAMI
    13 (4), 1991. In the plane its singular value decomposition comes down to two sums.
    """
    a = source.astype(np.float64) - source.mean(axis=0)
    b = target.astype(np.float64) - target.mean(axis=0)
    spread = max(float((a * a).sum()), 1e-9)
    cosine = float((a * b).sum()) / spread
    sine = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([[cosine, -sine], [sine, cosine]])
    shift = target.mean(axis=0) - turn @ source.mean(axis=0)
    return np.column_stack([turn, shift]).astype(np.float32)


def upright(box: Box, points: Points, width: int, height: int) -> Transform:
    """Turn the eyes level about the box's centre and fit the box into ``width`` x ``height``.

    How DeepFace crops for the models that know no template; what does not fit is filled with black.
    """
    eye_x, eye_y = points[1] - points[0]
    angle = math.atan2(eye_y, eye_x)
    scale = min(width / box.width, height / box.height)
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    centre = np.array([box.x + box.width / 2, box.y + box.height / 2])
    shift = np.array([width / 2, height / 2]) - turn @ centre
    return np.column_stack([turn, shift]).astype(np.float32)


def warp(pixels: NDArray[np.uint8], transform: Transform, width: int, height: int) -> NDArray[np.uint8]:
    """``pixels`` seen through ``transform``, shape ``(height, width, 3)``; outside of the frame is black."""
    return np.asarray(cv2.warpAffine(pixels, transform, (width, height), flags=cv2.INTER_LINEAR), np.uint8)


def yaw(points: Points) -> float:
    """How far a face is turned, from -1, a profile that looks to the left of the picture, to 1; 0 is frontal.

    Turning moves the nose's tip from the middle between the eyes, along the line between them, by the tangent
    of the angle; the arc tangent gives the angle back, as a share of 90 degrees.
    """
    left, right, nose = points[:3].astype(np.float64)
    across = right - left
    distance = float(np.hypot(*across))
    if distance < 1e-6:
        return 1.0
    middle = (points.astype(np.float64)[[0, 1, 3, 4]]).mean(axis=0)
    aside = float((nose - middle) @ across) / distance**2
    return math.atan(aside / NOSE_TO_EYES) / (math.pi / 2)

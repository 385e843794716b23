"""Shots: what the pictures of alerts and strangers are called, and where each has its place in Storage.

No two alerts or strangers share a path, so a picture that is not needed can be deleted safely.
"""

from __future__ import annotations

DIGEST_KEPT = 12
"""Hexadecimal digits of a frame's digest that begin the name of each shot taken from it."""


def shot_name(digest: str, nonce: str) -> str:
    """The name of a shot that is taken from the frame of ``digest``; the ``nonce`` makes it unique."""
    return f"{digest[:DIGEST_KEPT]}-{nonce}"


def is_from(shot: str, digest: str) -> bool:
    """Whether a shot was taken from the frame of ``digest``."""
    return shot[:DIGEST_KEPT] == digest[:DIGEST_KEPT]


def stored_name(shot: str) -> str:
    """The name of a shot as a visit has it: older visits have a whole digest."""
    return shot[:DIGEST_KEPT] if len(shot) == 64 else shot


def shot_paths(alert_id: str, shot: str) -> tuple[str, str]:
    """Paths of the frame and the face of an alert's shot, which has a folder of its own below the alert's."""
    folder = f"alerts/{alert_id}/{shot}"
    return f"{folder}/frame.jpg", f"{folder}/face.jpg"


def stranger_picture_path(stranger_id: str, alert_id: str, shot: str) -> str:
    """Path of a stranger's picture: the face of that alert's shot.

    The alert is part of the name: a frame may show several strangers, who may turn out to be one.
    """
    return f"strangers/{stranger_id}/{alert_id}_{shot}.jpg"


def merged_picture_path(stranger_id: str, merged_id: str) -> str:
    """Path of the picture that a stranger has from another one who was merged into it."""
    return f"strangers/{stranger_id}/{merged_id}.jpg"

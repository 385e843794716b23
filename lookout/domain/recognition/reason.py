"""Why a frame or a face was answered as it was."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a frame or a face was answered as it was: the closed list of the HTTP contract."""

    NO_FACE = "no_face"
    TOO_SMALL = "too_small"
    TOO_BLURRED = "too_blurred"
    TOO_DARK = "too_dark"
    TURNED_AWAY = "turned_away"
    CUT_OFF = "cut_off"
    UNCLEAR = "unclear"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    KNOWN = "known"
    SAME_VISIT = "same_visit"
    DISARMED = "disarmed"
    MUTED = "muted"

"""Structured logs: one JSON object per line, as Cloud Logging reads it from standard output."""

from __future__ import annotations

import json
import sys
from enum import StrEnum


class Severity(StrEnum):
    """Cloud Logging's own names."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def log(severity: Severity, message: str, **fields: object) -> None:
    """Write one line. ``fields`` are plain values; never put a key, a token or a password among them."""
    sys.stdout.write(json.dumps({"severity": severity, "message": message, **fields}, default=str) + "\n")
    sys.stdout.flush()

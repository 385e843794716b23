"""Firestore's values as JSON, and back."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

MARKS = ("$time", "$bytes", "$reference", "$number", "$map", "$place")


def to_json(value: Any) -> Any:
    """The value as JSON has it.

    Raises:
        TypeError: Firestore has no such value.
    """
    from google.cloud.firestore import DocumentReference, GeoPoint

    if isinstance(value, dict):
        plain = {str(name): to_json(inner) for name, inner in value.items()}
        return {"$map": plain} if len(plain) == 1 and next(iter(plain)) in MARKS else plain
    if isinstance(value, list):
        return [to_json(inner) for inner in value]
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, DocumentReference):
        return {"$reference": value.path}
    if isinstance(value, GeoPoint):
        return {"$place": [value.latitude, value.longitude]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": repr(value)}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} is no value that is kept")


def from_json(value: Any, reference: Callable[[str], Any]) -> Any:
    """The value that :func:`to_json` was given. ``reference`` makes a document's reference of its path.

    Raises:
        KeyError, TypeError, ValueError: it is none of its.
    """
    from google.cloud.firestore import GeoPoint

    if isinstance(value, list):
        return [from_json(inner, reference) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (mark := next(iter(value))) in MARKS:
        inner = value[mark]
        match mark:
            case "$time":
                return datetime.fromisoformat(inner)
            case "$bytes":
                return base64.b64decode(inner, validate=True)
            case "$reference":
                return reference(inner)
            case "$place":
                return GeoPoint(*inner)
            case "$number":
                return float(inner)
        return {name: from_json(one, reference) for name, one in inner.items()}
    return {name: from_json(inner, reference) for name, inner in value.items()}

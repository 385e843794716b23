"""Expired documents: readers ignore them at once, Firestore deletes them within a day or so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def has_expired(stored: Mapping[str, Any], now: datetime) -> bool:
    """Whether a document counts as gone by its ``expireAt``; one without it stays."""
    expire_at = stored.get("expireAt")
    return isinstance(expire_at, datetime) and expire_at <= now

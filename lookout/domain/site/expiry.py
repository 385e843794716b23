"""Documents that have had their time: readers pass them over at once, the store deletes them some time later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def has_expired(stored: Mapping[str, Any], now: datetime) -> bool:
    """Whether a document counts as gone by its ``expireAt``; one without it stays."""
    expire_at = stored.get("expireAt")
    return isinstance(expire_at, datetime) and expire_at <= now

"""Structured logs on standard output: one JSON object per line, with the field names that Cloud Logging reads."""

from __future__ import annotations

import json
import logging
import sys

LOGGER = logging.getLogger("lookout-agent")


def log(level: int, event: str, **fields: object) -> None:
    """Write one line. ``fields`` are plain values; never a token or a password."""
    LOGGER.log(level, event, extra={"fields": fields})


def configure() -> None:
    """Write what this program logs from INFO on, and what its libraries log from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    LOGGER.setLevel(logging.INFO)


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "severity": record.levelname,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["cause"] = self.formatException(record.exc_info)
        return json.dumps(said | getattr(record, "fields", {}), default=str)

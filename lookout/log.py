"""Structured logs: one JSON object per line on standard output, with the field names that Cloud Logging reads."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from enum import StrEnum

from flask import has_request_context, request

TRACE = "logging.googleapis.com/trace"

_TRACE_IDS = (
    ("traceparent", re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-.*")),
    ("X-Cloud-Trace-Context", re.compile(r"([0-9a-f]{32})(/.*)?")),
)
"""The headers by which the platform names a request's trace, and where the id is in them."""


class Severity(StrEnum):
    """Cloud Logging's own names."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def log(severity: Severity, event: str, **fields: object) -> None:
    """Write one line. ``event`` is a short constant name; ``fields`` are plain values, never a key, a token or a
    password.

    Within a request, or in a thread with a copy of its context, the line has the request's trace.
    """
    _LOGGER.log(getattr(logging, severity), event, extra={"fields": fields})


def current_trace() -> str | None:
    """The name of the request's trace, ``projects/<project>/traces/<id>``; None without a request or a trace."""
    if not has_request_context():
        return None
    for header, form in _TRACE_IDS:
        if found := form.fullmatch(request.headers.get(header, "")):
            project = os.environ.get("GOOGLE_CLOUD_PROJECT") or os.environ.get("GCLOUD_PROJECT")
            return f"projects/{project}/traces/{found[1]}" if project else found[1]
    return None


class JsonFormatter(logging.Formatter):
    """A record as one JSON object in ASCII. Values that JSON cannot hold are written as texts."""

    def format(self, record: logging.LogRecord) -> str:
        """The object as text, without a line end."""
        trace = current_trace()
        line = {
            **getattr(record, "fields", {}),
            **({TRACE: trace} if trace else {}),
            "severity": record.levelname,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["cause"] = self.formatException(record.exc_info)
        try:
            return json.dumps(line, default=str, allow_nan=False)
        except (ValueError, TypeError, RecursionError):
            return json.dumps({name: str(value) for name, value in line.items()})


def _handler(level: int) -> logging.Handler:
    # the real standard output: functions-framework puts a wrapper in its place, which writes a line in two pieces
    handler = logging.StreamHandler(sys.__stdout__)
    handler.setLevel(level)
    handler.setFormatter(JsonFormatter())
    return handler


def _logger() -> logging.Logger:
    if "FUNCTION_TARGET" in os.environ:
        # in a function, warnings of libraries too; force: the framework has a handler of its own
        logging.basicConfig(handlers=[_handler(logging.WARNING)], force=True)
    logger = logging.getLogger("lookout")
    logger.setLevel(logging.INFO)
    logger.addHandler(_handler(logging.INFO))
    logger.propagate = False
    return logger


_LOGGER = _logger()

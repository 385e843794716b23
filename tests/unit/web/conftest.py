"""A small function in the framework that serves the real ones."""

from __future__ import annotations

from pathlib import Path

import functions_framework
import pytest
from flask.testing import FlaskClient


@pytest.fixture(scope="session")
def framework() -> FlaskClient:
    source = Path(__file__).with_name("served") / "main.py"
    app = functions_framework.create_app("take", str(source), "http")  # type: ignore[no-untyped-call]
    client: FlaskClient = app.test_client()
    return client

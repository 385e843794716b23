"""The real networks and the real photos, once for all unit tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookout.settings import Settings
from lookout.vision import recogniser as engine
from stack.install import models
from stack.install import photos as sample_photos


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of the sample photos."""
    return sample_photos.ensure()


@pytest.fixture(scope="session")
def recogniser() -> engine.Recogniser:
    """The recogniser with everything at its default."""
    models.ensure()
    return engine.recogniser(Settings())

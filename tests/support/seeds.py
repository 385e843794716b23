"""Seeds of tests that draw what they do."""

from __future__ import annotations

import pytest

QUICK = 4


def first_of(count: int) -> list[object]:
    """The seeds below ``count``, those from ``QUICK`` on marked as long."""
    return [pytest.param(seed, marks=pytest.mark.long if seed >= QUICK else ()) for seed in range(count)]

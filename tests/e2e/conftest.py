"""Agents and cameras beside those of the stack, which a test may stop, kill and unplug."""

from __future__ import annotations

from tests.agent.conftest import make_yard, servo, yard

__all__ = ["make_yard", "servo", "yard"]

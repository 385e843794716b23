"""Agents and cameras beside those of the stack, which a test may stop, kill and unplug."""

from __future__ import annotations

from tests.agent.conftest import harness, make_harness, servo

__all__ = ["harness", "make_harness", "servo"]

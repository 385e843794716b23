"""Decisions: pure functions and frozen dataclasses. No I/O of any kind and no clock of its own."""

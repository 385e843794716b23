"""Seeded attempts to break a function."""

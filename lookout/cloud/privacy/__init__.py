"""Erasing, exporting and expiring what is stored about people."""

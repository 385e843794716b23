"""Cameras: fields, addresses, commands, and what a camera is told to do next."""

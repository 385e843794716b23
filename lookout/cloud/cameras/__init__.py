"""Cameras: their keys, heartbeats, registration, and the commands sent to them."""

"""Calling a camera: allowed addresses, the path for an action, one HTTP request."""

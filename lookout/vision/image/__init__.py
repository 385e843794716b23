"""Bytes to pixels: headers, bounds, decoding."""

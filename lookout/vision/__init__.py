"""Pixels to faces: decode, detect, align, judge, embed. Knows no Firebase and no HTTP."""

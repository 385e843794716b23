"""Faces, vectors and names: the gallery and how a face is matched against it."""

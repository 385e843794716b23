"""Unknown faces that come back: vectors, visits, records, pictures."""

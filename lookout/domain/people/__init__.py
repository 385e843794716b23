"""People: names, photos, owners' requests, relabelling, erasure."""

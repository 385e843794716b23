"""Measures the recognition: on labelled pairs, with strangers, on frames made worse, on one's own people."""

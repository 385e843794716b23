"""The site's settings, the counters of its days, its totals."""

"""A posted frame: found by its first bytes in whatever form it comes."""

"""Keeping what a site has: backup and restore, and photos from the Flask program."""

"""Notifications: who is notified of what, by which rules, and only once."""

"""Notifications of alerts, by mail, push and webhook."""

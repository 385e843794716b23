"""Telling people of alerts, by mail, push and webhook."""

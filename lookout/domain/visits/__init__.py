"""Sightings, visits and strangers: when a face opens an alert and when it continues one."""

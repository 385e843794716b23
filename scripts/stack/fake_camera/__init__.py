"""A camera in software: what an ESP32 sends and serves."""

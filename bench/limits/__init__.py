"""What a frame takes at least, on this processor."""

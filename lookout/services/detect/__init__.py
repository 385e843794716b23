"""A camera's frame, from its bytes to the answer."""

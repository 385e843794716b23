"""What the scripts share: the project's own Python, its tools, the emulators, and progress on the screen."""

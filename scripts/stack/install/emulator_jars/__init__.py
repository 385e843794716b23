"""The emulators' two jars, built offline where the official ones cannot be had."""

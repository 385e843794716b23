"""The local stack: emulators, functions, agent and fake cameras as processes."""

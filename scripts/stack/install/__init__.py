"""What a fresh clone needs: the virtual environment, tools, networks, sample photos."""
